import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { SeriesRead } from '#model/metric-reader.ts';
import { noFaults } from '../../../demo/aws/faults.ts';
import { clients, keysOf, listInstances } from '../../../demo/aws/sdk-clients.fixture.ts';
import type { AwsCloud } from '../../../demo/aws/server.ts';
import { limits } from '../catalog.ts';
import { account, hurried, keys, startCloud, worldNow } from '../testing-fleet.fixture.ts';
import { connectReader } from './connect.ts';
import type { AwsMetric } from './metric.ts';
import { readSeries } from './read-series.ts';

let cloud: AwsCloud;
let reader: Awaited<ReturnType<typeof connectReader>>;
let ids: string[];
const never = new AbortController().signal;
const end = worldNow / 1000 - 3600;
const window = { start: end - 86_400, end };

beforeAll(async () => {
  cloud = await startCloud();
  const gate = createGate({ limits, ledger: new Ledger(), clock: hurried });
  reader = await connectReader({ from: keys, endpoint: cloud.url }, { gate, now: hurried.now, signal: never });
  const { ec2 } = clients(cloud, 'us-east-1', keysOf(account));
  ids = (await listInstances(ec2)).map(({ InstanceId }) => InstanceId ?? '');
});
afterAll(async () => {
  reader.close();
  await cloud.stop();
});
beforeEach(() => {
  cloud.faults.set({ ...noFaults, quotaMultiplier: 1000 });
});

const metricNames = ['CPUUtilization', 'NetworkIn', 'NetworkOut'];
const stats = ['avg', 'max', 'min', 'sum', 'count'] as const;

function readsOf(servers: readonly string[]): SeriesRead<AwsMetric>[] {
  // Statistics come apart, as separate requests send them.
  return stats.flatMap((stat) =>
    servers.flatMap((id) =>
      metricNames.map((metric) => ({
        metric: { namespace: 'AWS/EC2', metric, dimensions: [{ Name: 'InstanceId', Value: id }] },
        stat,
        periodSeconds: 3600,
      })),
    ),
  );
}

const readAll = (reads: readonly SeriesRead<AwsMetric>[], signal = never) =>
  reader.read({ place: 'us-east-1', window, reads }, signal);

describe('what passes leaves no trace', () => {
  it.each([
    { name: 'pages that end early', faults: { partialDataRate: 1 } },
    { name: 'results that CloudWatch could not complete', faults: { internalErrorRate: 0.02 } },
    { name: 'server errors', faults: { serverErrorRate: 0.3 } },
    { name: 'throttling', faults: { throttleStorm: { every: 6, lasts: 3 } } },
  ])('$name', async ({ faults }) => {
    const reads = readsOf(ids);
    const calm = await readAll(reads);
    expect(calm.filter((outcome) => outcome instanceof CollectError)).toEqual([]);
    cloud.faults.set(faults);
    expect(await readAll(reads)).toEqual(calm);
  });
});

describe('what is refused', () => {
  it('is told of that series alone', async () => {
    const reads = readsOf(ids.slice(0, 20));
    const calm = await readAll(reads);
    const [poisoned = ''] = ids;
    cloud.faults.set({ poisonedInstances: [poisoned], forbiddenMetrics: ['AWS/EC2/NetworkOut'] });
    (await readAll(reads)).forEach((outcome, at) => {
      const { metric, dimensions } = reads[at]?.metric ?? {};
      if (dimensions?.[0]?.Value === poisoned) expect(outcome).toMatchObject({ code: 'invalid_query' });
      else if (metric === 'NetworkOut') expect(outcome).toMatchObject({ code: 'access_denied' });
      else expect(outcome).toEqual(calm[at]);
    });
  });

  it('as a whole is told of each, after one call', async () => {
    cloud.faults.set({ deniedCloudwatch: ['*/*'] });
    cloud.stats.reset();
    const outcomes = await readAll(readsOf(ids.slice(0, 3)));
    expect(outcomes.map((outcome) => outcome instanceof CollectError && outcome.code)).toEqual(
      outcomes.map(() => 'access_denied'),
    );
    expect(cloud.stats.rows().map(({ calls }) => calls)).toEqual([1]);
  });

  it('because the caller has left is thrown', async () => {
    await expect(readAll(readsOf(ids), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('keeps the statistics of a series in one call, and fills calls', async () => {
  const calls: string[][] = [];
  const client = new CloudWatchClient({ endpoint: cloud.url, region: 'us-east-1', credentials: keysOf(account) });
  client.middlewareStack.add((next, { commandName }) => async (args) => {
    expect(commandName).toBe(GetMetricDataCommand.name);
    const { MetricDataQueries = [] } = new GetMetricDataCommand(JSON.parse(JSON.stringify(args.input))).input;
    calls.push(MetricDataQueries.map(({ MetricStat }) => JSON.stringify(MetricStat?.Metric)));
    return next(args);
  });
  const reads = readsOf(ids);
  await readSeries(
    {
      client,
      send: (_, work, signal) => work(signal),
      account: account.id,
      region: 'us-east-1',
      window,
      signal: never,
    },
    reads,
  );
  client.destroy();
  expect(reads).toHaveLength(1350);
  expect(calls.map(({ length }) => length)).toEqual([500, 500, 350]);
  for (const call of calls) {
    const runs = call.filter((metric, at) => metric !== call[at - 1]);
    expect(new Set(runs).size).toBe(runs.length);
    expect(call).toHaveLength(runs.length * stats.length);
  }
});
