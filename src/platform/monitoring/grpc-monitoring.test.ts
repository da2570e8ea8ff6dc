import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { server } from '#store/testing/servers.ts';
import type { Client } from '#wire/client.ts';
import { DataSourceDefinition as PluginV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as PluginMetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/metric.ts';
import { DataSourceDefinition as SourceV1 } from '#wire/gen/v1/spaceone/api/monitoring/v1/data_source.ts';
import { MetricDefinition as MetricDefinitionV1 } from '#wire/gen/v1/spaceone/api/monitoring/v1/metric.ts';
import { DataSourceDefinition as PluginV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as PluginMetricV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import { DataSourceDefinition as SourceV2 } from '#wire/gen/v2/spaceone/api/monitoring/v1/data_source.ts';
import { MetricDefinition as MetricDefinitionV2 } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import { implement } from '#wire/service.ts';
import { wireId } from '../inventory/wire-id.ts';
import { addAccount } from '../secret/accounts.ts';
import { type DataSources, openDataSources } from './data-sources.ts';
import { dataSourceV1, dataSourceV2 } from './grpc-data-source.ts';
import { metricV1 } from './grpc-metric-v1.ts';
import { metricV2 } from './grpc-metric-v2.ts';
import { type GrpcSite, listen, openSite, siteNow } from './grpc-site.fixture.ts';
import type { MetricAnswer } from './metric-plugin.ts';
import type { OwnSource } from './own-plugin.ts';

const { register, enable, disable, verify_plugin, get, list } = SourceV2.methods;
const SourcesV2 = { ...SourceV2, methods: { register, enable, disable, verify_plugin, get, list } } as const;
const SourcesV1 = { ...SourceV1, methods: { list: SourceV1.methods.list } } as const;

const ownId = 'ds-fleetgauge-aws';
const window = { start: '2026-11-22T00:00:00Z', end: '2026-11-22T02:00:00Z', period: 3600 };
const labels = ['2026-11-22T00:00:00.000Z', '2026-11-22T01:00:00.000Z'];
const secretOf = (name: string) => ({
  from: { kind: 'keys', accessKeyId: `AKIA${name}`, secretAccessKey: 'aSecretOfTheAccount' },
});

/** What our own source was asked, and how it answers; one region of it fails. */
interface Asked {
  readonly secret: unknown;
  readonly queries: Readonly<Record<string, unknown>>;
}

let site: GrpcSite;
let sources: DataSources;
let asked: Asked[];
let ids: readonly number[];
let until: AsyncDisposableStack;
beforeEach(async () => {
  until = new AsyncDisposableStack();
  site = until.use(await openSite());
  asked = [];
  sources = until.use(
    await openDataSources({ store: site.store, masterKey: site.masterKey, own: [own], now: () => siteNow }),
  );
  const places = ['eu-west-1', 'eu-west-1', 'us-east-1', 'me-south-1'];
  ids = await site.store.inventory.put(
    places.map((region_code, at) => ({
      record: server(`i-${at}`, { region_code, ...(at === 1 ? { account: '456' } : {}) }),
    })),
    siteNow,
  );
  for (const account of ['123', '456']) {
    const draft = { provider: 'aws', account, name: account, regions: [] };
    await addAccount(site.store, site.masterKey, draft, secretOf(account), siteNow);
  }
});
afterEach(() => until.disposeAsync());

const own: OwnSource = {
  provider: 'aws',
  metadata: (generation) => ({
    supported_stat: ['AVERAGE', 'MAX'],
    required_keys: ['data.cloudwatch'],
    ...(generation === 'v1' ? { supported_resource_type: ['inventory.Server'] } : { supported_providers: ['aws'] }),
  }),
  async verify() {
    throw new CollectError('secret_rejected', 'AWS does not know this key');
  },
  async list(_secret, query) {
    return [{ key: 'CPUUtilization', name: 'CPU', group: 'AWS/EC2', unit: { y: '%' }, query }];
  },
  async getData(secret, queries, { start }) {
    asked.push({ secret, queries: Object.fromEntries(queries) });
    const region = [...queries.values()][0]?.region_name;
    if (region === 'me-south-1') throw new CollectError('access_denied', 'CloudWatch is closed here');
    const late = region === 'us-east-1' ? 1 : 0;
    return {
      labels: [new Date(Date.parse(start) + late * 3_600_000).toISOString()],
      values: Object.fromEntries([...queries.keys()].map((id) => [id, [7 + late]])),
    };
  },
};

const idOf = (at: number, kind: 'server' | 'cloud-svc' = 'cloud-svc') => wireId(kind, ids[at] ?? 0);
const queryOf = (at: number) => ({
  MetricName: 'CPUUtilization',
  Dimensions: [{ Name: 'InstanceId', Value: `i-${at}` }],
});

function clientV2(role: 'viewer' | 'admin' = 'viewer'): Promise<Client> {
  const { gate, store } = site;
  return site.client('v2', [dataSourceV2(gate, sources, () => siteNow), metricV2(gate, store, sources)], role);
}

function clientV1(): Promise<Client> {
  const { gate, store } = site;
  return site.client('v1', [dataSourceV1(gate, sources, () => siteNow), metricV1(gate, store, sources)]);
}

async function getV2(client: Client, at: readonly number[], over: object = {}): Promise<MetricAnswer> {
  const metric_query = Object.fromEntries(at.map((each) => [idOf(each), queryOf(each)]));
  const request = { data_source_id: ownId, metric_query, metric: 'CPUUtilization', ...window, ...over };
  const { labels: told = [], values } = await client.call(MetricDefinitionV2, 'get_data', request);
  return {
    labels: told.map(String),
    values: Object.fromEntries(Object.entries(values ?? {}).map(([id, points]) => [id, numbers(points)])),
  };
}

function numbers(points: unknown): (number | null)[] {
  if (!Array.isArray(points)) throw new Error('there are no points');
  return points.map((point) => (point === null ? null : Number(point)));
}

describe('get_data of the second generation', () => {
  it('asks each account with its own secret and each region by itself, and puts all on one axis', async () => {
    const client = await clientV2();
    const answer = await getV2(client, [0, 1, 2]);
    expect(answer).toEqual({ labels, values: { [idOf(0)]: [7, null], [idOf(1)]: [7, null], [idOf(2)]: [null, 8] } });
    expect(asked).toHaveLength(3);
    expect(asked).toContainEqual({
      secret: secretOf('456'),
      queries: { [idOf(1)]: { region_name: 'eu-west-1', ...queryOf(1) } },
    });
  });

  it('has nothing of a part that failed, and fails where all of it did', async () => {
    const client = await clientV2();
    expect(Object.keys((await getV2(client, [0, 3])).values)).toEqual([idOf(0)]);
    await expect(getV2(client, [3])).rejects.toMatchObject({
      code: 'access_denied',
      message: 'CloudWatch is closed here',
    });
  });

  it('passes over ids that are none of its own', async () => {
    const metric_query = { 'cloud-svc-0000000fffff': {}, 'of another platform': {} };
    expect(await getV2(await clientV2(), [], { metric_query })).toEqual({ labels: [], values: {} });
  });

  it('refuses what it cannot do, in the words of Cloudforet', async () => {
    const client = await clientV2();
    const failure = (over: object) =>
      getV2(client, [0], over).catch(({ cause, message }) => `${cause?.message} ${message}`);
    expect(await failure({ stat: 'MEDIAN' })).toMatch(/^ERROR_NOT_SUPPORT_METRIC_STAT /);
    expect(await failure({ metric: '' })).toMatch(/^ERROR_REQUIRED_PARAMETER .*metric/);
    expect(await failure({ data_source_id: 'ds-none' })).toMatch(/^ERROR_NOT_FOUND /);
    await site.store.dataSources.setState(ownId, 'DISABLED');
    expect(await failure({})).toMatch(/^ERROR_DATA_SOURCE_STATE_DISABLED /);
    await site.store.dataSources.setState(ownId, 'ENABLED');
    for (const { id } of await site.store.accounts.list()) await site.store.accounts.remove(id);
    expect(await failure({})).toMatch(/^ERROR_RESOURCE_SECRETS_NOT_EXISTS /);
  });
});

describe('the first generation', () => {
  it('asks of each record what its collector would have written', async () => {
    const client = await clientV1();
    const request = {
      ...{ data_source_id: ownId, resource_type: 'inventory.Server', metric: 'CPUUtilization', ...window },
      resources: [idOf(0, 'server'), idOf(3, 'server'), 'server-of-another'],
    };
    const { resource_values } = await client.call(MetricDefinitionV1, 'get_data', request);
    expect(resource_values).toEqual({ [idOf(0, 'server')]: [7] });
    expect(asked[0]?.queries[idOf(0, 'server')]).toEqual({
      ...{ namespace: 'AWS/EC2', region_name: 'eu-west-1' },
      dimensions: [{ Name: 'InstanceId', Value: 'i-0' }],
    });
    const none = client.call(MetricDefinitionV1, 'get_data', { ...request, resources: ['server-of-another'] });
    await expect(none).rejects.toMatchObject({ code: 'not_found' });
  });

  it('lists metrics of all, and who has any', async () => {
    const client = await clientV1();
    const resources = [idOf(0, 'server'), 'server-of-another'];
    const request = { data_source_id: ownId, resource_type: 'inventory.Server', resources };
    const { metrics, available_resources } = await client.call(MetricDefinitionV1, 'list', request);
    expect(metrics).toMatchObject([{ key: 'CPUUtilization', unit: { y: '%' } }]);
    expect(available_resources).toEqual({ [idOf(0, 'server')]: true, 'server-of-another': false });
  });
});

describe('data sources', () => {
  it('are ours from the start, told in the words of either generation', async () => {
    const { results } = await (await clientV2()).call(SourcesV2, 'list', { provider: 'aws', monitoring_type: 1 });
    expect(results).toMatchObject([
      {
        data_source_id: ownId,
        state: 1,
        monitoring_type: 1,
        capability: { use_resource_secret: true, supported_schema: ['aws_access_key'] },
        plugin_info: { provider: 'aws', metadata: { supported_providers: ['aws'] } },
      },
    ]);
    const old = await (await clientV1()).call(SourcesV1, 'list', { query: { filter: [{ k: 'provider', v: 'aws' }] } });
    expect(old.results).toMatchObject([
      { plugin_info: { metadata: { supported_resource_type: ['inventory.Server'] } } },
    ]);
    expect((await (await clientV2()).call(SourcesV2, 'list', { monitoring_type: 2 })).results).toEqual([]);
  });

  it('of the second generation may be a plugin anywhere, which gets secrets in the form that it knows', async () => {
    const seen: unknown[] = [];
    const port = await listen(
      'v2',
      [
        implement(PluginV2, {
          init: ({ options }) => ({
            metadata: {
              supported_stat: ['MEAN'],
              required_keys: ['data.cloudwatch'],
              supported_providers: ['aws'],
              options,
            },
          }),
          verify: () => ({}),
        }),
        implement(PluginMetricV2, {
          list: ({ query }) => ({ metrics: [{ key: 'cpu', name: 'cpu', group: 'g', metric_query: { of: query } }] }),
          get_data: ({ secret_data, metric_query, metric, options, period, schema }) => {
            seen.push({ secret_data, metric_query, metric, options, period, schema });
            return {
              labels: [labels[0]],
              values: Object.fromEntries(Object.keys(metric_query ?? {}).map((id) => [id, ['12.5']])),
            };
          },
        }),
      ],
      until,
    );
    const client = await clientV2('admin');
    const plugin_info = { plugin_id: `grpc://127.0.0.1:${port}`, provider: 'aws', options: { colour: 'blue' } };
    const { data_source_id } = await client.call(SourcesV2, 'register', { name: 'theirs', plugin_info });
    expect(await client.call(SourcesV2, 'verify_plugin', { data_source_id })).toEqual({});
    const answer = await getV2(client, [0], { data_source_id, stat: 'MEAN' });
    expect(answer).toEqual({ labels: [labels[0]], values: { [idOf(0)]: [12.5] } });
    expect(seen).toEqual([
      {
        secret_data: { aws_access_key_id: 'AKIA123', aws_secret_access_key: 'aSecretOfTheAccount' },
        schema: 'aws_access_key',
        metric_query: { [idOf(0)]: { region_name: 'eu-west-1', ...queryOf(0) } },
        metric: 'CPUUtilization',
        options: { colour: 'blue' },
        period: 3600,
      },
    ]);
    const listed = await client.call(MetricDefinitionV2, 'list', { data_source_id, resources: [idOf(0), idOf(2)] });
    expect(listed.metrics).toMatchObject([
      {
        key: 'cpu',
        metric_query: {
          [idOf(0)]: { of: { region_name: 'eu-west-1' } },
          [idOf(2)]: { of: { region_name: 'us-east-1' } },
        },
      },
    ]);
    expect((await (await clientV1()).call(SourcesV1, 'list', { name: 'theirs' })).total_count).toBe(0);
  });

  it('write down who changed them, or was refused, and none of their options', async () => {
    const plugin_info = { plugin_id: 'grpc://127.0.0.1:9', provider: 'aws', options: { token: 'of the plugin' } };
    const [client, viewer] = [await clientV2('admin'), await clientV2()];
    const request = { data_source_id: ownId };
    await client.call(SourcesV2, 'disable', request);
    await client.call(SourcesV2, 'enable', request);
    // Again within a minute is no other entry.
    for (let nth = 0; nth < 2; nth++)
      await expect(viewer.call(SourcesV2, 'disable', request)).rejects.toMatchObject({ code: 'access_denied' });
    await expect(viewer.call(SourcesV2, 'register', { name: 'theirs', plugin_info })).rejects.toThrow();
    await expect(client.call(SourcesV2, 'disable', { data_source_id: 'ds-none' })).rejects.toThrow();
    // A client of ours tries again where a plugin is away.
    await expect(client.call(SourcesV2, 'register', { name: 'theirs', plugin_info })).rejects.toThrow();
    const log = (await site.store.audit.list({ limit: 20 })).toReversed();
    const change = { action: 'data_source.change', target: ownId, from: '127.0.0.1', at: siteNow };
    const refused = { outcome: 'refused', detail: { code: 'access_denied' }, actor: 'viewer' };
    expect(log.slice(0, 5)).toMatchObject([
      { ...change, actor: 'admin', outcome: 'ok', actorId: expect.stringMatching(/^user-/) },
      { ...change, actor: 'admin', outcome: 'ok' },
      { ...change, ...refused },
      { action: 'data_source.add', target: 'theirs', ...refused },
      { action: 'data_source.add', target: 'theirs', actor: 'admin', outcome: 'failed' },
    ]);
    expect(JSON.stringify(log)).not.toContain('of the plugin');
  });

  it('of the first generation too, for those who ask in its words', async () => {
    const seen: unknown[] = [];
    const port = await listen(
      'v1',
      [
        implement(PluginV1, {
          init: () => ({
            metadata: {
              supported_stat: ['AVERAGE'],
              required_keys: ['data.cloudwatch'],
              supported_resource_type: ['inventory.Server'],
            },
          }),
          verify: () => ({}),
        }),
        implement(PluginMetricV1, {
          list: () => ({ metrics: [] }),
          get_data: ({ resource }) => {
            seen.push(resource);
            return { labels: [labels[0]], resource_values: { [idOf(0, 'server')]: [3] } };
          },
        }),
      ],
      until,
    );
    const plugin_info = { plugin_id: `grpc://127.0.0.1:${port}`, provider: 'aws' };
    const { data_source_id } = await (await clientV2('admin')).call(SourcesV2, 'register', {
      name: 'old',
      plugin_info,
    });
    const request = { data_source_id, resource_type: 'inventory.Server', resources: [idOf(0, 'server')] };
    const asking = { ...request, metric: 'CPUUtilization', ...window };
    const { resource_values } = await (await clientV1()).call(MetricDefinitionV1, 'get_data', asking);
    expect(resource_values).toEqual({ [idOf(0, 'server')]: [3] });
    expect(seen).toEqual([
      {
        region_name: 'eu-west-1',
        resources: [
          {
            ...{ namespace: 'AWS/EC2', region_name: 'eu-west-1', resource_id: idOf(0, 'server') },
            dimensions: [{ Name: 'InstanceId', Value: 'i-0' }],
          },
        ],
      },
    ]);
    await expect(getV2(await clientV2(), [0], { data_source_id })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('are enabled, disabled and registered by admins, and say what went wrong', async () => {
    const admin = await clientV2('admin');
    const viewer = await clientV2();
    const request = { data_source_id: ownId };
    await expect(viewer.call(SourcesV2, 'disable', request)).rejects.toMatchObject({ code: 'access_denied' });
    expect((await admin.call(SourcesV2, 'disable', request)).state).toBe(2);
    expect((await viewer.call(SourcesV2, 'get', request)).state).toBe(2);
    const inState = async (state: string) => (await viewer.call(SourcesV2, 'list', { state })).total_count;
    expect([await inState('DISABLED'), await inState('ENABLED')]).toEqual([1, 0]);
    expect((await admin.call(SourcesV2, 'enable', request)).state).toBe(1);
    await expect(admin.call(SourcesV2, 'verify_plugin', request)).rejects.toMatchObject({ code: 'secret_rejected' });
    const registered = (plugin_id: string) =>
      admin.call(SourcesV2, 'register', { name: 'x', plugin_info: { plugin_id, provider: 'aws' } });
    await expect(registered('plugin-1234')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(registered('grpc://127.0.0.1:1')).rejects.toMatchObject({ code: 'unavailable' });
    expect((await viewer.call(SourcesV2, 'list', {})).total_count).toBe(1);
  });
});
