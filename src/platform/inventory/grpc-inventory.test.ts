import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { measured, server } from '#store/testing/servers.ts';
import type { Client } from '#wire/client.ts';
import { ServerDefinition } from '#wire/gen/v1/spaceone/api/inventory/v1/server.ts';
import { CloudServiceDefinition } from '#wire/gen/v2/spaceone/api/inventory/v1/cloud_service.ts';
import { type GrpcSite, openSite, siteNow } from '../monitoring/grpc-site.fixture.ts';
import { addAccount } from '../secret/accounts.ts';
import { cloudServiceV2 } from './grpc-cloud-service-v2.ts';
import { serverV1 } from './grpc-server-v1.ts';
import { wireId } from './wire-id.ts';

const Servers = {
  ...ServerDefinition,
  methods: { list: ServerDefinition.methods.list, get: ServerDefinition.methods.get },
} as const;
const { create, update, get, list } = CloudServiceDefinition.methods;
const CloudServices = { ...CloudServiceDefinition, methods: { create, update, get, list } } as const;

const records = [
  server('i-1', { name: 'web-1', tags: { env: 'prod' } }),
  server('i-2', { name: 'web-2', region_code: 'us-east-1' }),
  measured('i-3', 40, 80),
  server('db-1', { name: 'db', cloud_service_group: 'RDS' }),
  server('/subscriptions/s/vm', {
    provider: 'azure',
    account: 's',
    cloud_service_group: 'VirtualMachines',
    name: 'vm',
  }),
];

let site: GrpcSite;
let ids: readonly number[];
let v1: Client;
let v2: Client;
beforeAll(async () => {
  site = await openSite();
  ids = await site.store.inventory.put(
    records.map((record) => ({ record })),
    siteNow,
  );
  const draft = { provider: 'aws', account: '123', name: 'prod', regions: [] };
  await addAccount(site.store, site.masterKey, draft, {}, siteNow);
  const now = () => siteNow;
  v1 = await site.client('v1', [serverV1(site.gate, site.store, now)]);
  v2 = await site.client('v2', [cloudServiceV2(site.gate, site.store, now)], 'operator');
});
afterAll(() => site?.[Symbol.asyncDispose]());

const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);
const idOf = (at: number, kind: 'server' | 'cloud-svc' = 'cloud-svc') => wireId(kind, ids[at] ?? 0);

describe('Server.list of the first generation', () => {
  it('has the servers alone, by name, with what a plugin reads', async () => {
    const { results, total_count } = await v1.call(Servers, 'list', {});
    expect(total_count).toBe(4);
    expect(names(results)).toEqual(names(results).toSorted());
    const row = results.find(({ name }) => name === 'web-1');
    expect(row).toMatchObject({
      server_id: idOf(0, 'server'),
      state: 'ACTIVE',
      provider: 'aws',
      account: '123',
      reference: { resource_id: 'i-1' },
      tags: { env: 'prod' },
      domain_id: site.domain,
      collection_info: { secrets: [wireId('secret', 1)] },
      data: {
        cloudwatch: {
          namespace: 'AWS/EC2',
          dimensions: [{ Name: 'InstanceId', Value: 'i-1' }],
          region_name: 'eu-west-1',
        },
      },
    });
  });

  it.each([
    { name: 'a filter', query: { filter: [{ k: 'region_code', v: 'us-east-1' }] }, want: ['web-2'] },
    {
      name: 'the long names',
      query: { filter: [{ key: 'name', value: 'WEB', operator: 'contain' }] },
      want: ['web-1', 'web-2'],
    },
    {
      name: 'any of several',
      query: {
        filter_or: [
          { k: 'name', v: 'vm' },
          { k: 'region_code', v: 'us-east-1' },
        ],
      },
      want: ['vm', 'web-2'],
    },
    { name: 'a keyword', query: { keyword: 'web' }, want: ['web-1', 'web-2'] },
    {
      name: 'a constant that fits',
      query: { filter: [{ k: 'state', v: 'ACTIVE' }], keyword: 'web-1' },
      want: ['web-1'],
    },
    { name: 'one that does not', query: { filter: [{ k: 'state', v: 'DELETED' }] }, want: [] },
    {
      name: 'a page, from the end',
      query: { sort: { key: 'name', desc: true, keys: [] }, page: { start: 2, limit: 2 } },
      want: ['web-1', 'vm'],
    },
    {
      name: 'several keys',
      query: { sort: { keys: [{ key: 'region_code' }, { key: 'server_id', desc: true }] }, keyword: 'web' },
      want: ['web-1', 'web-2'],
    },
  ])('answers $name', async ({ query, want }) => {
    expect(names((await v1.call(Servers, 'list', { query })).results)).toEqual(want);
  });

  it('takes no more filters than a query needs', async () => {
    const filter = Array.from({ length: 201 }, () => ({ k: 'name', v: 'x' }));
    await expect(v1.call(Servers, 'list', { query: { filter } })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('answers by id, whatever is asked of it', async () => {
    const ask = async (o: string, v: unknown) =>
      (await v1.call(Servers, 'list', { query: { filter: [{ k: 'server_id', v, o }] } })).total_count;
    const one = idOf(0, 'server');
    expect(await ask('eq', one)).toBe(1);
    expect(await ask('in', [one, 'server-of-another', idOf(1, 'server')])).toBe(2);
    expect(await ask('not_in', [one])).toBe(3);
    expect(await ask('eq', wireId('cloud-svc', ids[0] ?? 0))).toBe(0);
    await expect(ask('regex', '.*')).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await v1.call(Servers, 'get', { server_id: one, only: ['name'] })).toMatchObject({
      name: 'web-1',
      provider: '',
    });
    await expect(v1.call(Servers, 'get', { server_id: idOf(3, 'server') })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('gives no more of a row than `only` and `minimal` say', async () => {
    const ask = async (query: object) => (await v1.call(Servers, 'list', { name: 'web-1', query })).results[0];
    const some = await ask({ only: ['server_id', 'data.compute.account', 'reference.resource_id', 'no.such'] });
    expect(some).toMatchObject({ server_id: idOf(0, 'server'), name: '', provider: '', metadata: undefined });
    expect(some?.reference).toEqual({ resource_id: 'i-1', external_link: '' });
    expect(Object.keys(some?.data ?? { none: 0 })).not.toContain('cloudwatch');
    expect(await ask({ minimal: true })).toMatchObject({ name: 'web-1', data: undefined, account: '' });
  });

  it('counts without rows, and says which query is none', async () => {
    expect(await v1.call(Servers, 'list', { query: { count_only: true } })).toEqual({ results: [], total_count: 4 });
    const wrong = [
      { k: 'name', v: 'x', o: 'like' },
      { k: 'name', v: 'x', o: 'in' },
      { k: '', v: 1 },
    ];
    for (const filter of wrong) {
      await expect(v1.call(Servers, 'list', { query: { filter: [filter] } })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    }
  });
});

describe('CloudService of today', () => {
  it('lists all that there is, with tags by provider and the secret that it is asked with', async () => {
    const { results, total_count } = await v2.call(CloudServices, 'list', {
      query: { sort: [{ key: 'cloud_service_id' }] },
    });
    expect(total_count).toBe(5);
    expect(results[0]).toMatchObject({
      cloud_service_id: idOf(0),
      tags: { aws: { env: 'prod' } },
      tag_keys: { aws: ['env'] },
      collection_info: { secret_id: wireId('secret', 1) },
      data: {
        cloudwatch: { region_name: 'eu-west-1', metrics_info: [{ Namespace: 'AWS/EC2' }, { Namespace: 'CWAgent' }] },
      },
    });
    const azure = results.find(({ provider }) => provider === 'azure');
    expect(azure).toMatchObject({
      collection_info: { secret_id: '' },
      data: { azure_monitor: { resource_id: '/subscriptions/s/vm' } },
    });
    expect(results.find(({ name }) => name === 'db')?.data).not.toHaveProperty('cloudwatch');
  });

  it('refuses what only MongoDB could answer', async () => {
    const unwind = v2.call(CloudServices, 'list', { query: { unwind: { path: 'data.nics' } } });
    await expect(unwind).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('hides what is gone from those who do not ask for it', async () => {
    const filter = { provider: 'azure' };
    await site.store.inventory.markAbsent(filter, siteNow + 1, siteNow + 1);
    const ask = async (query?: object) => names((await v2.call(CloudServices, 'list', { ...filter, query })).results);
    expect(await ask()).toEqual([]);
    expect(await ask({ filter: [{ k: 'state', v: ['ACTIVE', 'DELETED'], o: 'in' }] })).toEqual(['vm']);
    const { results } = await v2.call(CloudServices, 'list', { ...filter, state: 'DELETED' });
    expect(results).toMatchObject([{ state: 'DELETED', deleted_at: new Date(siteNow + 1).toISOString() }]);
  });

  it('makes a record once: who creates it again adds to it', async () => {
    const report = {
      ...{ provider: 'aws', cloud_service_group: 'EC2', cloud_service_type: 'Instance', account: '123' },
      ...{ region_code: 'eu-west-1', name: 'new', reference: { resource_id: 'i-new' } },
    };
    const made = await v2.call(CloudServices, 'create', {
      ...report,
      data: { compute: { instance_state: 'RUNNING' } },
    });
    expect(made).toMatchObject({ name: 'new', data: { compute: { instance_state: 'RUNNING' } } });
    const again = await v2.call(CloudServices, 'create', { ...report, data: { hardware: { core: 2 } } });
    expect(again).toMatchObject({
      cloud_service_id: made.cloud_service_id,
      instance_size: 2,
      data: { compute: { instance_state: 'RUNNING' }, hardware: { core: 2 } },
    });
    const { cloud_service_id } = made;
    await v2.call(CloudServices, 'update', {
      cloud_service_id,
      name: 'renamed',
      data: { compute: { instance_state: 'STOPPED' } },
    });
    expect(await v2.call(CloudServices, 'get', { cloud_service_id })).toMatchObject({
      name: 'renamed',
      account: '123',
      data: { compute: { instance_state: 'STOPPED' }, hardware: { core: 2 } },
    });
    // Its changes tell of it; a collector that writes a fleet by this would fill the log.
    expect(await site.store.audit.list({ limit: 9 })).toEqual([]);
  });

  it.each([
    {
      name: 'no provider',
      method: 'create',
      request: { data: {}, cloud_service_group: 'EC2', cloud_service_type: 'Instance' },
      code: 'invalid_input',
    },
    {
      name: 'no id',
      method: 'create',
      request: { data: {}, provider: 'aws', cloud_service_group: 'EC2', cloud_service_type: 'Instance' },
      code: 'invalid_input',
    },
    {
      name: 'data that a record cannot hold',
      method: 'create',
      request: {
        data: { compute: { nics: [] } },
        provider: 'aws',
        cloud_service_group: 'EC2',
        cloud_service_type: 'Instance',
        reference: { resource_id: 'i-x' },
      },
      code: 'invalid_input',
    },
    {
      name: 'another account',
      method: 'update',
      request: { cloud_service_id: 'cloud-svc-000000000001', account: '9' },
      code: 'invalid_input',
    },
    {
      name: 'a record that is not there',
      method: 'update',
      request: { cloud_service_id: 'cloud-svc-0000000fffff', name: 'x' },
      code: 'not_found',
    },
  ] as const)('refuses $name', async ({ method, request, code }) => {
    const call =
      method === 'create' ? v2.call(CloudServices, 'create', request) : v2.call(CloudServices, 'update', request);
    await expect(call).rejects.toMatchObject({ code });
    expect(
      (await v2.call(CloudServices, 'list', { query: { filter: [{ k: 'reference.resource_id', v: 'i-x' }] } }))
        .total_count,
    ).toBe(0);
  });
});

it('what is made to be more than a value is none, in any part of a query', async () => {
  const payloads = [
    `' OR '1'='1`,
    `x') UNION SELECT id, password FROM "user" --`,
    `1; SELECT pg_sleep(10)`,
    '$.data"[0]',
    '{"$ne": null}',
    '%_\\',
    '__proto__.role',
    '(a+)+$',
    'x'.repeat(5_000),
  ];
  const before = (await v2.call(CloudServices, 'list', {})).total_count;
  const operators = ['eq', 'not', 'contain', 'in', 'lt', 'regex', 'exists', `' OR '1'='1`];
  for (const payload of payloads) {
    const queries = [
      ...operators.map((o) => ({ filter: [{ k: 'name', v: o === 'in' ? [payload] : payload, o }] })),
      { filter: [{ k: payload, v: 'x', o: 'eq' }] },
      { filter: [{ k: `data.${payload}`, v: payload, o: 'contain' }] },
      { only: [payload] },
      { sort: [{ key: payload, desc: true }] },
      { keyword: payload },
    ];
    for (const query of queries) {
      const error = await v2.call(CloudServices, 'list', { query }).then(
        () => undefined,
        (caught: unknown) => CollectError.from(caught),
      );
      const { code } = error ?? { code: 'invalid_input' };
      expect([JSON.stringify(query), code]).toEqual([JSON.stringify(query), 'invalid_input']);
    }
  }
  expect((await v2.call(CloudServices, 'list', {})).total_count).toBe(before);
});
