import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CollectorDefinition } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import { serve } from '#wire/server.ts';
import { implement } from '#wire/service.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import { awsSecret, awsServers, hourMs, serverId, testNow } from '../calls.fixture.ts';
import type { TokensV1 } from '../identity/tokens.ts';
import type { Platform } from '../platform.ts';
import { startPlatformV1 } from '../platform-v1.ts';
import { broken, type CollectedParts, collected, metricCollector, streamOf } from './collected.fixture.ts';

const merge = { update_mode: 'MERGE' };
const type = 'inventory.Server';
const server = (index: number, parts: CollectedParts = {}) => collected(index, { type, ...parts });

let now: number;
let platform: Platform<TokensV1>;
beforeEach(async () => {
  now = testNow;
  platform = await startPlatformV1({ servers: awsServers(3), secrets: [awsSecret], clock: () => now });
});
afterEach(() => platform.close());

const row = (index: number) => platform.inventory.get(serverId(index));
const monitoring = (cpu: JsonObject) => ({ data: { monitoring: { cpu } } });

describe('update_mode', () => {
  it('MERGE keeps old leaves, also those that nobody reports any more', async () => {
    await platform.store(metricCollector, [
      streamOf(server(0, { options: merge, resource: monitoring({ a: { avg: 1 }, b: 2 }) })),
    ]);
    await platform.store(metricCollector, [
      streamOf(server(0, { options: merge, resource: monitoring({ a: { max: 3 }, b: [4] }) })),
    ]);
    expect(Object(row(0)?.data).monitoring).toEqual({ cpu: { a: { avg: 1, max: 3 }, b: [4] } });
    expect(Object(row(0)?.data).compute).toHaveProperty('instance_state', 'RUNNING');
  });

  it('by default replaces each first-level key of data', async () => {
    await platform.store(metricCollector, [streamOf(server(0, { resource: monitoring({ a: 1 }) }))]);
    await platform.store(metricCollector, [streamOf(server(0, { resource: monitoring({ b: 2 }) }))]);
    expect(Object(row(0)?.data).monitoring).toEqual({ cpu: { b: 2 } });
  });

  it('sticks for the rest of its stream', async () => {
    const first = server(0, { options: merge, resource: monitoring({ a: 1 }) });
    await platform.store(metricCollector, [streamOf(first, server(0, { resource: monitoring({ b: 2 }) }))]);
    expect(Object(row(0)?.data).monitoring).toEqual({ cpu: { a: 1, b: 2 } });
    await platform.store(metricCollector, [streamOf(server(0, { resource: monitoring({ c: 3 }) }))]);
    expect(Object(row(0)?.data).monitoring).toEqual({ cpu: { c: 3 } });
  });

  it('creates nothing if it is set, and fails for it', async () => {
    expect(await platform.store(metricCollector, [streamOf(server(7, { options: merge }))])).toMatchObject({
      status: 'FAILURE',
      created: 0,
      failure: 1,
      errors: [],
    });
    expect(await platform.store(metricCollector, [streamOf(server(7))])).toMatchObject({
      status: 'SUCCESS',
      created: 1,
    });
    expect(platform.inventory.rows()[3]).toMatchObject({ server_id: 'server-collected-1', domain_id: 'domain-demo' });
  });
});

describe('who may write', () => {
  it('is who has the lower priority number', async () => {
    const strong = { ...metricCollector, collectorId: 'collector-strong', priority: 5 };
    await platform.store(strong, [streamOf(server(0, { resource: monitoring({ a: 1 }) }))]);
    await platform.store(metricCollector, [streamOf(server(0, { resource: monitoring({ a: 2 }) }))]);
    expect(Object(row(0)?.data).monitoring).toEqual({ cpu: { a: 1 } });
    await platform.store(strong, [streamOf(server(0, { resource: monitoring({ a: 3 }) }))]);
    expect(Object(row(0)?.data).monitoring).toEqual({ cpu: { a: 3 } });
  });

  it('is nobody where a key is pinned', async () => {
    const pinned_keys = ['data.monitoring'];
    platform.inventory.put({ ...row(0), collection_info: { ...Object(row(0)?.collection_info), pinned_keys } });
    await platform.store(metricCollector, [streamOf(server(0, { resource: { name: 'new' } }))]);
    expect(row(0)?.data).not.toHaveProperty('monitoring');
    expect(row(0)?.name).toBe('new');
  });
});

it('appends to who has collected a server, and puts the layout under the plugin', async () => {
  const metadata = { view: {} };
  await platform.store(metricCollector, [streamOf(server(0, { resource: { metadata } }))]);
  expect(row(0)).toMatchObject({
    metadata: { 'plugin-cloud': expect.anything(), 'plugin-metrics': metadata },
    collection_info: {
      collectors: ['collector-cloud', 'collector-metrics'],
      secrets: ['secret-aws-0001', 'secret-platform'],
      service_accounts: ['sa-aws-320000000001', 'sa-spaceone'],
    },
  });
});

it('fails where a rule fits several servers, with or without data', async () => {
  const rules = { '1': ['provider'] };
  expect(await platform.store(metricCollector, [streamOf(server(0, { matchRules: rules }))])).toMatchObject({
    status: 'FAILURE',
    errors: [{ code: 'ERROR_TOO_MANY_MATCH' }],
  });
});

it('counts every message, honours FAILURE of ErrorResource only, and fails of a broken stream', async () => {
  const error = collected(0, { type: 'inventory.ErrorResource', state: 5, message: 'throttled' });
  const failing = server(0, { state: 5 });
  const region = collected(0, { type: 'inventory.Region' });
  expect(await platform.store(metricCollector, [streamOf(error, failing, region)])).toMatchObject({
    status: 'FAILURE',
    total: 3,
    updated: 1,
    failure: 1,
    errors: [{ code: 'ERROR_PLUGIN', message: 'throttled' }],
  });
  expect(await platform.store(metricCollector, [broken(server(0))])).toMatchObject({
    status: 'FAILURE',
    total: 0,
    errors: [{ code: 'ERROR_COLLECTOR_COLLECTING' }],
  });
});

it.each([
  { supported_features: ['garbage_collection'], states: ['ACTIVE', 'DELETED'] },
  { supported_features: [], states: ['ACTIVE', 'ACTIVE'] },
])(
  'deletes what three runs have missed if the plugin supports $supported_features',
  async ({ supported_features, states }) => {
    const registration = { ...metricCollector, metadata: { supported_features } };
    await platform.store(registration, [streamOf(server(0), server(1))]);
    for (let run = 0; run < 3; run++) {
      now += 2 * hourMs;
      await platform.store(registration, [streamOf(server(0))]);
    }
    expect([0, 1].map((index) => row(index)?.state)).toEqual(states);
  },
);

it('runs a plugin with an empty filter, and goes by what its init says', async () => {
  const stop = new AbortController();
  const requests: object[] = [];
  const services = [
    implement(CollectorDefinition, {
      init: () => ({ metadata: { supported_features: ['garbage_collection'] } }),
      verify: () => ({}),
      async *collect(request) {
        requests.push(request);
        const { match_rules, resource, ...rest } = server(0);
        yield { ...rest, state: 4, match_rules: { ...match_rules }, resource: { ...resource } };
      },
    }),
  ];
  const listening = { generation: 'v1', services, version: '1', host: '127.0.0.1', port: 0, graceMs: 0 } as const;
  const { port } = await serve({ ...listening, signal: stop.signal });
  await platform.store(metricCollector, [streamOf(server(1))]);
  now += 2 * hourMs;
  expect(await platform.collectFrom(`grpc://127.0.0.1:${port}`, metricCollector)).toMatchObject({
    updated: 1,
    disconnected: 1,
  });
  expect(requests).toEqual([{ options: {}, secret_data: {}, filter: {} }]);
  stop.abort();
});
