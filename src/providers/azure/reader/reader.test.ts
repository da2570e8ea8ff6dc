import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { MetricReader, Points, ReadStat } from '#model/metric-reader.ts';
import { tokenOf } from '../../../demo/azure/azure-clients.fixture.ts';
import { noFaults } from '../../../demo/azure/faults.ts';
import type { AzureCloud } from '../../../demo/azure/server.ts';
import { limits } from '../catalog.ts';
import {
  application,
  carriersOf,
  connectTo,
  fleetOf,
  startCloud,
  subscription,
  worldNow,
} from '../testing-fleet.fixture.ts';
import { connectReader } from './connect.ts';
import { grainOf } from './grains.ts';
import { type AzureMetric, type AzureScope, ResourceId } from './metric.ts';

const never = new AbortController().signal;
const hour = 3600;
const end = worldNow / 1000 - hour;
const window = { start: end - 12 * hour, end };
const hurried = { now: () => worldNow, sleep: () => Promise.resolve(), random: () => 0.5 };

let cloud: AzureCloud;
let reader: MetricReader<AzureMetric, AzureScope>;
let token: string;
let ids: string[];

beforeAll(async () => {
  // What is listed is there.
  cloud = await startCloud({ graphLagSeconds: 0 });
  token = await tokenOf(cloud, 'https://management.azure.com');
  reader = await connect();
  ids = await runningMachines();
});
afterAll(async () => {
  reader.close();
  await cloud.stop();
});
beforeEach(() => {
  cloud.faults.set({ ...noFaults, quotaMultiplier: 1000 });
});

function connect(): Promise<MetricReader<AzureMetric, AzureScope>> {
  const { url } = cloud;
  const endpoints = { authority: url, resourceManager: url, metrics: `${url}/metrics/{region}` };
  const secret = { from: application, subscriptions: [subscription], endpoints };
  const gate = createGate({ limits, ledger: new Ledger(), clock: hurried });
  return connectReader(secret, { gate, now: () => worldNow, signal: never });
}

async function runningMachines(): Promise<string[]> {
  const { connection } = await connectTo(cloud.url);
  const found: string[] = [];
  for await (const page of fleetOf(connection).resources('westeurope', ['server'], never))
    found.push(...page.filter(({ state }) => state === 'RUNNING').flatMap((each) => carriersOf(each).self));
  connection.close();
  return found;
}

const metricOf = (id: string, name: string): AzureMetric => ({ resource: ResourceId.parse(id), name });

function read(servers: readonly string[], name: string, stat: ReadStat, place: string | null = 'westeurope') {
  const reads = servers.map((id) => ({ metric: metricOf(id, name), stat, periodSeconds: hour }));
  return reader.read({ place: place ?? undefined, window, reads }, never);
}

const Plain = z.object({
  value: z.array(
    z.object({
      timeseries: z.array(z.object({ data: z.array(z.record(z.string(), z.union([z.string(), z.number()]))) })),
    }),
  ),
});

/** What the plain API tells of a machine, in the order of time. */
async function plain(id: string, name: string, aggregation: string): Promise<[number, number][]> {
  const query = new URLSearchParams({
    'api-version': '2023-10-01',
    timespan: `${new Date(window.start * 1000).toISOString()}/${new Date(window.end * 1000).toISOString()}`,
    interval: 'PT1H',
    metricnames: name,
    aggregation,
  });
  const url = `${cloud.url}${id}/providers/Microsoft.Insights/metrics?${query}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const [metric] = Plain.parse(await answer.json()).value;
  return (metric?.timeseries[0]?.data ?? []).flatMap((point): [number, number][] => {
    const value = point[aggregation];
    return typeof value === 'number' ? [[Date.parse(String(point.timeStamp)) / 1000, value]] : [];
  });
}

function pairsOf(outcome: Points | CollectError | undefined): [number, number][] {
  if (outcome === undefined || outcome instanceof CollectError) throw new Error(`no points: ${outcome}`);
  return outcome.timestamps.map((time, at) => [time, outcome.values[at] ?? Number.NaN]);
}

const calls = (operation: string) =>
  cloud.stats.rows().reduce((sum, row) => sum + (row.operation === operation ? row.calls : 0), 0);

describe('a read has what the plain API has', () => {
  it.each([
    { stat: 'avg', aggregation: 'average' },
    { stat: 'max', aggregation: 'maximum' },
    { stat: 'min', aggregation: 'minimum' },
    { stat: 'sum', aggregation: 'total' },
    { stat: 'count', aggregation: 'count' },
  ] as const)('as $aggregation', async ({ stat, aggregation }) => {
    const some = ids.slice(0, 12);
    const outcomes = await read(some, 'Network In Total', stat);
    for (const [at, id] of some.entries())
      expect(pairsOf(outcomes[at])).toEqual(await plain(id, 'Network In Total', aggregation));
    expect(pairsOf(outcomes[0])).toHaveLength(12);
  });

  it('where the region is not told: it is found out by one query, once', async () => {
    const told = await read(ids, 'Percentage CPU', 'max');
    const [graph, single] = [calls('resources'), calls('metrics')];
    expect(await read(ids, 'Percentage CPU', 'max', null)).toEqual(told);
    expect(await read(ids, 'Percentage CPU', 'max', null)).toEqual(told);
    expect([calls('resources') - graph, calls('metrics') - single]).toEqual([1, 0]);
  });

  it('where no region is told of many, one after another: in the end all are found out at once', async () => {
    const other = await connect();
    const before = calls('resources');
    for (const id of ids.slice(0, 20)) {
      const reads = [{ metric: metricOf(id, 'Percentage CPU'), stat: 'avg', periodSeconds: hour }] as const;
      const [outcome] = await other.read({ place: undefined, window, reads }, never);
      expect(pairsOf(outcome).length).toBeGreaterThan(0);
    }
    expect(calls('resources') - before).toBe(4);
    other.close();
  });

  it('where the region that is told is another', async () => {
    const some = ids.slice(0, 2);
    expect(await read(some, 'Percentage CPU', 'max', 'eastus')).toEqual(await read(some, 'Percentage CPU', 'max'));
  });

  it('over more days than a call may ask for, in the order of time', async () => {
    const long = { start: end - 70 * 86_400, end };
    const reads = [{ metric: metricOf(ids[0] ?? '', 'Percentage CPU'), stat: 'avg', periodSeconds: 86_400 }] as const;
    const [outcome] = await reader.read({ place: 'westeurope', window: long, reads }, never);
    const times = pairsOf(outcome).map(([time]) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.length).toBeGreaterThan(60);
  });
});

describe('reads that come together', () => {
  it('take a call for fifty machines and all of their metrics and statistics', async () => {
    const names = ['Percentage CPU', 'Network In Total', 'Disk Read Bytes'];
    const reads = ids.flatMap((id) =>
      names.flatMap((name) =>
        (['avg', 'max'] as const).map((stat) => ({ metric: metricOf(id, name), stat, periodSeconds: hour })),
      ),
    );
    const before = calls('getBatch');
    const outcomes = await reader.read({ place: 'westeurope', window, reads }, never);
    expect(calls('getBatch') - before).toBe(Math.ceil(ids.length / 50));
    for (const at of [0, 17, reads.length - 1]) {
      const alone = await reader.read({ place: 'westeurope', window, reads: reads.slice(at, at + 1) }, never);
      expect([outcomes[at]]).toEqual(alone);
    }
  });
});

describe('a read says why there is nothing', () => {
  const nothing = { timestamps: [], values: [] };

  it('by nothing, of a metric that its type has not got and of a machine that is gone, and the others are read', async () => {
    const [gone = '', ...others] = ids.slice(0, 20);
    cloud.faults.set({ missingResources: [gone] });
    const [missing, ...rest] = await read([gone, ...others], 'Percentage CPU', 'avg');
    expect(missing).toEqual(nothing);
    for (const outcome of rest) expect(pairsOf(outcome).length).toBeGreaterThan(0);
    expect(await read(others.slice(0, 2), 'No Such Metric', 'avg')).toEqual([nothing, nothing]);
  });

  it('by an error that names the permission', async () => {
    cloud.faults.set({ deniedMetrics: [`${subscription}/westeurope`] });
    const [outcome] = await read(ids.slice(0, 1), 'Percentage CPU', 'avg');
    expect(outcome).toMatchObject({ code: 'access_denied', message: expect.stringContaining('metrics/read') });
    await expect(reader.verify(never)).rejects.toMatchObject({ code: 'access_denied' });
    cloud.faults.set({ deniedMetrics: [] });
    await expect(reader.verify(never)).resolves.toBeUndefined();
  });

  it('by none, where another try helps', async () => {
    const calm = await read(ids, 'Disk Read Bytes', 'sum');
    cloud.faults.set({ serverErrorRate: 0.2, metricErrorRate: 0.05, outOfRangeRate: 0.2 });
    expect(await read(ids, 'Disk Read Bytes', 'sum')).toEqual(calm);
  });

  it('by an error, where Azure never can', async () => {
    cloud.faults.set({ metricErrorRate: 1 });
    expect(await read(ids.slice(0, 1), 'Disk Read Bytes', 'sum')).toMatchObject([{ code: 'unavailable' }]);
  });
});

it('signs in as its secret says, whatever the environment says, and leaves that alone', async () => {
  vi.stubEnv('AZURE_TENANT_ID', 'another-tenant').stubEnv('AZURE_CLIENT_ID', 'somebody else');
  const before = { ...process.env };
  const other = await connect();
  await other.verify(never);
  expect(process.env).toEqual(before);
  other.close();
  vi.unstubAllEnvs();
});

it('lists the metrics of a type once, with their units', async () => {
  const [one = '', other = ''] = ids;
  const listed = await reader.list(ResourceId.parse(one), never);
  expect(listed).toContainEqual({ metric: metricOf(one, 'Percentage CPU'), unit: 'Percent' });
  const before = calls('metricDefinitions');
  expect(await reader.list(ResourceId.parse(other), never)).toHaveLength(listed.length);
  expect(calls('metricDefinitions')).toBe(before);
});

it.each([
  { period: 600, grain: 300 },
  { period: 1200, grain: 300 },
  { period: 10_800, grain: 3600 },
  { period: 21_600, grain: 21_600 },
  { period: 420, grain: 60 },
  { period: 14 * 86_400, grain: 86_400 },
])('a period of $period seconds is made of buckets of $grain', ({ period, grain }) => {
  expect(grainOf(period)).toBe(grain);
});
