import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientOf, day, fortnight, midnight, shop, startTestCloud, testNow } from './azure-clients.fixture.ts';
import { metricNamesOf, metricOf, traitsOf } from './metric-tables.ts';
import { MetricsWriter } from './metrics-answer.ts';
import type { MetricsQuery } from './metrics-query.ts';
import { quarterOf, valueAt } from './quantity.ts';
import { type Resource, resourceIdOf } from './resource.ts';
import { demoTenants } from './tenants.ts';
import { candidatesOf, machineAt, makeWorld, resolve } from './world.ts';

const world = makeWorld(demoTenants, 1, testNow);
const resources = world.cells
  .flatMap((cell) => [...candidatesOf(cell)].map(resolve))
  .filter((one) => one !== undefined);
const intervals = { PT1M: 1, PT5M: 5, PT15M: 15, PT1H: 60, PT6H: 360, P1D: 1440 } as const;

interface Point {
  readonly timeStamp: string;
  readonly average?: number;
  readonly count?: number;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly total?: number;
}

const anyMetric = fc
  .constantFrom(...resources)
  .chain((resource) =>
    fc.record({ resource: fc.constant(resource), name: fc.constantFrom(...metricNamesOf(resource.type)) }),
  );

/** Spans of up to two days or 200 points, on whole minutes, beginning anywhere in three weeks. */
const anySpan = fc
  .record({
    ago: fc.integer({ min: 60, max: 21 * 1440 }),
    minutes: fc.integer({ min: 1, max: 2880 }),
    interval: fc.constantFrom(...keysOf(intervals), 'FULL' as const),
  })
  .map(({ ago, minutes, interval }) => {
    const start = testNow / 60 - ago;
    const length = interval === 'PT1M' ? Math.min(minutes, 200) : minutes;
    return {
      start,
      end: start + length,
      interval,
      intervalMinutes: interval === 'FULL' ? length : intervals[interval],
    };
  });

function keysOf<T extends object>(value: T): (keyof T & string)[] {
  const keys: (keyof T & string)[] = [];
  for (const key in value) keys.push(key);
  return keys;
}

/** The samples of a metric in the minutes `[from, to)`, one by one. */
function samplesOf(resource: Resource, name: string, from: number, to: number): number[] {
  const { traits, sources } = metricOf(resource, name);
  const samples: number[] = [];
  for (const { quantity, scale } of sources) {
    for (let minute = from; minute < to; minute++) {
      const value = valueAt(quantity, minute);
      if (value === undefined) continue;
      if (traits.samplesPerMinute === 1) samples.push(value * scale);
      else for (let quarter = 0; quarter < 4; quarter++) samples.push(quarterOf(value, quarter) * scale);
    }
  }
  return samples;
}

describe('what a query says', () => {
  it('is what its minutes come to, sample by sample', () => {
    fc.assert(
      fc.property(anyMetric, anySpan, ({ resource, name }, span) => {
        const aggregations = ['average', 'count', 'maximum', 'minimum', 'total'] as const;
        const query: MetricsQuery = {
          ...span,
          type: resource.type,
          metricNames: [name],
          aggregations,
          filter: undefined,
          top: 10,
        };
        const writer = new MetricsWriter(query, testNow, testNow + 3 * day, () => false);
        const [{ timeseries }] = JSON.parse(writer.valueOf(resource, 0));
        const points: readonly Point[] = timeseries[0]?.data ?? [];
        const wanted = samplesOf(resource, name, span.start, span.end);
        expect(points.length > 0).toBe(wanted.length > 0);
        for (const [i, point] of points.entries()) {
          const from = span.start + i * span.intervalMinutes;
          const samples = samplesOf(resource, name, from, Math.min(from + span.intervalMinutes, span.end));
          expect(point.count ?? 0).toBe(samples.length);
          if (samples.length === 0) continue;
          const total = samples.reduce((sum, sample) => sum + sample, 0);
          expect(point.minimum).toBe(Math.min(...samples));
          expect(point.maximum).toBe(Math.max(...samples));
          expect(Math.abs((point.total ?? 0) - total)).toBeLessThanOrEqual(total * 1e-12);
          expect(Math.abs((point.average ?? 0) - total / samples.length)).toBeLessThanOrEqual(
            (total / samples.length) * 1e-12,
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stays physical: nothing below zero, no percentage above a hundred', () => {
    fc.assert(
      fc.property(anyMetric, anySpan, ({ resource, name }, { start, end }) => {
        const unit = traitsOf(resource.type, name)?.unit;
        for (const sample of samplesOf(resource, name, start, Math.min(end, start + 600))) {
          expect(sample).toBeGreaterThanOrEqual(0);
          if (unit === 'Percent') expect(sample).toBeLessThanOrEqual(100);
          if (unit === 'Bytes' && !/^Network (In|Out)$/.test(name)) expect(Number.isInteger(sample)).toBe(true);
        }
      }),
    );
  });

  it('keeps idle machines idle and hot ones hot', () => {
    const averages = (group: string) =>
      world.cells.flatMap((cell) =>
        Array.from({ length: cell.count }, (_, index) => machineAt(cell, index))
          .filter(({ profile }) => profile.name === group)
          .slice(0, 10)
          .map((vm) => {
            const samples = samplesOf(
              { type: 'microsoft.compute/virtualmachines', vm },
              'Percentage CPU',
              testNow / 60 - 1440,
              testNow / 60,
            );
            return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
          }),
      );
    expect(Math.max(...averages('intranet'))).toBeLessThan(5);
    expect(Math.min(...averages('search-hot'))).toBeGreaterThan(55);
  });
});

describe('the truth', () => {
  const metrics = [
    'Percentage CPU',
    'Available Memory Percentage',
    'Available Memory Bytes',
    'Disk Read Operations/Sec',
    'Disk Write Bytes',
    'Network In Total',
  ] as const;

  async function setUp() {
    const cloud = await startTestCloud({ faults: { quotaMultiplier: Number.POSITIVE_INFINITY } });
    const client = await clientOf(cloud);
    const [cell] = cloud.world.cells;
    if (cell === undefined) throw new Error('the demo world is empty');
    const machines = Array.from({ length: cell.count }, (_, index) => machineAt(cell, index));
    const find = (wanted: (vm: (typeof machines)[number]) => boolean) => {
      const vm = machines.find(wanted);
      if (vm === undefined) throw new Error('the demo world lacks such a machine');
      return resourceIdOf({ type: 'microsoft.compute/virtualmachines', vm });
    };
    return { cloud, client, find };
  }

  it.each([
    { name: 'one device each', interfaces: 1, disks: 1, profile: 'shop-web' },
    { name: 'two devices each', interfaces: 2, disks: 2, profile: 'etl' },
    { name: 'office hours', interfaces: 1, disks: 2, profile: 'dev-box' },
    { name: 'restarts', interfaces: 1, disks: 1, profile: 'queue-worker' },
  ])('is what the API tells of a machine with $name', async ({ interfaces, disks, profile }) => {
    const { cloud, client, find } = await setUp();
    const id = find(
      (vm) => vm.interfaces === interfaces && vm.disks === disks && vm.profile.name === profile && vm.memoryMetrics,
    );
    const { body } = await client.getBatch(shop, 'eastus', [id], { metrics });
    const points: Required<Point>[] = body.values[0].value.map(
      ({ timeseries }: { timeseries: { data: Point[] }[] }) => timeseries[0]?.data[0],
    );
    const [cpu, percent, bytes, reads, written, received] = points;
    if (!cpu || !percent || !bytes || !reads || !written || !received) throw new Error('a metric is missing');
    const truth = cloud.truth({ resource: id.toUpperCase(), ...fortnight });
    const near = (value: number) => expect.closeTo(value, 6);
    const seconds = received.count * 60;
    expect(truth?.['cpu.utilization']).toEqual({
      avg: near(cpu.average),
      max: cpu.maximum,
      min: cpu.minimum,
      seconds: (cpu.count / 4) * 60,
    });
    expect(truth?.['memory.usage']).toEqual({
      avg: near(100 - percent.average),
      max: near(100 - percent.minimum),
      min: near(100 - percent.maximum),
      seconds,
    });
    const total = truth?.['memory.total']?.max ?? 0;
    expect(truth?.['memory.used']?.avg).toBeCloseTo(total - bytes.average, 0);
    expect(truth?.['disk.read_iops']).toEqual({
      avg: near(reads.average),
      max: near(reads.maximum),
      min: near(reads.minimum),
      seconds,
    });
    expect(truth?.['disk.write_throughput']).toEqual({
      avg: near(written.total / seconds),
      max: near(written.maximum / 60),
      min: near(written.minimum / 60),
      seconds,
    });
    expect(truth?.['network.received_throughput']).toEqual({
      avg: near(received.total / seconds),
      max: near(received.maximum / 60),
      min: near(received.minimum / 60),
      seconds,
    });
  });

  it('adds the network interfaces minute by minute: its peak is none of theirs', async () => {
    const { cloud, client, find } = await setUp();
    const id = find((vm) => vm.interfaces === 2 && vm.profile.name === 'shop-web');
    const cards = [0, 1].map(
      (n) => `${id.replace('Microsoft.Compute/virtualMachines', 'Microsoft.Network/networkInterfaces')}-nic${n}`,
    );
    const { body } = await client.getBatch(shop, 'eastus', cards, {
      namespace: 'Microsoft.Network/networkInterfaces',
      metrics: ['PacketsReceivedRate'],
    });
    const points: Required<Point>[] = body.values.map(
      ({ value }: { value: { timeseries: { data: Point[] }[] }[] }) => value[0]?.timeseries[0]?.data[0],
    );
    const truth = cloud.truth({ resource: id, ...fortnight })?.['network.received_pps'];
    const sum = (of: (point: Required<Point>) => number) => points.reduce((all, point) => all + of(point), 0);
    expect(truth?.avg).toBeCloseTo(sum(({ total }) => total) / (14 * day), 6);
    expect(truth?.max).toBeLessThan(sum(({ maximum }) => maximum) / 60);
    expect(truth?.max).toBeGreaterThan(Math.max(...points.map(({ maximum }) => maximum)) / 60);
  });

  it.each([
    { name: 'none of one long stopped', profile: 'old-report', seconds: undefined },
    { name: 'office days of eleven hours of a dev box', profile: 'dev-box', seconds: 10 * 11 * 3600 },
    { name: 'none of one launched after the window', profile: 'canary', seconds: undefined },
    { name: 'some of one that was deleted', profile: 'ci-agent', seconds: expect.any(Number) },
  ])('counts the seconds observed: $name', async ({ profile, seconds }) => {
    const { cloud, find } = await setUp();
    const truth = cloud.truth({ resource: find((vm) => vm.profile.name === profile), ...fortnight });
    expect(truth?.['cpu.utilization']?.seconds).toEqual(seconds);
  });

  it('can be asked for over HTTP, as can the counts of calls', async () => {
    const { cloud, client, find } = await setUp();
    const id = find((vm) => vm.profile.name === 'shop-api');
    await client.getBatch(shop, 'eastus', [id], { metrics, interval: 'P1D' });
    const search = new URLSearchParams({ resource: id, start: String(midnight - day), end: String(midnight) });
    const told = await (await fetch(`${cloud.url}/_sim/truth?${search}`)).json();
    expect(told).toEqual(cloud.truth({ resource: id, start: midnight - day, end: midnight }));
    search.set('resource', `${id}x`);
    expect((await fetch(`${cloud.url}/_sim/truth?${search}`)).status).toBe(404);
    const stats = await fetch(`${cloud.url}/_sim/stats`);
    expect(await stats.json()).toMatchObject({
      operations: expect.arrayContaining([
        expect.objectContaining({
          operation: 'getBatch',
          account: shop,
          region: 'eastus',
          calls: 1,
          queries: metrics.length,
        }),
      ]),
    });
  });
});
