import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { account } from '#providers/aws/testing-fleet.fixture.ts';
import { Client } from '#wire/client.ts';
import { DataSourceDefinition as DataSourceV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as MetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/metric.ts';
import { DataSourceDefinition } from '#wire/gen/v2/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import { noFaults } from '../../demo/aws/faults.ts';
import { clients, keysOf, listInstances } from '../../demo/aws/sdk-clients.fixture.ts';
import { collectorServices } from '../collector/service.ts';
import { dataSourceServices } from './service.ts';
import { startDataSource, type TestDataSource } from './testing-data-source.fixture.ts';

let setUp: TestDataSource;
beforeAll(async () => {
  setUp = await startDataSource();
});
afterAll(() => setUp[Symbol.asyncDispose]());
afterEach(() => {
  setUp.cloud.faults.set({ ...noFaults, quotaMultiplier: 1000 });
});

describe('init', () => {
  it('tells each generation what it knows, and nothing else', async () => {
    const common = { supported_stat: ['AVERAGE', 'MAX', 'MIN', 'SUM'], required_keys: ['data.cloudwatch'] };
    expect(await setUp.v1.call(DataSourceV1, 'init', { options: { provider: 'aws' } })).toEqual({
      metadata: { ...common, supported_resource_type: ['inventory.Server', 'inventory.CloudService'] },
    });
    expect(await setUp.v2.call(DataSourceDefinition, 'init', { options: { provider: 'aws' } })).toEqual({
      metadata: { ...common, supported_providers: ['aws'] },
    });
  });

  it.each([
    { name: 'no options', options: undefined, says: 'key = options' },
    { name: 'an unknown option', options: { cache: true }, says: "no 'cache'. It has: provider" },
    { name: 'a provider that is not served', options: { provider: 'oracle' }, says: 'Allowed: aws' },
    { name: 'no provider, where several are served', options: {}, says: 'Allowed: aws' },
  ])('refuses $name', async ({ options, says }) => {
    await expect(setUp.v2.call(DataSourceDefinition, 'init', { options })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(says),
    });
  });
});

describe('verify', () => {
  const verify = (secretData: Record<string, unknown>) =>
    setUp.v2.call(DataSourceDefinition, 'verify', { options: {}, secret_data: secretData, schema: 'aws_access_key' });

  it('passes where metrics may be listed and read', async () => {
    await expect(verify(setUp.secret())).resolves.toEqual({});
    await expect(setUp.v1.call(DataSourceV1, 'verify', { options: {}, secret_data: setUp.secret() })).resolves.toEqual(
      {},
    );
  });

  it('passes by a role', async () => {
    const role = { role_arn: `arn:aws:iam::${account.id}:role/Reader`, external_id: 'shared-secret-id' };
    await expect(verify({ ...setUp.secret(), ...role })).resolves.toEqual({});
    await expect(verify({ ...setUp.secret(), ...role, external_id: 'another' })).rejects.toMatchObject({
      code: 'access_denied',
    });
  });

  it('names what is missing, and no secret', async () => {
    const wrong = 'aWrongSecretAccessKeyThatFits0000000';
    const refused = verify({ ...setUp.secret(), aws_secret_access_key: wrong });
    await expect(refused).rejects.toMatchObject({
      code: 'secret_rejected',
      message: expect.not.stringContaining(wrong),
    });
    setUp.cloud.faults.set({ deniedCloudwatch: ['*/us-east-1'] });
    await expect(verify(setUp.secret())).rejects.toMatchObject({
      code: 'access_denied',
      message: expect.stringContaining('cloudwatch:ListMetrics'),
    });
  });

  it('tries the region that the secret names', async () => {
    setUp.cloud.faults.set({ deniedCloudwatch: ['*/us-east-1'] });
    await expect(verify({ ...setUp.secret(), region_name: 'eu-west-1' })).resolves.toEqual({});
  });
});

const Metrics = z.array(
  z.object({
    key: z.string(),
    name: z.string(),
    group: z.string().optional(),
    unit: z.object({ x: z.literal('Timestamp'), y: z.string() }),
    metric_query: z.looseObject({ Namespace: z.string() }).optional(),
  }),
);

describe('list', () => {
  let id: string;
  let query: Record<string, unknown>;
  beforeAll(async () => {
    const { ec2 } = clients(setUp.cloud, 'us-east-1', keysOf(account));
    const running = (await listInstances(ec2)).filter(({ State }) => State?.Name === 'running');
    // One that has an agent, with dimensions of its own.
    for (const { InstanceId = '' } of running) {
      id = InstanceId;
      const Dimensions = [{ Name: 'InstanceId', Value: InstanceId }];
      query = {
        region_name: 'us-east-1',
        metrics_info: ['AWS/EC2', 'CWAgent'].map((Namespace) => ({ Namespace, Dimensions })),
      };
      if ((await listV2()).some(({ metric_query }) => metric_query?.Namespace === 'CWAgent')) return;
    }
  });

  async function listV2(choice: unknown = query) {
    const request = {
      options: {},
      secret_data: setUp.secret(),
      query: z.record(z.string(), z.unknown()).parse(choice),
    };
    return Metrics.parse((await setUp.v2.call(MetricDefinition, 'list', request)).metrics);
  }

  async function listV1(resource: unknown) {
    const request = { options: {}, secret_data: setUp.secret(), resource };
    return Metrics.parse((await setUp.v1.call(MetricV1, 'list', request)).metrics);
  }

  it('has each metric with unit, group and what reads it, by one call for each namespace', async () => {
    for (const operation of ['ListMetrics', 'GetMetricData']) setUp.callsOf(operation);
    const metrics = await listV2();
    expect(setUp.callsOf('ListMetrics')).toBe(2);
    expect(setUp.callsOf('GetMetricData')).toBe(0);
    const byKey = new Map(metrics.map((metric) => [metric.key, metric]));
    expect(byKey.size).toBe(metrics.length);
    expect(byKey.get('CPUUtilization')).toEqual({
      key: 'CPUUtilization',
      name: 'CPUUtilization',
      group: 'AWS/EC2',
      unit: { x: 'Timestamp', y: 'Percent' },
      metric_query: expect.objectContaining({ Namespace: 'AWS/EC2', MetricName: 'CPUUtilization' }),
    });
    expect(byKey.get('NetworkIn')?.unit.y).toBe('Bytes');
    expect(metrics.filter(({ unit }) => unit.y === '')).toEqual([]);
  });

  it('of v2 is what get_data reads', async () => {
    for (const { key, metric_query = {} } of await listV2()) {
      const { values } = await setUp.v2.call(MetricDefinition, 'get_data', {
        options: {},
        secret_data: setUp.secret(),
        metric_query: { [id]: { ...metric_query, region_name: 'us-east-1' } },
        metric: key,
        start: '2026-11-04T15:00:00Z',
        end: '2026-11-18T15:00:00Z',
      });
      expect(values?.[id], key).not.toEqual([]);
    }
  });

  it.each([
    {
      name: 'of v1 form',
      cloudwatch: (own: unknown) => ({ namespace: 'AWS/EC2', dimensions: own, region_name: 'us-east-1' }),
    },
    {
      name: 'of newer form',
      cloudwatch: (own: unknown) => ({
        metrics_info: [
          { Namespace: 'CWAgent', Dimensions: own },
          { Namespace: 'AWS/EC2', Dimensions: own },
        ],
      }),
    },
  ])('of v1 has what its get_data finds by key, $name', async ({ cloudwatch }) => {
    const own = cloudwatch([{ Name: 'InstanceId', Value: id }]);
    const metrics = await listV1({ server_id: 'server-1', data: { cloudwatch: own } });
    expect(metrics.length).toBeGreaterThan(4);
    for (const { key } of metrics) {
      const { resource_values } = await setUp.v1.call(MetricV1, 'get_data', {
        options: {},
        secret_data: setUp.secret(),
        resource: { region_name: 'us-east-1', resources: [{ ...own, resource_id: 'server-1' }] },
        metric: key,
        start: '2026-11-04T15:00:00Z',
        end: '2026-11-18T15:00:00Z',
      });
      expect(resource_values?.['server-1'], key).not.toEqual([]);
    }
  });

  it('is empty of a record without metrics', async () => {
    expect(await listV2({})).toEqual([]);
    expect(
      await listV2({ region_name: 'us-east-1', metrics_info: [{ Namespace: 'AWS/EC2', Dimensions: [] }] }),
    ).toEqual([]);
    expect(await listV1({ server_id: 'server-1', data: {} })).toEqual([]);
  });

  it('fails with the cause', async () => {
    setUp.cloud.faults.set({ deniedCloudwatch: ['*/us-east-1'] });
    await expect(listV2()).rejects.toMatchObject({ code: 'access_denied' });
    await expect(listV1('server-1')).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('one server', () => {
  it.each<{ generation: Generation; names: string[] }>([
    {
      generation: 'v1',
      names: ['inventory.plugin.Collector', 'monitoring.plugin.DataSource', 'monitoring.plugin.Metric'],
    },
    {
      generation: 'v2',
      names: [
        'inventory.plugin.Collector',
        'inventory.plugin.Job',
        'monitoring.plugin.DataSource',
        'monitoring.plugin.Metric',
      ],
    },
  ])('holds the collector and the data sources of $generation', async ({ generation, names }) => {
    const stop = new AbortController();
    using dataSources = dataSourceServices(generation);
    const { port, closed } = await serve({
      generation,
      services: [...collectorServices(generation), ...dataSources.services],
      version: '0',
      host: '127.0.0.1',
      port: 0,
      signal: stop.signal,
    });
    const client = new Client({ address: `127.0.0.1:${port}`, tls: false });
    for (const name of names) expect(await client.supports(`spaceone.api.${name}`), name).toBe(true);
    expect(await client.supports('spaceone.api.inventory.plugin.Job')).toBe(generation === 'v2');
    const { metadata } = await client.call(DataSourceDefinition, 'init', { options: { provider: 'aws' } });
    expect(metadata?.required_keys).toEqual(['data.cloudwatch']);
    client.close();
    stop.abort();
    await closed;
  });
});
