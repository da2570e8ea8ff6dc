import {
  type Channel,
  fillValues,
  forEachSlot,
  largestOf,
  minuteAt,
  minuteValue,
  operationBytes,
  patternAt,
  smallestOf,
  valueAt,
} from '../fleet/channel.ts';
import { off, slotSeconds, slotsPerDay } from '../fleet/shapes.ts';
import type { Series, Stretch } from './series.ts';

/** The buckets `[start + i × period, start + (i + 1) × period)` that a query asks for; epoch seconds. */
export interface Grid {
  readonly start: number;
  /** Exclusive; samples from here on do not count, nor those that are not published yet. */
  readonly end: number;
  readonly period: number;
}

/** Statistics of the samples in each bucket of a grid; a bucket without samples has count 0. */
export interface Aggregate {
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
}

/** How many buckets a grid has. */
export function bucketCount({ start, end, period }: Grid): number {
  return Math.max(0, Math.ceil((end - start) / period));
}

/** Aggregates a series' samples into buckets: all statistics at once, straight from the generator. */
export function aggregate(series: Series, grid: Grid): Aggregate {
  const buckets = bucketCount(grid);
  const into = {
    count: new Float64Array(buckets),
    sum: new Float64Array(buckets),
    minimum: new Float64Array(buckets).fill(Number.POSITIVE_INFINITY),
    maximum: new Float64Array(buckets).fill(Number.NEGATIVE_INFINITY),
  };
  forEachPiece(series, grid, (bucket, stretch) => addPiece(into, bucket, series, stretch));
  return scaled(into, series.scale ?? 1);
}

function scaled(found: Aggregate, scale: number): Aggregate {
  if (scale === 1) return found;
  const times = (column: Float64Array) => column.map((value) => value * scale);
  return { count: found.count, sum: times(found.sum), minimum: times(found.minimum), maximum: times(found.maximum) };
}

/** The samples of each bucket, for percentiles. */
export function samplesPerBucket(series: Series, grid: Grid): readonly (readonly number[])[] {
  const buckets = Array.from({ length: bucketCount(grid) }, (): number[] => []);
  const { scale = 1 } = series;
  forEachPiece(series, grid, (bucket, stretch) => {
    const samples = buckets[bucket];
    if (samples !== undefined) forEachSample(series, stretch, (value) => samples.push(value * scale));
  });
  return buckets;
}

/** Cuts a series' stretches at the bucket borders. */
function forEachPiece(
  series: Series,
  { start, end, period }: Grid,
  each: (bucket: number, piece: Stretch) => void,
): void {
  for (const { from, to, sampleSeconds } of series.stretches) {
    const last = Math.min(to, end);
    for (let at = Math.max(from, start); at < last; ) {
      const bucket = Math.floor((at - start) / period);
      const next = Math.min(start + (bucket + 1) * period, last);
      each(bucket, { from: at, to: next, sampleSeconds });
      at = next;
    }
  }
}

function addPiece(into: Aggregate, bucket: number, series: Series, piece: Stretch): void {
  if (series.perOperation) addOperations(into, bucket, series.channel, piece);
  else if (series.isEvents) addEvents(into, bucket, series.channel, piece);
  else if (piece.sampleSeconds === 300) {
    addSlots(into, bucket, series, Math.ceil(piece.from / 300), Math.ceil(piece.to / 300), 1);
  } else if (piece.sampleSeconds === 60) addMinutes(into, bucket, series, piece);
  else addOneByOne(into, bucket, series, piece);
}

/** Values of one piece: at most a day, as no period is longer. Filled and read at once, never kept. */
const scratch = new Float64Array(slotsPerDay + 1);

/** Adds whole slots. A slot is one sample, or five whose extremes its pattern tells. */
function addSlots(into: Aggregate, bucket: number, series: Series, from: number, to: number, samples: 1 | 5): void {
  const { channel } = series;
  const { kind } = channel;
  const lowest = series.sparse ? Number.MIN_VALUE : 0;
  const weight = kind === 'amount' ? 1 : samples;
  let count = 0;
  let sum = 0;
  let minimum = into.minimum[bucket] ?? 0;
  let maximum = into.maximum[bucket] ?? 0;
  fillValues(channel, from, to - from, scratch);
  for (let i = 0; i < to - from; i++) {
    const value = scratch[i] ?? off;
    if (value < lowest) continue;
    count += samples;
    sum += value * weight;
    let high = value;
    let low = value;
    if (samples === 5) {
      const pattern = patternAt(channel, from + i);
      const most = minuteValue(kind, value, largestOf(pattern));
      const least = minuteValue(kind, value, smallestOf(pattern));
      // What is counted in more than hundreds falls where a percentage rises.
      high = most > least ? most : least;
      low = most > least ? least : most;
    }
    if (high > maximum) maximum = high;
    if (low < minimum) minimum = low;
  }
  into.count[bucket] = (into.count[bucket] ?? 0) + count;
  into.sum[bucket] = (into.sum[bucket] ?? 0) + sum;
  into.minimum[bucket] = minimum;
  into.maximum[bucket] = maximum;
}

/** Adds one-minute samples: whole slots at once, and the minutes that stand out at either end one by one. */
function addMinutes(into: Aggregate, bucket: number, series: Series, { from, to }: Stretch): void {
  const firstWhole = Math.ceil(from / slotSeconds);
  const endWhole = Math.max(firstWhole, Math.floor(to / slotSeconds));
  const headEnd = Math.min(to, firstWhole * slotSeconds);
  addOneByOne(into, bucket, series, { from, to: headEnd, sampleSeconds: 60 });
  addSlots(into, bucket, series, firstWhole, endWhole, 5);
  addOneByOne(into, bucket, series, { from: Math.max(headEnd, endWhole * slotSeconds), to, sampleSeconds: 60 });
}

function addOneByOne(into: Aggregate, bucket: number, series: Series, piece: Stretch): void {
  forEachSample(series, piece, (value) => {
    into.count[bucket] = (into.count[bucket] ?? 0) + 1;
    into.sum[bucket] = (into.sum[bucket] ?? 0) + value;
    into.minimum[bucket] = Math.min(into.minimum[bucket] ?? value, value);
    into.maximum[bucket] = Math.max(into.maximum[bucket] ?? value, value);
  });
}

function addOperations(into: Aggregate, bucket: number, channel: Channel, { from, to }: Stretch): void {
  forEachSlot(channel, Math.ceil(from / 300), Math.ceil(to / 300), (bytes, slot) => {
    if (bytes === 0) return;
    const size = operationBytes(channel, slot);
    into.count[bucket] = (into.count[bucket] ?? 0) + bytes / size;
    into.sum[bucket] = (into.sum[bucket] ?? 0) + bytes;
    into.minimum[bucket] = Math.min(into.minimum[bucket] ?? size, size);
    into.maximum[bucket] = Math.max(into.maximum[bucket] ?? size, size);
  });
}

function addEvents(into: Aggregate, bucket: number, channel: Channel, { from, to }: Stretch): void {
  forEachSlot(channel, Math.ceil(from / 300), Math.ceil(to / 300), (events) => {
    if (events === 0) return;
    into.count[bucket] = (into.count[bucket] ?? 0) + events;
    into.sum[bucket] = (into.sum[bucket] ?? 0) + events;
    into.minimum[bucket] = 1;
    into.maximum[bucket] = 1;
  });
}

/** Calls `each` with every sample whose time lies in the piece. Of operations and events: their size, once a slot. */
function forEachSample(series: Series, { from, to, sampleSeconds }: Stretch, each: (value: number) => void): void {
  const { channel } = series;
  if (sampleSeconds === 86_400) {
    for (let time = Math.ceil(from / 86_400) * 86_400; time < to; time += 86_400)
      each(valueAt(channel, time / slotSeconds));
    return;
  }
  if (sampleSeconds === 300) {
    forEachSlot(channel, Math.ceil(from / 300), Math.ceil(to / 300), (value, slot) => {
      if (series.isEvents) {
        if (value > 0) each(1);
      } else each(series.perOperation ? operationBytes(channel, slot) : value);
    });
    return;
  }
  forEachSlot(channel, Math.floor(from / 300), Math.ceil(to / 300), (value, slot) => {
    for (let part = 0; part < 5; part++) {
      const time = slot * slotSeconds + part * 60;
      const isSent = value > 0 || !series.sparse;
      if (isSent && time >= from && time < to) each(minuteAt(channel, slot, value, part));
    }
  });
}
