import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '#wire/struct/json.ts';
import { awsSecret, awsServer, awsServers, failure, lastDay } from '../calls.fixture.ts';
import { makeFleet } from '../inventory/make-fleet.ts';
import { monitoringKeyV1 } from '../inventory/monitoring-keys.ts';
import { type CloudServer, instanceIdOf, type Provider } from '../inventory/server.ts';
import type { MetricCall } from './metric-backend.ts';
import { type SyntheticOptions, syntheticBackend } from './synthetic-backend.ts';
import { syntheticSources } from './synthetic-sources.ts';

function ask(
  provider: Provider,
  queries: readonly JsonObject[],
  over: Partial<MetricCall> = {},
  options: SyntheticOptions = {},
) {
  return syntheticBackend(provider, options).getData({
    provider,
    region: 'us-east-1',
    secret: awsSecret,
    namesSchema: true,
    queries: new Map(queries.map((query, index) => [`id-${index}`, query])),
    metric: 'CPUUtilization',
    ...lastDay,
    periodSeconds: 3600,
    stat: undefined,
    signal: AbortSignal.timeout(60_000),
    ...over,
  });
}

/** What a client of today's generation asks by. */
function queryOf(server: CloudServer, metric: string): JsonObject {
  switch (server.provider) {
    case 'aws':
      return {
        Namespace: metric.startsWith('mem_') ? 'CWAgent' : 'AWS/EC2',
        MetricName: metric,
        Dimensions: [{ Name: 'InstanceId', Value: instanceIdOf(server) }],
      };
    case 'google_cloud': {
      const labels = [{ key: 'resource.labels.instance_id', value: instanceIdOf(server) }];
      return {
        name: `projects/${server.account}`,
        resource_id: server.resourceId,
        filter: { metric_type: metric, labels },
      };
    }
    case 'azure':
      return { resource_id: server.resourceId };
  }
}

const series = (values: JsonObject, id = 'id-0'): readonly Json[] => {
  const found = values[id];
  if (!Array.isArray(found)) throw new Error(`no series ${id}`);
  return found;
};

const cpu = {
  aws: 'CPUUtilization',
  google_cloud: 'compute.googleapis.com/instance/cpu/utilization',
  azure: 'Percentage CPU',
} as const;

describe.each(['aws', 'google_cloud', 'azure'] as const)('made-up numbers of %s', (provider) => {
  const { servers } = makeFleet({ servers: 3, providers: [provider] });
  const today = servers.map((server) => queryOf(server, cpu[provider]));
  const old = servers.map((server) => Object(Object.values(monitoringKeyV1(server))[0]));

  it('are the same in either generation’s form, in any batch', async () => {
    const all = await ask(provider, today, { metric: cpu[provider] });
    expect(await ask(provider, old, { metric: cpu[provider] })).toEqual(all);
    const alone = await ask(provider, today.slice(2), { metric: cpu[provider] });
    expect(series(alone.values)).toEqual(series(all.values, 'id-2'));
    expect(series(all.values)).not.toEqual(series(all.values, 'id-1'));
  });

  it('have an average between minimum and maximum, and a label for each', async () => {
    const stat = (name: string) => ask(provider, today, { metric: cpu[provider], stat: name });
    const [average, most, least] = [
      await ask(provider, today, { metric: cpu[provider] }),
      await stat('MAX'),
      await stat('MIN'),
    ];
    expect(average.labels.length).toBe(24);
    for (const [index, value] of series(average.values).entries()) {
      expect(Number(value)).toBeLessThan(Number(series(most.values)[index]));
      expect(Number(value)).toBeGreaterThan(Number(series(least.values)[index]));
    }
  });
});

describe('points', () => {
  const period = { periodSeconds: 86_400 };

  it('of AWS and Azure begin at multiples of the period, so that a day from noon has two', async () => {
    const { labels } = await ask('aws', [queryOf(awsServer(0), 'CPUUtilization')], period);
    expect(labels).toEqual(['2026-11-17T00:00:00.000Z', '2026-11-18T00:00:00.000Z']);
  });

  it('of Google are counted back from the end and named by their middle', async () => {
    const [server] = makeFleet({ servers: 1, providers: ['google_cloud'] }).servers;
    const { labels } = await ask('google_cloud', server ? [queryOf(server, cpu.google_cloud)] : [], period);
    expect(labels).toEqual(['2026-11-18T00:00:00.000Z']);
  });

  it('come as close as the range asks for where no period is named', async () => {
    const { labels } = await ask('aws', [queryOf(awsServer(0), 'CPUUtilization')], { periodSeconds: undefined });
    expect(labels.length).toBe(48);
  });
});

it('whole numbers of Google are texts', async () => {
  const [server] = makeFleet({ servers: 1, providers: ['google_cloud'] }).servers;
  const metric = 'compute.googleapis.com/instance/disk/read_ops_count';
  const { values } = await ask('google_cloud', server ? [queryOf(server, metric)] : [], { metric });
  for (const value of series(values)) expect(value).toMatch(/^\d+$/);
});

it('AWS has a server’s disks under one of two names, and its memory if an agent tells it', async () => {
  const servers = awsServers(60);
  const has = async (metric: string) => {
    const { values } = await ask(
      'aws',
      servers.map((server) => queryOf(server, metric)),
    );
    return servers.map((_, index) => series(values, `id-${index}`).length > 0);
  };
  const [disk, ebs, memory] = [await has('DiskReadOps'), await has('EBSReadOps'), await has('mem_used_percent')];
  expect(disk.map((each) => !each)).toEqual(ebs);
  for (const each of [disk, ebs, memory]) expect(new Set(each).size).toBe(2);
});

it('AWS answers an empty series of what it does not know, and nothing to a query that is none', async () => {
  const unknown = await ask('aws', [
    queryOf(awsServer(0), 'Nonsense'),
    { ...queryOf(awsServer(0), 'CPUUtilization'), Namespace: 'X' },
  ]);
  expect(unknown).toEqual({ labels: [], values: { 'id-0': [], 'id-1': [] } });
  expect(await failure(ask('aws', [{ region_name: 'us-east-1' }]))).toMatchObject({ platform: 'ERROR_UNKNOWN' });
  expect(await ask('azure', [{ resource_id: '/x' }], { metric: 'Nonsense' })).toEqual({ labels: [], values: {} });
});

it.each(['aws', 'google_cloud', 'azure'] as const)('servers of %s that do not run have no series', async (provider) => {
  const { servers } = makeFleet({ servers: 40, providers: [provider], stoppedRate: 0.3 });
  const source = syntheticSources(servers).find((each) => each.provider === provider)?.source;
  const options = source !== undefined && 'synthetic' in source ? source.synthetic : {};
  const queries = servers.map((server) => queryOf(server, cpu[provider]));
  const { values } = await ask(provider, queries, { metric: cpu[provider] }, options);
  const has = servers.map(
    (_, index) => Array.isArray(values[`id-${index}`]) && series(values, `id-${index}`).length > 0,
  );
  expect(has).toEqual(servers.map(({ state }) => state === 'RUNNING'));
  expect(new Set(has).size).toBe(2);
});

it('a statistic that the provider has not is refused', async () => {
  const attempt = ask('google_cloud', [], { stat: 'AVERAGE' });
  expect(await failure(attempt)).toMatchObject({ platform: 'ERROR_NOT_SUPPORT_STAT' });
});
