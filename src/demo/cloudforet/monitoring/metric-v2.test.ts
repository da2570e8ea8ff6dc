import { describe, expect, it } from 'vitest';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import { awsSecret, awsServers, cloudServiceId, connect, failure, lastDay, testNow } from '../calls.fixture.ts';
import type { PlatformOptions } from '../platform.ts';
import { startPlatformV2 } from '../platform-v2.ts';
import { DataSourceList } from './data-source-v2.ts';
import type { MetricAnswer, MetricCall } from './metric-backend.ts';
import { recorder } from './recorder.fixture.ts';

interface Setting extends PlatformOptions {
  readonly answer?: (call: MetricCall) => Partial<MetricAnswer>;
  readonly token?: 'app' | 'workspaceApp' | 'inventoryOnly';
}

async function setUp({ answer, token = 'app', ...options }: Setting) {
  const { backend, calls, mostOpen } = recorder(answer);
  const dataSources = [{ provider: 'aws', source: { backend } }] as const;
  const platform = await startPlatformV2({ secrets: [awsSecret], dataSources, clock: () => testNow, ...options });
  const client = connect(platform, platform.tokens[token]);
  const ask = (ids: readonly string[], over: object = {}) =>
    client.call(MetricDefinition, 'get_data', {
      data_source_id: 'ds-aws',
      metric_query: Object.fromEntries(ids.map((id) => [id, { MetricName: 'CPUUtilization' }])),
      metric: 'CPUUtilization',
      ...lastDay,
      period: 86_400,
      stat: 'AVERAGE',
      ...over,
    });
  const stop = async () => {
    client.close();
    await platform.close();
  };
  return { platform, client, ask, calls, mostOpen, [Symbol.asyncDispose]: stop };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => cloudServiceId(index));

describe('Metric.get_data of today’s generation', () => {
  it('cuts a call into chunks of a region and secret, asked for one after another', async () => {
    const servers = awsServers(6, (index) => ({
      region: index % 2 === 0 ? 'us-east-1' : 'eu-west-1',
      secretId: index < 4 ? 'secret-aws-0001' : 'secret-aws-0002',
    }));
    const secrets = [awsSecret, { ...awsSecret, secretId: 'secret-aws-0002' }];
    await using setting = await setUp({ servers, secrets });
    const { labels, values, domain_id } = await setting.ask(numbered(6));
    expect([labels?.length, Object.keys(values ?? {}).sort(), domain_id]).toEqual([1, numbered(6), 'domain-demo']);
    expect(setting.calls.map(({ region, secret, queries }) => [region, secret.secretId, queries.size])).toEqual([
      ['us-east-1', 'secret-aws-0001', 2],
      ['eu-west-1', 'secret-aws-0001', 2],
      ['us-east-1', 'secret-aws-0002', 1],
      ['eu-west-1', 'secret-aws-0002', 1],
    ]);
    expect(setting.mostOpen()).toBe(1);
    expect(setting.calls[0]?.queries.get(cloudServiceId(0))).toEqual({
      MetricName: 'CPUUtilization',
      region_name: 'us-east-1',
    });
    expect(setting.calls.map(({ namesSchema }) => namesSchema)).toEqual([true, true, false, false]);
    expect(setting.platform.stats()).toMatchObject({
      'Metric.get_data': { calls: 1, items: 6 },
      'plugin: Metric.get_data': { calls: 4, items: 6, maxInFlight: 1 },
    });
  });

  it('puts two hundred into a chunk and reads a thousand resources', async () => {
    await using setting = await setUp({ servers: awsServers(1100) });
    await setting.ask(numbered(1100));
    expect(setting.calls.map(({ queries }) => queries.size)).toEqual([200, 200, 200, 200, 200]);
  });

  it('says nothing of resources that the caller cannot see', async () => {
    const servers = awsServers(3, (index) => (index === 1 ? { workspaceId: 'workspace-other' } : {}));
    await using setting = await setUp({ servers, token: 'workspaceApp' });
    const { values } = await setting.ask([...numbered(3), 'cloud-svc-unknown']);
    expect(Object.keys(values ?? {})).toEqual([cloudServiceId(0), cloudServiceId(2)]);
  });

  it('answers nothing for a chunk that fails, and is well otherwise', async () => {
    const servers = awsServers(2, (index) => ({ region: `region-${index}` }));
    const answer = ({ region }: MetricCall) => {
      if (region === 'region-0') throw new Error('throttled');
      return {};
    };
    await using setting = await setUp({ servers, answer });
    expect(await setting.ask(numbered(2))).toMatchObject({
      labels: [expect.any(String)],
      values: { [cloudServiceId(1)]: [1] },
    });
  });

  it('fails as a whole where one resource’s secret is gone, and takes the first secret where none is named', async () => {
    await using setting = await setUp({
      servers: awsServers(2, (index) => ({ secretId: index === 0 ? 'secret-gone' : '' })),
    });
    expect(await failure(setting.ask(numbered(2)))).toMatchObject({ platform: 'ERROR_RESOURCE_SECRETS_NOT_EXISTS' });
    await setting.ask([cloudServiceId(1)]);
    expect(setting.calls.map(({ secret }) => secret.secretId)).toEqual(['secret-aws-0001']);
  });

  it.each<{ name: string; over: object; token?: Setting['token']; faults?: object; platform: string }>([
    {
      name: 'a statistic that the data source has not',
      over: { stat: 'MEAN' },
      platform: 'ERROR_NOT_SUPPORT_METRIC_STAT',
    },
    { name: 'an unknown data source', over: { data_source_id: 'ds-none' }, platform: 'ERROR_NOT_FOUND' },
    { name: 'no query', over: { metric_query: undefined }, platform: 'ERROR_REQUIRED_PARAMETER' },
    { name: 'no start', over: { start: '' }, platform: 'ERROR_REQUIRED_PARAMETER' },
    { name: 'no permission', over: {}, token: 'inventoryOnly', platform: 'ERROR_PERMISSION_DENIED' },
    {
      name: 'a data source that is switched off',
      over: {},
      faults: { disabledDataSources: ['ds-aws'] },
      platform: 'ERROR_DATA_SOURCE_STATE_DISABLED',
    },
  ])('refuses $name: $platform', async ({ over, token, faults = {}, platform }) => {
    await using setting = await setUp({ servers: awsServers(1), faults, ...(token && { token }) });
    expect(await failure(setting.ask(numbered(1), over))).toMatchObject({ platform });
    expect(setting.calls).toEqual([]);
  });
});

describe('Metric.list of today’s generation', () => {
  const list = (setting: Awaited<ReturnType<typeof setUp>>, ids: readonly string[]) =>
    setting.client.call(MetricDefinition, 'list', { data_source_id: 'ds-aws', resources: ids });

  it('wraps each resource’s query', async () => {
    const dataSources = [{ provider: 'aws', source: { synthetic: {} } }] as const;
    await using setting = await setUp({ servers: awsServers(2), dataSources });
    const { metrics, available_resources } = await list(setting, numbered(2));
    expect(available_resources).toEqual({ [cloudServiceId(0)]: true, [cloudServiceId(1)]: true });
    const cpu = metrics.find(({ key }) => key === 'CPUUtilization');
    const Dimensions = [{ Name: 'InstanceId', Value: awsServers(2)[1]?.resourceId }];
    expect(cpu?.group).toBe('AWS/EC2');
    expect(cpu?.metric_query?.[cloudServiceId(1)]).toEqual({
      Namespace: 'AWS/EC2',
      MetricName: 'CPUUtilization',
      Dimensions,
    });
    const { values } = await setting.ask([], { metric_query: cpu?.metric_query });
    expect(values?.[cloudServiceId(1)]).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('trips over a data source that fails', async () => {
    await using setting = await setUp({ servers: awsServers(1), faults: { rejectedSecrets: ['secret-aws-0001'] } });
    expect(await failure(list(setting, numbered(1)))).toMatchObject({
      platform: 'ERROR_UNKNOWN',
      message: "'metrics'",
    });
  });
});

it('lists data sources by filter, by name, with what they say of themselves', async () => {
  const specs = (['azure', 'google_cloud', 'aws'] as const).map((provider) => ({
    provider,
    source: { synthetic: {} },
  }));
  const log = { provider: 'aws', dataSourceId: 'ds-log', monitoringType: 'LOG', source: { synthetic: {} } } as const;
  await using setting = await setUp({ dataSources: [...specs, log], faults: { disabledDataSources: ['ds-azure'] } });
  const all = await setting.client.call(DataSourceList, 'list', { monitoring_type: 1 });
  expect(all.results.map(({ data_source_id, state }) => [data_source_id, state])).toEqual([
    ['ds-aws', 1],
    ['ds-azure', 2],
    ['ds-google_cloud', 1],
  ]);
  const filter = [
    { k: 'provider', v: 'google_cloud', o: 'eq' },
    { k: 'monitoring_type', v: 'METRIC', o: 'eq' },
  ];
  const { results } = await setting.client.call(DataSourceList, 'list', { query: { filter } });
  expect(results).toMatchObject([
    {
      monitoring_type: 1,
      provider: 'google_cloud',
      plugin_info: {
        metadata: {
          supported_stat: ['MEAN', 'MAX', 'MIN', 'SUM'],
          required_keys: ['data.google_cloud_monitoring'],
          supported_providers: ['google_cloud'],
        },
      },
    },
  ]);
});
