import type { DayCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import { type Sketch, sketchOf } from '#model/sketch.ts';
import { type Day, dayAt, daySeconds } from '#model/window.ts';
import type { NativeMetric } from './catalog.ts';
import type { Point } from './metric-reply.ts';

/** How a native metric's values become a key's. */
export interface Scale {
  readonly native: NativeMetric;
  /** Of what a free amount is free: 100, or the memory in bytes. */
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
  const isLeft = native.reading === 'free_percent' || native.reading === 'free_bytes';
  const cells = new Map<Day, DayCell>();
  for (const point of points) {
    if (!point.count) continue;
    const day = dayOf(point);
    const { seconds: own, apart } = observed(point.count, native.sampleSeconds);
    const seconds = clock?.get(day) ?? own;
    const value = (raw: number) => valueIn(scale, raw, apart);
    const isAmount = native.reading === 'amount';
    cells.set(day, {
      sum: isAmount ? needed(point, 'total', native) : value(needed(point, 'average', native)) * seconds,
      seconds,
      max: value(needed(point, isLeft ? 'minimum' : 'maximum', native)),
      ...(wantsMin ? { min: value(needed(point, isLeft ? 'maximum' : 'minimum', native)) } : {}),
    });
  }
  return cells;
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
export function clockOf(points: readonly Point[], { sampleSeconds }: NativeMetric): Map<Day, number> {
  return new Map(
    points.flatMap((point) => (point.count ? [[dayOf(point), observed(point.count, sampleSeconds).seconds]] : [])),
  );
}

/** More samples than fit a day stand closer than they should: then the day is whole. */
function observed(count: number, sampleSeconds: number): { readonly seconds: number; readonly apart: number } {
  const apart = Math.min(sampleSeconds, daySeconds / count);
  return { seconds: count * apart, apart };
}

/** @param apart seconds between samples */
function valueIn({ native: { reading }, whole }: Scale, value: number, apart: number): number {
  switch (reading) {
    case 'level':
      return value;
    case 'amount':
      return value / apart;
    case 'free_percent':
    case 'free_bytes':
      return Math.max(0, whole - value);
  }
}

function needed(point: Point, aggregation: Exclude<keyof Point, 'timeStamp'>, { metric }: NativeMetric): number {
  const value = point[aggregation];
  if (value !== undefined && value !== null) return value;
  throw new CollectError('malformed_reply', `Azure Monitor left out the ${aggregation} of ${metric}`);
}

/** A bucket of a day begins with the day. */
function dayOf(point: Point): Day {
  const time = timeOf(point);
  if (time % daySeconds === 0) return dayAt(time);
  throw new CollectError('malformed_reply', `Azure Monitor sent a day that begins at ${point.timeStamp}`);
}

function timeOf({ timeStamp }: Point): number {
  const time = Date.parse(timeStamp) / 1000;
  if (!Number.isNaN(time)) return time;
  throw new CollectError('malformed_reply', `Azure Monitor sent a point at ${timeStamp.slice(0, 40)}`);
}
