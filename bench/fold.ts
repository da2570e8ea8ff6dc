import { fold } from '#collect/fold.ts';
import { measuredRecord } from '#jobs/measured-record.ts';
import type { DayCell, Days } from '#model/day-cell.ts';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { sketchOf } from '#model/sketch.ts';
import type { Statistic } from '#model/statistic.ts';
import { type DayRange, dayCount, daySeconds, daysOf, lastDays, startOf } from '#model/window.ts';
import { mergeRecord } from '#platform/inventory/merge.ts';
import { fetchRequest } from '../src/providers/aws/fetch.ts';
import { aws } from '../src/providers/aws/index.ts';
import type { Points, Query } from '../src/providers/aws/measurement.ts';
import { type AwsRequest, planRequests } from '../src/providers/aws/plan.ts';
import type { Ec2Server } from '../src/providers/aws/server.ts';
import { sourceOf } from '../src/providers/aws/source.ts';
import { frozenNow } from './cloud.ts';
import { compare, type Rate } from './rate.ts';

/** The reference: the same data through JSON, which touches each value once and makes all objects anew. */
const json = (data: unknown) => () => JSON.parse(JSON.stringify(data));

function serverAt(index: number, ebs: Ec2Server['ebs']): Ec2Server {
  const id = `i-${(index * 2_654_435_761).toString(16).padStart(17, '0')}`;
  return {
    provider: 'aws',
    group: 'EC2',
    type: 'Instance',
    account: '210000000009',
    region: 'us-east-1',
    id,
    name: `web-${index}`,
    state: 'RUNNING',
    instanceType: 'm6i.large',
    platform: 'Linux/UNIX',
    metrics: serverMetricKeys,
    tags: { Name: `web-${index}`, team: 'payments', env: 'prod' },
    constants: { 'memory.total': 8 * 2 ** 30 },
    ebs,
    hasInstanceStore: false,
    volumeIds: [`vol-${index}`],
    hostNames: [],
    monitoringSeconds: 300,
  };
}

/** What CloudWatch holds of a server that ran all the time, with five-minute samples. */
function pointsOf({ stat, period }: Query, window: DayRange, seed: number): Points {
  const from = startOf(window.from);
  const timestamps = Array.from({ length: (dayCount(window) * daySeconds) / period }, (_, at) => from + at * period);
  const values = timestamps.map((time) => {
    const value = 1000 + (((time / period) * 37 + seed * 101) % 997) / 7;
    return stat === 'SampleCount' ? period / 300 : stat === 'Sum' ? (value * period) / 300 : value * 1.5;
  });
  return { timestamps, values };
}

function planOf(servers: readonly Ec2Server[], window: DayRange, statistics: readonly Statistic[]): AwsRequest[] {
  const wants = servers.map((resource) => ({ resource, keys: serverMetricKeys, days: window, statistics }));
  return [...planRequests(wants, undefined, frozenNow).requests];
}

/** One whole call as the SDK brings it, from its reply to the cells of all keys. */
async function wholeCall(name: string, ebs: Ec2Server['ebs'], statistics: readonly Statistic[]): Promise<Rate> {
  const window = lastDays(14, frozenNow);
  const servers = Array.from({ length: 40 }, (_, index) => serverAt(index, ebs));
  const [request] = planOf(servers, window, statistics);
  if (request === undefined) throw new Error('nothing was planned');
  const queries = request.measurements.flatMap(({ parts }) => parts.flatMap((part) => part.queries));
  const columns = queries.map((query, at) => pointsOf(query, window, at));
  const MetricDataResults = columns.map(({ timestamps, values }, at) => ({
    Id: `q${at}`,
    StatusCode: 'Complete',
    Timestamps: timestamps.map((time) => new Date(time * 1000)),
    Values: values,
  }));
  const context = {
    client: undefined as never,
    send: async () => ({ MetricDataResults }) as never,
    account: '210000000009',
    region: request.region,
    days: window,
    signal: new AbortController().signal,
  };
  const check = await fetchRequest(request, context, frozenNow);
  const cells = [...check.answers].reduce((sum, answer) => sum + answer.cells.size, 0);
  if (cells === 0 || check.failures.length > 0 || check.followUps.length > 0) throw new Error(`${name}: not all read`);
  return compare(
    `reply → cells, ${name}: ${queries.length} queries, ${cells} cells`,
    () => fetchRequest(request, context, frozenNow),
    json(columns),
  );
}

function daysOfServer(window: DayRange, withSketch: boolean): Days {
  const sketch = sketchOf(Array.from({ length: 288 }, (_, point) => 10 + ((point * 7) % 89) / 2));
  const cell = (seed: number): DayCell => ({
    sum: seed * 86_400.5,
    seconds: 86_400,
    max: seed * 3.25,
    ...(withSketch ? { sketch } : {}),
  });
  return new Map(
    [...daysOf(window)].map((day, at) => [
      day,
      new Map(serverMetricKeys.map((key, number) => [key, cell(number + at + 1)])),
    ]),
  );
}

function foldRates(): Promise<Rate[]> {
  const server = serverAt(1, 'instance');
  const cases = [
    { days: 14, statistics: ['avg', 'max'] as const },
    { days: 90, statistics: ['avg', 'max'] as const },
    { days: 14, statistics: ['avg', 'max', 'p95'] as const },
  ];
  return inTurn(cases, ({ days, statistics }) => {
    const wanted = { keys: serverMetricKeys, statistics, window: lastDays(days, frozenNow) };
    const known = daysOfServer(wanted.window, statistics.length > 2);
    const context = {
      wanted,
      source: (key: MetricKey) => sourceOf(server, key),
      missing: new Map(),
      now: frozenNow,
    };
    const plain = [...known].map(([day, cells]) => [
      day,
      [...cells].map(([key, cell]) => [key, cell.sketch ? { ...cell, sketch: [...cell.sketch.buckets] } : cell]),
    ]);
    return compare(
      `fold, ${days} days × ${serverMetricKeys.length} keys, ${statistics.join(' + ')}`,
      () => fold(server, known, context),
      json(plain),
    );
  });
}

function mergeRates(): Promise<Rate[]> {
  const server = serverAt(1, 'instance');
  const wanted = { keys: serverMetricKeys, statistics: ['avg', 'max'] as const, window: lastDays(14, frozenNow) };
  const recordAt = (now: number, shift: number) => {
    const days = daysOfServer({ from: wanted.window.from + shift, to: wanted.window.to }, false);
    const folded = fold(server, days, { wanted, source: (key) => sourceOf(server, key), missing: new Map(), now });
    return measuredRecord(server, folded, aws, wanted.statistics);
  };
  const [before, same, changed] = [
    recordAt(frozenNow, 0),
    recordAt(frozenNow + 1000, 0),
    recordAt(frozenNow + 1000, 1),
  ];
  const expect = (incoming: typeof before, want: string) => {
    const { change } = mergeRecord(before, incoming);
    if (change !== want) throw new Error(`${want} was ${change}`);
  };
  expect(same, 'unchanged');
  expect(changed, 'updated');
  const cases = [
    { name: 'created', existing: undefined, incoming: before },
    { name: 'updated', existing: before, incoming: changed },
    { name: 'unchanged', existing: before, incoming: same },
  ];
  return inTurn(cases, ({ name, existing, incoming }) =>
    compare(`mergeRecord, ${name}`, () => mergeRecord(existing, incoming), json(incoming)),
  );
}

async function inTurn<T>(cases: readonly T[], time: (each: T) => Promise<Rate>): Promise<Rate[]> {
  const rates: Rate[] = [];
  for (const each of cases) rates.push(await time(each));
  return rates;
}

/** All of them, in a few seconds. */
export async function foldBench(): Promise<Rate[]> {
  return [
    await wholeCall('days', 'instance', ['avg', 'max']),
    await wholeCall('volumes', 'volumes', ['avg', 'max']),
    await wholeCall('percentiles', 'instance', ['avg', 'max', 'p95']),
    ...(await foldRates()),
    ...(await mergeRates()),
  ];
}
