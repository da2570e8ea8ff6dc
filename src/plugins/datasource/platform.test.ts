import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { Client } from '#wire/client.ts';
import { Endpoint } from '#wire/endpoint.ts';
import { MetricDefinition as MetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/v1/metric.ts';
import { MetricDefinition as MetricV2 } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import type { Generation } from '#wire/generation.ts';
import { clients, keysOf, listInstances, pointsOf, query, readMetricData } from '../../demo/aws/sdk-clients.fixture.ts';
import type { PlatformOptions } from '../../demo/cloudforet/platform.ts';
import { startPlatformV1 } from '../../demo/cloudforet/platform-v1.ts';
import { startPlatformV2 } from '../../demo/cloudforet/platform-v2.ts';
import { startDataSource, type TestDataSource } from './testing-data-source.fixture.ts';

let setUp: TestDataSource;
let servers: { readonly id: string; readonly region: string }[];
beforeAll(async () => {
  setUp = await startDataSource();
  const found = await Promise.all(
    Object.keys(account.regions).map(async (region) => {
      const instances = await listInstances(clients(setUp.cloud, region, keysOf(account)).ec2);
      return instances.map(({ InstanceId = '' }) => ({ id: InstanceId, region }));
    }),
  );
  servers = found.flat();
});
afterAll(() => setUp[Symbol.asyncDispose]());

const window = { start: new Date(worldNow - 14 * 86_400_000).toISOString(), end: new Date(worldNow).toISOString() };
const asked = { data_source_id: 'ds-aws', metric: 'NetworkIn', ...window, period: 86_400, stat: 'MAX' };

/** A platform whose data source of AWS is ours, and whose servers are those of the simulated AWS. */
function options(generation: Generation): PlatformOptions {
  return {
    servers: servers.map(({ id, region }) => ({
      provider: 'aws',
      account: account.id,
      region,
      resourceId: id,
      name: id,
      secretId: 'secret-1',
    })),
    secrets: [{ secretId: 'secret-1', provider: 'aws', schema: 'aws_access_key', data: secretData() }],
    dataSources: [
      {
        provider: 'aws',
        options: { provider: 'aws' },
        source: { plugin: `grpc://127.0.0.1:${setUp.ports[generation]}` },
      },
    ],
    clock: () => worldNow,
  };
}

const secretData = () => ({
  aws_access_key_id: account.accessKeyId,
  aws_secret_access_key: account.secretAccessKey,
  endpoint_url: setUp.cloud.url,
});

const connect = (endpoint: string, token: string) => new Client(Endpoint.parse(endpoint), { token });

/** What the official SDK gets for a server. */
async function plain({ id, region }: (typeof servers)[number]): Promise<unknown[]> {
  const { cloudwatch } = clients(setUp.cloud, region, keysOf(account));
  const asked = query('q', ['AWS/EC2', 'NetworkIn'], ['InstanceId', id], 'Maximum', 86_400);
  const times = { start: worldNow / 1000 - 14 * 86_400, end: worldNow / 1000 };
  const { results } = await readMetricData(cloudwatch, [asked], times);
  return [...pointsOf(results, 'q')].toSorted(([a], [b]) => a - b).map(([, value]) => value);
}

async function expectAll(values: object | undefined, idOf: (index: number) => string): Promise<void> {
  const lists = new Map(Object.entries(values ?? {}));
  expect(lists.size).toBe(servers.length);
  for (const [index, server] of servers.entries()) {
    const list: unknown = lists.get(idOf(index));
    expect(Array.isArray(list) && list.filter((value) => value !== null)).toEqual(await plain(server));
  }
}

describe('a platform has from our data source what the SDK gets', () => {
  it('of today: listed metrics lead to their values', async () => {
    const platform = await startPlatformV2(options('v2'));
    using client = connect(platform.endpoint, platform.tokens.app);
    const ids = servers.map((_, index) => `cloud-svc-${String(index).padStart(8, '0')}`);
    const { metrics } = await client.call(MetricV2, 'list', { data_source_id: 'ds-aws', resources: ids.slice(0, 3) });
    expect(metrics.map(({ key }) => key)).toContain('NetworkIn');
    const metric_query = Object.fromEntries(
      servers.map(({ id }, index) => [
        ids[index] ?? '',
        { Namespace: 'AWS/EC2', MetricName: 'NetworkIn', Dimensions: [{ Name: 'InstanceId', Value: id }] },
      ]),
    );
    setUp.callsOf('GetMetricData');
    const { values } = await client.call(MetricV2, 'get_data', { ...asked, metric_query });
    expect(setUp.callsOf('GetMetricData')).toBe(2);
    await expectAll(values, (index) => ids[index] ?? '');
    await platform.close();
  });

  it('of the old generation', async () => {
    const platform = await startPlatformV1(options('v1'));
    using client = connect(platform.endpoint, platform.tokens.apiKey);
    const ids = servers.map((_, index) => `server-${String(index).padStart(8, '0')}`);
    const common = { resource_type: 'inventory.Server', resources: ids };
    const { metrics } = await client.call(MetricV1, 'list', { data_source_id: 'ds-aws', ...common });
    expect(metrics.map(({ key }) => key)).toContain('NetworkIn');
    setUp.callsOf('GetMetricData');
    const { resource_values } = await client.call(MetricV1, 'get_data', { ...asked, ...common });
    expect(setUp.callsOf('GetMetricData')).toBe(2);
    await expectAll(resource_values, (index) => ids[index] ?? '');
    await platform.close();
  });
});
