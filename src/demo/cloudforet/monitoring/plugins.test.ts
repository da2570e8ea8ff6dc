import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSourceDefinition as PluginSourceV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as PluginMetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/metric.ts';
import { MetricDefinition as MetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/v1/metric.ts';
import { DataSourceDefinition as PluginSourceV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as PluginMetricV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import { MetricDefinition as MetricV2 } from '#wire/gen/v2/spaceone/api/monitoring/v1/metric.ts';
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import { implement, type Service } from '#wire/service.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import {
  awsSecret,
  awsServers,
  cloudServiceId,
  connect,
  failure,
  lastDay,
  serverId,
  testNow,
} from '../calls.fixture.ts';
import { startPlatformV1 } from '../platform-v1.ts';
import { startPlatformV2 } from '../platform-v2.ts';
import { metadataOf } from './metadata.ts';

interface Asked {
  readonly method: string;
  readonly request: object;
  readonly token: string | undefined;
}

let asked: Asked[];
let stop: AbortController;
beforeEach(() => {
  asked = [];
  stop = new AbortController();
});
afterEach(() => stop.abort());

/** A method of a plugin's that notes what it was asked. */
function noting<A>(method: string, answer: A) {
  return (request: object, { metadata }: { metadata: ReadonlyMap<string, string> }): A => {
    asked.push({ method, request, token: metadata.get('token') });
    return answer;
  };
}

function servicesOf(generation: Generation, metadata: JsonObject): Service[] {
  const source = { init: noting('init', { metadata }), verify: noting('verify', {}) };
  if (generation === 'v1') {
    return [
      implement(PluginSourceV1, source),
      implement(PluginMetricV1, {
        list: noting('list', { metrics: [{ key: 'CPUUtilization' }] }),
        get_data: noting('get_data', { labels: ['now'], resource_values: { [serverId(1)]: [4] } }),
      }),
    ];
  }
  return [
    implement(PluginSourceV2, source),
    implement(PluginMetricV2, {
      list: noting('list', { metrics: [{ key: 'CPUUtilization', metric_query: { a: 1 } }] }),
      get_data: noting('get_data', { labels: ['now'], values: { [cloudServiceId(1)]: [4] } }),
    }),
  ];
}

/** A data source of AWS whose plugin listens, and the rest of what a platform needs. */
async function optionsWith(generation: Generation, metadata: JsonObject = metadataOf('aws', generation)) {
  const services = servicesOf(generation, metadata);
  const { port } = await serve({
    generation,
    services,
    version: '1',
    host: '127.0.0.1',
    port: 0,
    signal: stop.signal,
    graceMs: 0,
  });
  const source = { plugin: `grpc://127.0.0.1:${port}` };
  return {
    servers: awsServers(2),
    secrets: [awsSecret],
    dataSources: [{ provider: 'aws', options: { color: 'blue' }, source }],
    clock: () => testNow,
  } as const;
}

const { data: secret_data, schema } = awsSecret;
const Dimensions = [{ Name: 'InstanceId', Value: awsServers(2)[1]?.resourceId }];

it('a plugin of the old generation is initialised, verified and asked as the platform does', async () => {
  const platform = await startPlatformV1(await optionsWith('v1'));
  using client = connect(platform, platform.tokens.apiKey);
  const common = { data_source_id: 'ds-aws', resource_type: 'inventory.Server', resources: [serverId(0), serverId(1)] };
  const answer = await client.call(MetricV1, 'get_data', {
    ...common,
    metric: 'CPUUtilization',
    ...lastDay,
    stat: 'MAX',
  });
  expect(answer).toEqual({ labels: ['now'], resource_values: { [serverId(1)]: [4] }, domain_id: 'domain-demo' });
  const { metrics } = await client.call(MetricV1, 'list', { ...common, resources: [serverId(1)] });
  expect(metrics).toMatchObject([{ key: 'CPUUtilization' }]);
  const cloudwatch = (index: number) => ({
    namespace: 'AWS/EC2',
    dimensions: [{ Name: 'InstanceId', Value: awsServers(2)[index]?.resourceId }],
    region_name: 'us-east-1',
  });
  const resources = [0, 1].map((index) => ({ ...cloudwatch(index), resource_id: serverId(index) }));
  const metadata = metadataOf('aws', 'v1');
  expect(asked).toEqual([
    { method: 'init', request: { options: { color: 'blue' } }, token: undefined },
    { method: 'verify', request: { options: { color: 'blue' }, secret_data, schema }, token: undefined },
    {
      method: 'get_data',
      request: {
        options: metadata,
        secret_data,
        schema,
        resource: { region_name: 'us-east-1', resources, secret_data, schema },
        metric: 'CPUUtilization',
        ...lastDay,
        period: 0,
        stat: 'MAX',
      },
      token: undefined,
    },
    {
      method: 'list',
      request: {
        options: metadata,
        secret_data,
        schema,
        resource: {
          server_id: serverId(1),
          collection_info: { secrets: [awsSecret.secretId] },
          data: { cloudwatch: cloudwatch(1) },
        },
      },
      token: undefined,
    },
  ]);
  await platform.close();
});

it('a plugin of today’s generation is initialised, verified and asked as the platform does', async () => {
  const platform = await startPlatformV2(await optionsWith('v2'));
  using client = connect(platform, platform.tokens.app);
  const query = { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Dimensions };
  const answer = await client.call(MetricV2, 'get_data', {
    data_source_id: 'ds-aws',
    metric_query: { [cloudServiceId(1)]: query },
    metric: 'CPUUtilization',
    ...lastDay,
    period: 3600,
  });
  expect(answer).toEqual({ labels: ['now'], values: { [cloudServiceId(1)]: [4] }, domain_id: 'domain-demo' });
  const { metrics } = await client.call(MetricV2, 'list', { data_source_id: 'ds-aws', resources: [cloudServiceId(1)] });
  expect(metrics).toMatchObject([{ key: 'CPUUtilization', metric_query: { [cloudServiceId(1)]: { a: 1 } } }]);
  const options = { color: 'blue' };
  const token = 'NO_TOKEN';
  const metrics_info = ['AWS/EC2', 'CWAgent'].map((Namespace) => ({ Namespace, Dimensions }));
  expect(asked).toEqual([
    { method: 'init', request: { options }, token },
    { method: 'verify', request: { options, secret_data, schema }, token },
    {
      method: 'get_data',
      request: {
        options: {},
        secret_data,
        metric_query: { [cloudServiceId(1)]: { ...query, region_name: 'us-east-1' } },
        metric: 'CPUUtilization',
        ...lastDay,
        period: 3600,
        stat: '',
        schema: '',
      },
      token,
    },
    {
      method: 'list',
      request: { options, secret_data, schema, query: { region_name: 'us-east-1', metrics_info } },
      token,
    },
  ]);
  await platform.close();
});

describe('a plugin whose metadata the platform has no model for', () => {
  it.each<{ generation: Generation; metadata: JsonObject }>([
    { generation: 'v1', metadata: { supported_stat: ['AVERAGE'] } },
    { generation: 'v1', metadata: { ...metadataOf('aws', 'v1'), supported_providers: ['aws'] } },
    { generation: 'v2', metadata: { required_keys: ['data.cloudwatch'] } },
    { generation: 'v2', metadata: { ...metadataOf('aws', 'v2'), version: '2' } },
  ])('cannot be registered: $metadata on $generation', async ({ generation, metadata }) => {
    const start = { v1: startPlatformV1, v2: startPlatformV2 }[generation];
    const options = await optionsWith(generation, metadata);
    expect(await failure(start(options))).toMatchObject({ platform: 'ERROR_INVALID_PLUGIN_OPTIONS' });
  });
});
