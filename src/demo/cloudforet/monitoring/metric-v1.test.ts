import { describe, expect, it } from 'vitest';
import { MetricDefinition } from '#wire/gen/v1/spaceone/api/monitoring/v1/metric.ts';
import { awsSecret, awsServer, awsServers, connect, failure, lastDay, serverId, testNow } from '../calls.fixture.ts';
import type { CloudServer } from '../inventory/server.ts';
import type { PlatformOptions } from '../platform.ts';
import { startPlatformV1 } from '../platform-v1.ts';
import { DataSourceList } from './data-source-v1.ts';
import type { MetricAnswer, MetricCall } from './metric-backend.ts';
import { recorder } from './recorder.fixture.ts';

interface Setting extends PlatformOptions {
  readonly servers: readonly CloudServer[];
  readonly answer?: (call: MetricCall) => Partial<MetricAnswer>;
}

const secrets = [
  awsSecret,
  { ...awsSecret, secretId: 'secret-google', provider: 'google_cloud', schema: 'google_oauth2_credentials' },
  { ...awsSecret, secretId: 'secret-azure', provider: 'azure', schema: 'azure_client_secret' },
];

async function setUp({ answer, ...options }: Setting) {
  const { backend, calls, mostOpen } = recorder(answer);
  const dataSources = (['aws', 'google_cloud', 'azure'] as const).map((provider) => ({
    provider,
    source: { backend },
  }));
  const platform = await startPlatformV1({ secrets, dataSources, clock: () => testNow, ...options });
  const client = connect(platform, platform.tokens.apiKey);
  const provider = options.servers[0]?.provider ?? 'aws';
  const resources = options.servers.map((_, index) => serverId(index));
  const ask = (over: object = {}) =>
    client.call(MetricDefinition, 'get_data', {
      data_source_id: `ds-${provider}`,
      resource_type: 'inventory.Server',
      resources,
      metric: 'CPUUtilization',
      ...lastDay,
      ...over,
    });
  const stop = async () => {
    client.close();
    await platform.close();
  };
  return { platform, client, ask, resources, calls, mostOpen, [Symbol.asyncDispose]: stop };
}

const secretIds = { aws: 'secret-aws-0001', google_cloud: 'secret-google', azure: 'secret-azure' } as const;

describe('Metric.get_data of the old generation', () => {
  it.each([
    { provider: 'aws', servers: 403, groups: [201, 201, 1] },
    { provider: 'google_cloud', servers: 150, groups: [101, 49] },
    { provider: 'azure', servers: 12, groups: [11, 1] },
  ] as const)('takes one more of $provider into a group than it means to', async ({ provider, servers, groups }) => {
    const fleet = awsServers(servers, () => ({ provider, secretId: secretIds[provider] }));
    await using setting = await setUp({ servers: fleet });
    const { resource_values } = await setting.ask();
    expect(setting.calls.map(({ queries }) => queries.size)).toEqual(groups);
    expect(Object.keys(resource_values ?? {}).length).toBe(servers);
  });

  it('asks five groups of AWS’s regions at once, and those after them all as the last', async () => {
    const servers = awsServers(8, (index) => ({ region: `region-${index}` }));
    await using setting = await setUp({ servers });
    const { resource_values } = await setting.ask();
    expect(setting.mostOpen()).toBe(5);
    expect(setting.calls.map(({ region }) => region).sort()).toEqual(
      ['region-0', 'region-1', 'region-2', 'region-3', 'region-4', 'region-7', 'region-7', 'region-7'].sort(),
    );
    const lost = [serverId(5), serverId(6)];
    expect(setting.resources.filter((id) => !(id in (resource_values ?? {})))).toEqual(lost);
  });

  it('leaves out, without a word, servers with no key or no secret, and groups that fail', async () => {
    const servers = [
      awsServer(0),
      awsServer(1, { lacks: 'data' }),
      awsServer(2, { secretId: 'secret-gone' }),
      awsServer(3, { region: 'broken' }),
    ];
    const answer = ({ region }: MetricCall) => {
      if (region === 'broken') throw new Error('throttled');
      return {};
    };
    await using setting = await setUp({ servers, answer });
    const { labels, resource_values, domain_id } = await setting.ask({ resources: [...servers.keys()].map(serverId) });
    expect({ labels, resource_values, domain_id }).toEqual({
      labels: ['2026-11-17T12:00:00.000Z'],
      resource_values: { [serverId(0)]: [1] },
      domain_id: 'domain-demo',
    });
  });

  it.each<{ name: string; over: object; platform: string }>([
    { name: 'servers that are not there', over: { resources: ['server-none'] }, platform: 'ERROR_NOT_FOUND' },
    { name: 'no servers', over: { resources: [] }, platform: 'ERROR_REQUIRED_PARAMETER' },
    { name: 'another type', over: { resource_type: 'inventory.Region' }, platform: 'ERROR_MESSAGE_FORMAT' },
    { name: 'no metric', over: { metric: '' }, platform: 'ERROR_REQUIRED_PARAMETER' },
    { name: 'another domain', over: { domain_id: 'domain-other' }, platform: 'ERROR_PERMISSION_DENIED' },
  ])('refuses $name: $platform', async ({ over, platform }) => {
    await using setting = await setUp({ servers: awsServers(1) });
    expect(await failure(setting.ask(over))).toMatchObject({ platform });
  });

  it('hands on any statistic', async () => {
    await using setting = await setUp({ servers: awsServers(1) });
    await setting.ask({ stat: 'MEDIAN', period: 300 });
    expect(setting.calls).toMatchObject([{ stat: 'MEDIAN', periodSeconds: 300, region: 'us-east-1' }]);
  });
});

it('Metric.list of the old generation says which servers have an answer', async () => {
  await using setting = await setUp({ servers: [awsServer(0), awsServer(1, { secretId: 'secret-gone' })] });
  const request = { data_source_id: 'ds-aws', resource_type: 'inventory.Server', resources: setting.resources };
  const { metrics, available_resources } = await setting.client.call(MetricDefinition, 'list', request);
  expect(metrics.map(({ key }) => key)).toEqual(['CPUUtilization']);
  expect(available_resources).toEqual({ [serverId(0)]: true, [serverId(1)]: false });
});

it('DataSource.list of the old generation filters by provider and type', async () => {
  await using setting = await setUp({ servers: [] });
  const filter = [
    { k: 'provider', v: 'azure', o: 'eq' },
    { k: 'monitoring_type', v: 'METRIC', o: 'eq' },
  ];
  const { results } = await setting.client.call(DataSourceList, 'list', {
    domain_id: 'domain-demo',
    query: { filter },
  });
  expect(results).toMatchObject([
    {
      data_source_id: 'ds-azure',
      plugin_info: {
        provider: 'azure',
        metadata: {
          supported_resource_type: ['inventory.Server', 'inventory.CloudService'],
          required_keys: ['data.azure_monitor'],
        },
      },
    },
  ]);
});
