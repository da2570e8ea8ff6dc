import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  day,
  endOf,
  iso,
  midnight,
  numberIn,
  type Params,
  searchOf,
  TimeSeriesReply,
  testNow,
} from './cloud-client.fixture.ts';
import { listTimeSeries } from './list-time-series.ts';
import { demoProjects } from './projects.ts';
import type { Vm } from './vm.ts';
import { everyVm, makeWorld } from './world.ts';

const world = makeWorld(demoProjects, 1, testNow);
const [project] = demoProjects;
const vms = world.cells(project).flatMap((cell) => [...everyVm(cell)]);
const horizon = testNow - 240;

const cpu = 'compute.googleapis.com/instance/cpu/utilization';
const reads = 'compute.googleapis.com/instance/disk/read_bytes_count';
const packets = 'compute.googleapis.com/instance/network/received_packets_count';
const memory = 'agent.googleapis.com/memory/percent_used';
const balloon = 'compute.googleapis.com/instance/memory/balloon/ram_used';

interface Ask {
  readonly type: string;
  readonly ids: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** Every series of an answer, all pages, with its points by their ends. */
function list({ type, ids, start, end }: Ask, more: Params = {}) {
  const filter = `metric.type = "${type}" AND resource.labels.instance_id = one_of(${ids.map((id) => `"${id}"`).join()})`;
  const params = searchOf({ filter, 'interval.startTime': iso(start), 'interval.endTime': iso(end), ...more });
  const found = new Map<string, Map<number, number>>();
  for (let token: string | undefined = ''; token !== undefined; ) {
    params.set('pageToken', token);
    const { json } = listTimeSeries({ params, world, project, horizon, readable: () => true, mostSeries: 1000 });
    const reply = TimeSeriesReply.parse(JSON.parse(json));
    for (const { metric, resource, points = [] } of reply.timeSeries ?? []) {
      const key = JSON.stringify([resource.labels, metric.labels]);
      const series = found.get(key) ?? new Map<number, number>();
      for (const point of points) series.set(endOf(point), numberIn(point));
      found.set(key, series);
    }
    token = reply.nextPageToken;
  }
  return [...found.values()];
}

type Points = ReadonlyMap<number, number>;

/** What the documentation says of aligners, on single points and without any haste. */
function align(points: Points, aligner: string, period: number, start: number, end: number): Points {
  const buckets = Map.groupBy(points, ([at]) => end - Math.floor((end - at) / period) * period);
  const aligned = new Map<number, number>();
  for (const [to, members] of buckets) {
    const values = members.map(([, value]) => value);
    if (to > start && to <= end) aligned.set(to, combine(values, aligner, period));
  }
  if (aligner !== 'ALIGN_RATE' && aligner !== 'ALIGN_DELTA') return aligned;
  const ends = [...aligned.keys()].sort((a, b) => a - b);
  for (const [i, at] of ends.entries()) {
    const next = ends[i + 1] ?? at;
    const [from, to] = [aligned.get(at) ?? 0, aligned.get(next) ?? 0];
    for (let t = at + period; t < next; t += period) aligned.set(t, from + ((to - from) * (t - at)) / (next - at));
  }
  return aligned;
}

function combine(values: readonly number[], how: string, period = 1): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const results: Readonly<Record<string, number>> = {
    SUM: sum,
    DELTA: sum,
    RATE: sum / period,
    MEAN: sum / values.length,
    COUNT: values.length,
    MIN: Math.min(...values),
    MAX: Math.max(...values),
  };
  return results[how.replace(/^(ALIGN|REDUCE)_/, '')] ?? Number.NaN;
}

function reduce(columns: readonly Points[], reducer: string): Points {
  const ends = new Set(columns.flatMap((column) => [...column.keys()]));
  return new Map(
    [...ends].map((end) => {
      const values = columns.map((column) => column.get(end)).filter((value) => value !== undefined);
      return [end, combine(values, reducer)];
    }),
  );
}

function expectSame(found: Points, expected: Points): void {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [end, value] of expected) {
    const actual = found.get(end) ?? Number.NaN;
    expect(Math.abs(actual - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
  }
}

const few = vms.filter(({ index }) => index < 60);
const anyVm = fc.constantFrom(...few);
/** Half of them sleep at night. */
const restlessVm = fc.oneof(anyVm, fc.constantFrom(...few.filter(({ group }) => group.life === 'weekdays')));
const reportingVm = fc.constantFrom(...few.filter(({ opsAgent, type }) => opsAgent && type.e2));
/** Not every window ends on a minute. */
const anyWindow = fc
  .record({
    ago: fc.integer({ min: 0, max: 4000 }),
    minutes: fc.integer({ min: 1, max: 1000 }),
    seconds: fc.constantFrom(0, 0, 25),
  })
  .map(({ ago, minutes, seconds }) => ({ start: testNow - (ago + minutes) * 60, end: testNow - ago * 60 + seconds }));
const gaugeAligners = ['ALIGN_MEAN', 'ALIGN_MIN', 'ALIGN_MAX', 'ALIGN_SUM', 'ALIGN_COUNT'];
const deltaAligners = [...gaugeAligners, 'ALIGN_RATE'];
const reducers = ['REDUCE_SUM', 'REDUCE_MEAN', 'REDUCE_MIN', 'REDUCE_MAX', 'REDUCE_COUNT'];
const periods = fc.constantFrom(60, 90, 300, 420, 3600, day);

const stage = (name: string, aligner: string, period: number) => ({
  [`${name}.perSeriesAligner`]: aligner,
  [`${name}.alignmentPeriod`]: `${period}s`,
});

describe('an aligned series', () => {
  it.each([
    { type: cpu, vm: restlessVm, aligners: gaugeAligners },
    { type: balloon, vm: reportingVm, aligners: gaugeAligners },
    { type: memory, vm: reportingVm, aligners: gaugeAligners },
    { type: packets, vm: restlessVm, aligners: deltaAligners },
  ])('is what its points add up to: $type', ({ type, vm: someVm, aligners }) => {
    fc.assert(
      fc.property(someVm, anyWindow, fc.constantFrom(...aligners), periods, (vm, { start, end }, aligner, period) => {
        const whole = start - period;
        const raw = list({ type, ids: [vm.id], start: whole, end });
        const found = list({ type, ids: [vm.id], start, end }, stage('aggregation', aligner, period));
        const expected = raw.map((points) => align(points, aligner, period, start, end)).filter(({ size }) => size > 0);
        expect(found).toHaveLength(expected.length);
        for (const [i, points] of expected.entries()) expectSame(found[i] ?? new Map(), points);
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});

describe('a reduced series', () => {
  it('is what its members come to, bucket by bucket', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyVm, { minLength: 1, maxLength: 4 }),
        anyWindow,
        fc.constantFrom(...deltaAligners),
        fc.constantFrom(...reducers),
        periods,
        (some, { start, end }, aligner, reducer, period) => {
          const ids = some.map(({ id }) => id);
          const raw = list({ type: reads, ids, start: start - period, end });
          const more = { ...stage('aggregation', aligner, period), 'aggregation.crossSeriesReducer': reducer };
          const [found = new Map()] = list({ type: reads, ids, start, end }, more);
          expectSame(
            found,
            reduce(
              raw.map((points) => align(points, aligner, period, start, end)),
              reducer,
            ),
          );
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });
});

describe('two stages', () => {
  const secondAligners = ['ALIGN_MAX', 'ALIGN_MIN', 'ALIGN_MEAN', 'ALIGN_COUNT', 'ALIGN_SUM'];

  it('are one after the other: by the minute, summed by instance, then by the day', () => {
    fc.assert(
      fc.property(
        restlessVm,
        anyWindow,
        fc.constantFrom('ALIGN_RATE', 'ALIGN_SUM', 'ALIGN_MEAN', 'ALIGN_MAX'),
        fc.constantFrom(...secondAligners),
        fc.constantFrom(60, 300),
        fc.constantFrom(3600, day),
        (vm, { start, end }, first, second, period, longPeriod) => {
          const whole = end - Math.ceil((end - start) / longPeriod) * longPeriod;
          const raw = list({ type: reads, ids: [vm.id], start: whole - period, end });
          const [found = new Map()] = list(
            { type: reads, ids: [vm.id], start, end },
            {
              ...stage('aggregation', first, period),
              'aggregation.crossSeriesReducer': 'REDUCE_SUM',
              'aggregation.groupByFields': ['resource.label.project_id', 'resource.label.instance_id'],
              ...stage('secondaryAggregation', second, longPeriod),
            },
          );
          const minutes = reduce(
            raw.map((points) => align(points, first, period, whole, end)),
            'REDUCE_SUM',
          );
          expectSame(found, align(minutes, second, longPeriod, start, end));
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  it.each(secondAligners)('draw rates across the gaps before the second: %s', (second) => {
    const vm = vms.find(({ group }) => group.life === 'weekdays');
    if (vm === undefined) throw new Error('the demo world lacks such a VM');
    const ask = { type: packets, ids: [vm.id], start: midnight - 4 * day, end: midnight };
    const raw = list(ask);
    const [found = new Map()] = list(ask, {
      ...stage('aggregation', 'ALIGN_RATE', 60),
      'aggregation.crossSeriesReducer': 'REDUCE_SUM',
      ...stage('secondaryAggregation', second, day),
    });
    const minutes = reduce(
      raw.map((points) => align(points, 'ALIGN_RATE', 60, ask.start, ask.end)),
      'REDUCE_SUM',
    );
    expectSame(found, align(minutes, second, day, ask.start, ask.end));
  });

  it.each([
    { name: 'always on', of: ({ group, disks }: Vm) => group.load === 'replica' && disks.length > 1, gaps: false },
    { name: 'off at night', of: ({ group, disks }: Vm) => group.name === 'dev-box' && disks.length > 1, gaps: true },
  ])('tell the largest minute of all devices together, which no device has alone: $name', ({ of, gaps }) => {
    const vm = vms.find(of);
    if (vm === undefined) throw new Error('the demo world lacks such a VM');
    const ask = { type: reads, ids: [vm.id], start: midnight - 14 * day, end: midnight };
    const raw = list(ask);
    const sums = reduce(raw, 'REDUCE_SUM');
    const [found = new Map()] = list(ask, {
      ...stage('aggregation', 'ALIGN_RATE', 60),
      'aggregation.crossSeriesReducer': 'REDUCE_SUM',
      ...stage('secondaryAggregation', 'ALIGN_MAX', 14 * day),
    });
    expect(sums.size < 14 * 1440).toBe(gaps);
    expect(found.get(midnight)).toBeCloseTo(Math.max(...sums.values()) / 60, 6);
    const single = raw.map((points) => Math.max(...points.values()));
    expect(Math.max(...sums.values())).toBeLessThan(single.reduce((total, value) => total + value, 0));
    expect(Math.max(...sums.values())).toBeGreaterThan(Math.max(...single));
  });
});

describe('a series without its host running', () => {
  it('has no points, but rates drawn across the gap', () => {
    const vm = vms.find(({ group }) => group.name === 'dev-box');
    if (vm === undefined) throw new Error('the demo world lacks such a VM');
    const ask = { type: packets, ids: [vm.id], start: midnight - 7 * day, end: midnight };
    const [raw = new Map()] = list(ask);
    expect(raw.size).toBe(5 * 11 * 60);
    const [means = new Map()] = list(ask, stage('aggregation', 'ALIGN_MEAN', 60));
    expect(means.size).toBe(raw.size);
    const [rates = new Map()] = list(ask, stage('aggregation', 'ALIGN_RATE', 60));
    expect(rates.size).toBeGreaterThan(raw.size);
  });
});
