import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { MetricReader, Points, ReadStat } from '#model/metric-reader.ts';
import { clientOf, endOf, numberIn, readerToken, TimeSeriesReply } from '../../../demo/google/cloud-client.fixture.ts';
import { noFaults } from '../../../demo/google/faults.ts';
import type { GoogleCloud } from '../../../demo/google/server.ts';
import { limits } from '../catalog.ts';
import { hurried, projects, startCloud, worldNow } from '../testing-fleet.fixture.ts';
import { connectReader } from './connect.ts';
import type { GoogleMetric, GoogleScope } from './metric.ts';

const [{ id: project }] = projects;
const never = new AbortController().signal;
const hour = 3600;
const end = worldNow / 1000 - hour;
const window = { start: end - 6 * hour, end };

let cloud: GoogleCloud;
let reader: MetricReader<GoogleMetric, GoogleScope>;
let get: ReturnType<typeof clientOf>;
let ids: string[];

beforeAll(async () => {
  cloud = await startCloud();
  get = clientOf(cloud, await readerToken(cloud));
  const gate = createGate({ limits, ledger: new Ledger(), clock: hurried });
  const from = { kind: 'service_account', key: cloud.credentials.serviceAccount };
  reader = await connectReader({ from, endpoint: cloud.url }, { gate, now: hurried.now, signal: never });
  ids = await instanceIds();
});
afterAll(async () => {
  reader.close();
  await cloud.close();
});
beforeEach(() => {
  cloud.faults.set({ ...noFaults, quotaMultiplier: 1000 });
});

/** All that Compute Engine lists. */
async function instanceIds(): Promise<string[]> {
  const { body } = await get(`/compute/v1/projects/${project}/aggregated/instances`);
  const Listed = z.object({
    items: z.record(z.string(), z.object({ instances: z.array(z.object({ id: z.string() })).default([]) })),
  });
  return Object.values(Listed.parse(body).items).flatMap(({ instances }) => instances.map(({ id }) => id));
}

const compute = (name: string) => `compute.googleapis.com/instance/${name}`;
const metricOf = (id: string, name: string): GoogleMetric => ({
  type: compute(name),
  labels: [{ key: 'resource.labels.instance_id', value: id }],
});

async function read(servers: readonly string[], name: string, stat: ReadStat, periodSeconds = 600) {
  const reads = servers.map((id) => ({ metric: metricOf(id, name), stat, periodSeconds }));
  return reader.read({ place: project, window, reads }, never);
}

/** The samples of a server, all of its series added, as the plain API tells them: by the end of their minute. */
async function samplesOf(id: string, name: string): Promise<Map<number, number>> {
  const { body } = await get(`/v3/projects/${project}/timeSeries`, {
    filter: `metric.type = "${compute(name)}" AND resource.labels.instance_id = "${id}"`,
    'interval.startTime': new Date(window.start * 1000).toISOString(),
    'interval.endTime': new Date(window.end * 1000).toISOString(),
  });
  const sums = new Map<number, number>();
  for (const { points = [] } of TimeSeriesReply.parse(body).timeSeries ?? [])
    for (const point of points) sums.set(endOf(point), (sums.get(endOf(point)) ?? 0) + numberIn(point));
  return sums;
}

/** Buckets of them, by their start. */
function fold(samples: ReadonlyMap<number, number>, stat: ReadStat, periodSeconds: number): [number, number][] {
  const bucketOf = (time: number) =>
    window.start + Math.floor((time - 1 - window.start) / periodSeconds) * periodSeconds;
  const buckets = Map.groupBy(samples, ([time]) => bucketOf(time));
  return [...buckets]
    .toSorted(([a], [b]) => a - b)
    .map(([start, own]) => [start, statistics[stat](own.map(([, value]) => value))]);
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const statistics: Record<ReadStat, (values: readonly number[]) => number> = {
  avg: (values) => total(values) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  sum: total,
  count: (values) => values.length,
};

function pairsOf(outcome: Points | CollectError | undefined): [number, number][] {
  if (outcome === undefined || outcome instanceof CollectError) throw new Error(`no points: ${outcome}`);
  return outcome.timestamps.map((time, at) => [time, outcome.values[at] ?? Number.NaN]);
}

describe('a read has what the samples come to', () => {
  it.each(['avg', 'max', 'min', 'sum', 'count'] as const)('as %s, of all disks of a server together', async (stat) => {
    const some = ids.slice(0, 25);
    const outcomes = await read(some, 'disk/read_bytes_count', stat);
    let several = 0;
    for (const [at, id] of some.entries()) {
      const want = fold(await samplesOf(id, 'disk/read_bytes_count'), stat, 600);
      const got = pairsOf(outcomes[at]);
      expect(got.map(([time]) => time)).toEqual(want.map(([time]) => time));
      for (const [index, [, value]] of got.entries()) expect(value).toBeCloseTo(want[index]?.[1] ?? Number.NaN, 3);
      if (got.length > 1) several++;
    }
    expect(several).toBeGreaterThan(10);
  });

  it('in percent, where Google tells a share of one', async () => {
    const [id = ''] = ids;
    const [outcome] = await read([id], 'cpu/utilization', 'avg');
    const want = fold(await samplesOf(id, 'cpu/utilization'), 'avg', 600);
    for (const [index, [, value]] of pairsOf(outcome).entries()) {
      expect(value).toBeCloseTo((want[index]?.[1] ?? Number.NaN) * 100, 6);
    }
    await expect(
      reader.list({ project, prefix: compute('cpu/utilization'), labels: [] }, never),
    ).resolves.toMatchObject([{ unit: '%' }]);
  });

  it('as numbers, where Google tells whole ones as text', async () => {
    const [outcome] = await read(ids.slice(0, 1), 'memory/balloon/ram_size', 'max');
    for (const [, value] of pairsOf(outcome)) expect(Number.isInteger(value)).toBe(true);
  });

  it('of a last bucket that is only partly in the window', async () => {
    const [id = ''] = ids;
    const reads = [{ metric: metricOf(id, 'cpu/utilization'), stat: 'avg', periodSeconds: 4 * hour }] as const;
    const [outcome] = await reader.read({ place: project, window, reads }, never);
    expect(pairsOf(outcome).map(([time]) => time)).toEqual([window.start, window.start + 4 * hour]);
  });
});

describe('reads that come together', () => {
  const calls = () =>
    cloud.stats.rows().reduce((sum, row) => sum + (row.operation.includes('timeSeries') ? row.calls : 0), 0);

  it('of one metric take a call for as many servers as a filter can name', async () => {
    const before = calls();
    const outcomes = await read(ids, 'cpu/utilization', 'max');
    expect(calls() - before).toBe(Math.ceil(ids.length / 80));
    const alone = await Promise.all(ids.slice(0, 10).map((id) => read([id], 'cpu/utilization', 'max')));
    expect(outcomes.slice(0, 10)).toEqual(alone.flat());
  });

  it('come in order, whatever they ask', async () => {
    const wanted = ids.slice(0, 6).flatMap((id) =>
      (['avg', 'max'] as const).flatMap((stat) =>
        ['cpu/utilization', 'network/received_bytes_count'].map((name) => ({
          metric: metricOf(id, name),
          stat,
          periodSeconds: 1200,
        })),
      ),
    );
    const outcomes = await reader.read({ place: project, window, reads: wanted }, never);
    for (const [at, each] of wanted.entries()) {
      const [alone] = await reader.read({ place: project, window, reads: [each] }, never);
      expect(outcomes[at]).toEqual(alone);
    }
  });

  it('by pages leave no trace of them', async () => {
    const start = end - 40 * 86_400;
    const reads = ids
      .slice(0, 2)
      .map((id) => ({ metric: metricOf(id, 'cpu/utilization'), stat: 'avg', periodSeconds: 60 }) as const);
    const [first] = await reader.read({ place: project, window: { start, end }, reads }, never);
    const times = pairsOf(first).map(([time]) => time);
    expect(new Set(times).size).toBe(times.length);
    expect(times.length).toBeGreaterThan(50_000);
  });
});

describe('a read says why there is nothing', () => {
  it('by nothing, of a metric and a server that there are not', async () => {
    expect(await read(['1'], 'cpu/utilization', 'avg')).toEqual([{ timestamps: [], values: [] }]);
    expect(await read(ids.slice(0, 1), 'cpu/nothing', 'avg')).toEqual([{ timestamps: [], values: [] }]);
  });

  it('by an error that names the role', async () => {
    cloud.faults.set({ denied: [`monitoring/${project}`] });
    const [outcome] = await read(ids.slice(0, 1), 'disk/write_ops_count', 'max');
    expect(outcome).toMatchObject({ code: 'access_denied', fix: expect.stringContaining('roles/monitoring.viewer') });
    await expect(reader.verify(never)).rejects.toMatchObject({ code: 'access_denied' });
    cloud.faults.set({ denied: [] });
    await expect(reader.verify(never)).resolves.toBeUndefined();
  });

  it('by no error, where another try helps', async () => {
    const calm = await read(ids.slice(0, 30), 'disk/write_ops_count', 'sum');
    cloud.faults.set({ serverErrorRate: 0.3 });
    expect(await read(ids.slice(0, 30), 'disk/write_ops_count', 'sum')).toEqual(calm);
  });

  it('by fewer servers a call, where a query is too heavy', async () => {
    const calm = await read(ids.slice(0, 20), 'disk/write_ops_count', 'max');
    cloud.faults.set({ mostSeries: 8 });
    expect(await read(ids.slice(0, 20), 'disk/write_ops_count', 'max')).toEqual(calm);
  });

  it('by an error, where a zone cannot be read just now', async () => {
    cloud.faults.set({ unreadableSeries: [`${project}/*`] });
    const [outcome] = await read(ids.slice(0, 1), 'cpu/utilization', 'avg');
    expect(outcome).toMatchObject({ code: 'unavailable', message: expect.stringContaining('answered in part') });
  });
});

it('lists the metrics of a type of resources, with their units', async () => {
  const labels = [{ key: 'resource.labels.instance_id', value: ids[0] ?? '' }];
  const scope = { project, prefix: 'compute.googleapis.com/instance', resourceType: 'gce_instance', labels };
  const listed = await reader.list(scope, never);
  expect(listed).toContainEqual({
    metric: { type: compute('disk/read_bytes_count'), resourceType: 'gce_instance', labels },
    unit: 'By',
  });
  expect(await reader.list({ ...scope, resourceType: 'cloudsql_database' }, never)).toEqual([]);
});
