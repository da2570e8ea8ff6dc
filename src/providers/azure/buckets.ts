import { averageOf, type DayCell, joinStretches } from '#model/day-cell.ts';
import { type Day, dayAt } from '#model/window.ts';
import { bucketTime, extremesOf, needed, type Scale, valueIn } from './cells.ts';
import type { Point } from './metric-reply.ts';

/** One metric of one resource, in buckets of less than a day. */
export interface BucketSeries extends Scale {
  readonly points: readonly Point[];
  readonly wantsMin: boolean;
}

/** By the time at which a bucket begins, epoch seconds. */
export type Buckets = ReadonlyMap<number, DayCell>;

const hourSeconds = 3600;
const pointSeconds = 300;

/** Hours in which there was a state. @throws CollectError `malformed_reply` */
export function hoursOf({ points, wantsMin, ...scale }: BucketSeries): Buckets {
  return bucketsOf(points, hourSeconds, (point) => {
    if (point.average === undefined || point.average === null) return undefined;
    const average = valueIn(scale, point.average, scale.native.sampleSeconds);
    return {
      sum: average * hourSeconds,
      seconds: hourSeconds,
      ...extremesOf(point, scale, wantsMin, scale.native.sampleSeconds),
    };
  });
}

/**
 * Five minutes each in which something happened, and those in which nothing did.
 *
 * @param hours that are known to have been observed, by their beginning
 * @throws CollectError `malformed_reply`
 */
export function eventsOf({ points, wantsMin }: BucketSeries, hours: readonly number[]): Buckets {
  const told = bucketsOf(points, pointSeconds, ({ total }) =>
    total === undefined || total === null ? undefined : amountOf(total, wantsMin),
  );
  const silent = amountOf(0, wantsMin);
  const buckets = new Map<number, DayCell>();
  for (const hour of hours)
    for (let time = hour; time < hour + hourSeconds; time += pointSeconds) buckets.set(time, silent);
  for (const [time, cell] of told) buckets.set(time, cell);
  return buckets;
}

/**
 * Five minutes each in which there was an instance. What all do together is the sum of their samples; what one does on average
 * is weighted by the time of each, and its peak is that of the busiest.
 *
 * @throws CollectError `malformed_reply`
 */
export function instancesOf({ points, wantsMin, ...scale }: BucketSeries): Buckets {
  const { native } = scale;
  const { sampleSeconds: apart, reading, isAdded = false } = native;
  return bucketsOf(points, pointSeconds, (point) => {
    const { count } = point;
    if (!count) return undefined;
    if (reading === 'amount') return amountOf(needed(point, 'total', native), wantsMin);
    const events = count * apart;
    const sum = valueIn(scale, needed(point, 'average', native), apart) * events;
    if (isAdded) return amountOf(sum, wantsMin);
    return { sum, seconds: pointSeconds, events, ...extremesOf(point, scale, wantsMin, apart) };
  });
}

/** Days of buckets. */
export function daysOfBuckets(buckets: Buckets): Map<Day, DayCell> {
  const byDay = Map.groupBy(buckets, ([time]) => dayAt(time));
  return new Map([...byDay].map(([day, own]) => [day, joinStretches(own.map(([, cell]) => cell))]));
}

/** The averages of buckets, by their time. */
export function averagesOf(buckets: Buckets): Map<number, number> {
  return new Map([...buckets].map(([time, cell]) => [time, averageOf(cell)]));
}

/** What was moved in five minutes; its peak is their average. */
function amountOf(sum: number, wantsMin: boolean): DayCell {
  const rate = sum / pointSeconds;
  return { sum, seconds: pointSeconds, max: rate, ...(wantsMin ? { min: rate } : {}) };
}

function bucketsOf(
  points: readonly Point[],
  lengthSeconds: number,
  cellOf: (point: Point) => DayCell | undefined,
): Buckets {
  const buckets = new Map<number, DayCell>();
  for (const point of points) {
    const cell = cellOf(point);
    if (cell !== undefined) buckets.set(bucketTime(point, lengthSeconds), cell);
  }
  return buckets;
}
