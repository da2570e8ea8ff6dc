import type { DayCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import { type Sketch, sketchOf } from '#model/sketch.ts';
import { type Day, dayAt, daySeconds } from '#model/window.ts';
import type { Point } from './metric-reply.ts';
import { type Metric, restOf } from './native-metric.ts';

/** How a native metric's values become a key's. */
export interface Scale {
  readonly native: Metric;
  /** What native metric and key make up together: 100, or the memory or storage in bytes. */
  readonly whole: number;
}

/** One metric of one resource, a bucket a day. */
export interface DaySeries extends Scale {
  readonly points: readonly Point[];
  /** Observed seconds by day, where this metric's own samples do not tell them. */
  readonly clock: ReadonlyMap<Day, number> | undefined;
  readonly wantsMin: boolean;
}

/**
 * The days on which the series has samples.
 *
 * The integral of an amount is its total; of a level its average over the observed time. Peaks are of single samples.
 *
 * @throws CollectError `malformed_reply` where a bucket lacks what was asked for
 */
export function cellsOf({ points, clock, wantsMin, ...scale }: DaySeries): Map<Day, DayCell> {
  const { native } = scale;
  const cells = new Map<Day, DayCell>();
  for (const point of points) {
    if (!point.count) continue;
    const day = dayAt(bucketTime(point, daySeconds));
    const { seconds: own, apart } = observed(point.count, native.sampleSeconds);
    const seconds = clock?.get(day) ?? own;
    const isAmount = native.reading === 'amount';
    cells.set(day, {
      sum: isAmount
        ? needed(point, 'total', native)
        : valueIn(scale, needed(point, 'average', native), apart) * seconds,
      seconds,
      ...extremesOf(point, scale, wantsMin, apart),
    });
  }
  return cells;
}

/** The extremes of single samples. What is left is least where the key is greatest. @param apart seconds between samples */
export function extremesOf(point: Point, scale: Scale, wantsMin: boolean, apart: number): Pick<DayCell, 'max' | 'min'> {
  const { native } = scale;
  const [greatest, least] = isRest(native) ? (['minimum', 'maximum'] as const) : (['maximum', 'minimum'] as const);
  return {
    max: valueIn(scale, needed(point, greatest, native), apart),
    ...(wantsMin ? { min: valueIn(scale, needed(point, least, native), apart) } : {}),
  };
}

/** Averages by their time, in epoch seconds, in the key's unit. @throws CollectError `malformed_reply` */
export function valuesOf(points: readonly Point[], scale: Scale): Map<number, number> {
  return new Map(
    points.flatMap((point): [number, number][] =>
      point.average === undefined || point.average === null
        ? []
        : [[timeOf(point), valueIn(scale, point.average, scale.native.sampleSeconds)]],
    ),
  );
}

/** Of values by their time. */
export function sketchesOf(values: ReadonlyMap<number, number>): Map<Day, Sketch> {
  const byDay = Map.groupBy(values, ([time]) => dayAt(time));
  return new Map([...byDay].map(([day, own]) => [day, sketchOf(own.map(([, value]) => value))]));
}

/** Observed seconds by day, told by the samples of one metric. */
export function clockOf(points: readonly Point[], { sampleSeconds }: Metric): Map<Day, number> {
  return new Map(
    points.flatMap((point) =>
      point.count ? [[dayAt(bucketTime(point, daySeconds)), observed(point.count, sampleSeconds).seconds]] : [],
    ),
  );
}

/** Whether the key is what the native metric is not. */
export function isRest({ reading }: Metric): boolean {
  return Object.hasOwn(restOf, reading);
}

/** More samples than fit a day stand closer than they should: then the day is whole. */
function observed(count: number, sampleSeconds: number): { readonly seconds: number; readonly apart: number } {
  const apart = Math.min(sampleSeconds, daySeconds / count);
  return { seconds: count * apart, apart };
}

/** @param apart seconds between samples */
export function valueIn({ native: { reading }, whole }: Scale, value: number, apart: number): number {
  switch (reading) {
    case 'level':
      return value;
    case 'amount':
      return value / apart;
    case 'free_percent':
    case 'free_bytes':
    case 'used_bytes':
      return Math.max(0, whole - value);
  }
}

/** @throws CollectError `malformed_reply` */
export function needed(point: Point, aggregation: Exclude<keyof Point, 'timeStamp'>, { metric }: Metric): number {
  const value = point[aggregation];
  if (value !== undefined && value !== null) return value;
  throw new CollectError('malformed_reply', `Azure Monitor left out the ${aggregation} of ${metric}`);
}

/** When a bucket begins, epoch seconds: with a day, an hour. @throws CollectError `malformed_reply` */
export function bucketTime(point: Point, lengthSeconds: number): number {
  const time = timeOf(point);
  if (time % lengthSeconds === 0) return time;
  throw new CollectError('malformed_reply', `Azure Monitor sent a bucket that begins at ${point.timeStamp}`);
}

function timeOf({ timeStamp }: Point): number {
  const time = Date.parse(timeStamp) / 1000;
  if (!Number.isNaN(time)) return time;
  throw new CollectError('malformed_reply', `Azure Monitor sent a point at ${timeStamp.slice(0, 40)}`);
}
