import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageOf, type DayCell, joinStretches } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import { quantile } from '#model/sketch.ts';
import type { Statistic } from '#model/statistic.ts';
import { daySeconds, daysOf, startOf } from '#model/window.ts';
import type { PartReply } from './measurement.ts';
import type { RowResource } from './resource.ts';
import { cellsOfRow } from './row-cells.ts';
import { measurementsOfRows } from './row-measurement.ts';
import { keysOfRows, type RowSetId } from './rows.ts';
import { StorageIndex } from './storage-index.ts';

const today = 20_000;
const window = { from: today - 3, to: today };
const start = startOf(window.from);
const end = startOf(window.to);
const pointSeconds = 300;

interface Sample {
  readonly time: number;
  readonly value: number;
}

/** What was sent to CloudWatch: samples by metric, of an S3 bucket by metric and storage type. */
type Sent = Readonly<Record<string, readonly Sample[]>>;

function resourceOf(rows: RowSetId, more: Partial<RowResource> = {}): RowResource {
  return {
    provider: 'aws',
    group: '',
    type: '',
    account: '123456789012',
    region: 'eu-west-1',
    id: 'arn:aws:…',
    name: 'x',
    state: 'RUNNING',
    instanceType: '',
    metrics: keysOfRows(rows),
    tags: {},
    constants: {},
    rows,
    dimensions: [{ Name: 'BucketName', Value: 'bucket' }],
    ...more,
  };
}

/** A CloudWatch of its own: statistics of samples by bucket, from their definition. */
function replyTo(samples: readonly Sample[]): PartReply {
  return (stat, period) => {
    const buckets = Map.groupBy(
      samples.filter(({ time }) => time >= start && time < end),
      ({ time }) => Math.floor(time / period) * period,
    );
    const timestamps = [...buckets.keys()].toSorted((a, b) => a - b);
    const values = timestamps.map((bucket) => {
      const own = (buckets.get(bucket) ?? []).map(({ value }) => value);
      const sum = own.reduce((total, value) => total + value, 0);
      return {
        Sum: sum,
        SampleCount: own.length,
        Average: sum / own.length,
        Maximum: Math.max(...own),
        Minimum: Math.min(...own),
      }[stat];
    });
    return { timestamps, values };
  };
}

/** Asks for one key and reads it; only what was asked is answered. */
function read(
  resource: RowResource,
  key: MetricKey,
  sent: Sent,
  statistics: readonly Statistic[] = ['avg', 'max', 'min'],
) {
  const storage = new StorageIndex();
  for (const name of Object.keys(sent)) {
    const [, type] = name.split(' ');
    if (type !== undefined && type !== 'AllStorageTypes')
      storage.add([...resource.dimensions, { Name: 'StorageType', Value: type }]);
  }
  const { measurements, unasked } = measurementsOfRows({ resource, keys: [key], statistics, pointSeconds, storage });
  const [measurement] = measurements;
  const [output] = measurement?.outputs ?? [];
  if (measurement === undefined || output === undefined) return { unasked, days: [], whole: undefined };
  const replies = measurement.parts.map(({ metric, dimensions, queries }): PartReply => {
    const type = dimensions.find(({ Name }) => Name === 'StorageType')?.Value;
    const reply = replyTo(sent[type === undefined ? metric.metric : `${metric.metric} ${type}`] ?? []);
    return (stat, period) =>
      queries.some((query) => query.stat === stat && query.period === period)
        ? reply(stat, period)
        : { timestamps: [], values: [] };
  });
  const cells = cellsOfRow(measurement, output, replies, daysOf(window));
  return { unasked, days: [...cells.values()], whole: joinStretches(cells.values()) };
}

function average(cell: DayCell | undefined): number {
  return cell === undefined ? Number.NaN : averageOf(cell);
}

const times = fc.integer({ min: start, max: end - 1 });
const minutes = Array.from({ length: (end - start) / 60 }, (_, at) => start + at * 60);

describe('events', () => {
  it('are counted over all the time in which the resource was there', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 50 }), times, (happened, createdAt) => {
        const sent = { RequestCount: happened.filter((time) => time >= createdAt).map((time) => ({ time, value: 1 })) };
        const { whole } = read(resourceOf('application_load_balancer', { createdAt }), 'requests.rate', sent);
        // The five minutes of its birth count whole where something happened in them.
        expect(whole?.seconds).toBeGreaterThanOrEqual(end - createdAt);
        expect(whole?.seconds).toBeLessThan(end - createdAt + pointSeconds);
        expect(whole?.sum).toBe(sent.RequestCount.length);
      }),
    );
  });

  it('that are silent are zero, and those of five minutes the maximum', () => {
    const sent = { RequestCount: [{ time: start + daySeconds, value: 600 }] };
    const { days, whole } = read(
      resourceOf('application_load_balancer', { createdAt: start - 1 }),
      'requests.rate',
      sent,
      ['avg', 'max', 'min', 'p50'],
    );
    expect(days.map(({ sum, seconds, max }) => [sum, seconds, max])).toEqual([
      [0, daySeconds, 0],
      [600, daySeconds, 2],
      [0, daySeconds, 0],
    ]);
    expect(whole).toMatchObject({ max: 2, min: 0 });
    expect(whole?.sketch && quantile(whole.sketch, 0.5)).toBe(0);
  });

  it('of a function are not known on silent days before it was last changed', () => {
    const sent = { Invocations: [{ time: start + 5, value: 864 }] };
    const { days } = read(resourceOf('lambda', { thereSince: start + 1.5 * daySeconds }), 'requests.rate', sent);
    expect(days.map(({ sum, seconds }) => [sum, seconds])).toEqual([
      [864, daySeconds],
      [0, 0.5 * daySeconds],
      [0, daySeconds],
    ]);
    const silent = read(resourceOf('lambda', { thereSince: end + 1 }), 'requests.rate', {});
    expect(silent.days.map(({ seconds }) => seconds)).toEqual([0, 0, 0]);
  });

  it('of two kinds are added five minutes by five minutes', () => {
    const sent = {
      HTTPCode_ELB_5XX_Count: [{ time: start, value: 30 }],
      HTTPCode_Target_5XX_Count: [
        { time: start + 60, value: 60 },
        { time: start + 600, value: 60 },
      ],
    };
    const { whole } = read(resourceOf('application_load_balancer', { createdAt: 0 }), 'requests.errors', sent);
    expect(whole).toMatchObject({ sum: 150, max: 90 / 300 });
    expect(whole?.maxIsUpperBound).toBeUndefined();
  });

  it('tell how many connections there are, of a sum for each minute', () => {
    const sent = { ActiveConnectionCount: minutes.map((time) => ({ time, value: 7 })) };
    const { whole } = read(resourceOf('application_load_balancer', { createdAt: 0 }), 'connections.active', sent);
    expect(average(whole)).toBe(7);
    expect(whole).toMatchObject({ max: 7, min: 7 });
  });

  it('tell by Little’s law how many invocations ran at once; their peak is CloudWatch’s own', () => {
    const Duration = minutes.map((time) => ({ time, value: 90_000 }));
    const sent = { Duration, ConcurrentExecutions: [{ time: start, value: 9 }] };
    const { days } = read(resourceOf('lambda', { thereSince: 0 }), 'requests.concurrency', sent);
    expect(days.map((day) => [average(day), day.max])).toEqual([
      [1.5, 9],
      [1.5, 1.5],
      [1.5, 1.5],
    ]);
  });
});

describe('each', () => {
  const sample = fc.record({ time: times, value: fc.integer({ min: 1, max: 10_000 }) });

  it('is averaged over requests, not over days', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), (requests) => {
        const { whole } = read(resourceOf('lambda', { thereSince: 0 }), 'requests.latency', { Duration: requests });
        const values = requests.map(({ value }) => value / 1000);
        expect(average(whole)).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 9);
        expect(whole?.events).toBe(requests.length);
        expect(whole?.max).toBeCloseTo(Math.max(...values), 9);
        expect(whole?.min).toBeCloseTo(Math.min(...values), 9);
      }),
    );
  });

  it('is no data where there was no request', () => {
    const { days } = read(resourceOf('application_load_balancer', { createdAt: 0 }), 'requests.latency', {});
    expect(days.map(({ seconds }) => seconds)).toEqual([0, 0, 0]);
  });

  it('covers the time in which there were requests, where points tell it', () => {
    const sent = { TargetResponseTime: [0, 30, 900].map((after) => ({ time: start + after, value: 0.25 })) };
    const { whole } = read(resourceOf('application_load_balancer', { createdAt: 0 }), 'requests.latency', sent, [
      'p95',
    ]);
    expect(whole).toMatchObject({ seconds: 600, events: 3, sum: 0.75 });
    expect(whole?.sketch && quantile(whole.sketch, 0.95)).toBeCloseTo(0.25, 2);
  });
});

describe('total', () => {
  const moved = fc.record({ time: times, value: fc.integer({ min: 1, max: 1e6 }) });

  it('is what was moved over the time in which the volume was attached', () => {
    fc.assert(
      fc.property(fc.array(moved, { maxLength: 40 }), times, (bytes, detachedAt) => {
        const sent = {
          // Operations are reported while it is attached, none as zero; on Xen bytes only where there were some.
          VolumeReadOps: minutes.filter((time) => time < detachedAt).map((time) => ({ time, value: 0 })),
          VolumeReadBytes: bytes.filter(({ time }) => time < detachedAt),
        };
        const { whole } = read(resourceOf('ebs'), 'disk.read_throughput', sent);
        expect(whole?.sum ?? 0).toBe(sent.VolumeReadBytes.reduce((sum, { value }) => sum + value, 0));
        expect(whole?.seconds ?? 0).toBe(Math.ceil((detachedAt - start) / pointSeconds) * pointSeconds);
      }),
    );
  });

  it('is no data of a volume that was not attached', () => {
    expect(read(resourceOf('ebs'), 'disk.write_iops', {}).whole).toMatchObject({ seconds: 0 });
  });
});

describe('level', () => {
  it('of a rate per second is that rate', () => {
    const sent = { ReadIOPS: minutes.map((time) => ({ time, value: time < start + daySeconds ? 30 : 0 })) };
    const { whole } = read(resourceOf('rds'), 'disk.read_iops', sent);
    expect(average(whole)).toBe(10);
    expect(whole).toMatchObject({ max: 30, min: 0, seconds: 3 * daySeconds });
  });

  it('counts a half day as half a day', () => {
    const sent = { CPUUtilization: minutes.slice(720).map((time) => ({ time, value: 50 })) };
    const { days } = read(resourceOf('documentdb'), 'cpu.utilization', sent);
    expect(days.map(({ seconds }) => seconds)).toEqual([daySeconds / 2, daySeconds, daySeconds]);
  });

  it('of what is left is the rest: most where least is left', () => {
    const constants = { 'storage.total': 1000 };
    const sent = { FreeStorageSpace: minutes.map((time, at) => ({ time, value: at % 2 === 0 ? 900 : 500 })) };
    const of = (key: MetricKey) => read(resourceOf('rds', { constants }), key, sent).whole;
    expect([average(of('storage.free')), of('storage.free')?.max, of('storage.free')?.min]).toEqual([700, 900, 500]);
    expect([average(of('storage.used')), of('storage.used')?.max, of('storage.used')?.min]).toEqual([300, 500, 100]);
    expect(average(of('storage.usage'))).toBeCloseTo(30, 9);
    expect([of('storage.usage')?.max, of('storage.usage')?.min]).toEqual([50, 10]);
  });

  it('cannot be the rest of what is not known', () => {
    expect(read(resourceOf('aurora'), 'memory.usage', {}).unasked).toEqual([
      { key: 'memory.usage', reason: 'unsupported' },
    ]);
    expect(read(resourceOf('aurora'), 'storage.free', {}).unasked).toEqual([
      { key: 'storage.free', reason: 'unsupported' },
    ]);
  });

  it('of a bucket is that of all types of storage, once a day', () => {
    const daily = (value: number) => [0, 1, 2].map((day) => ({ time: start + day * daySeconds, value: value + day }));
    const sent = {
      'BucketSizeBytes StandardStorage': daily(100),
      'BucketSizeBytes GlacierStorage': daily(1000).slice(1),
      'NumberOfObjects AllStorageTypes': daily(5),
    };
    const { days, whole } = read(resourceOf('s3'), 'storage.used', sent, ['avg', 'max', 'p50']);
    expect(days.map((day) => average(day))).toEqual([100, 1102, 1104]);
    expect(whole).toMatchObject({ max: 1104, seconds: 3 * daySeconds });
    expect(whole?.maxIsUpperBound).toBeUndefined();
    expect(whole?.sketch && quantile(whole.sketch, 0.5)).toBeCloseTo(1102, -1);
    expect(average(read(resourceOf('s3'), 'storage.objects', sent).whole)).toBe(6);
  });

  it('of a bucket that CloudWatch knows nothing of is no data', () => {
    expect(read(resourceOf('s3'), 'storage.used', {}).unasked).toEqual([{ key: 'storage.used', reason: 'no_data' }]);
  });
});

it('an amount is over the minute in which it was moved', () => {
  const sent = { NetworkBytesIn: minutes.map((time, at) => ({ time, value: at === 5 ? 6000 : 600 })) };
  const { whole } = read(resourceOf('redis'), 'network.received_throughput', sent);
  expect(whole).toMatchObject({ sum: 600 * minutes.length + 5400, max: 100, min: 10, seconds: 3 * daySeconds });
});
