import { type Sketch, sketchError } from '#model/sketch.ts';

/** A value, within 0.5 %, and how many points had it. */
export type ValueCount = readonly [value: number, count: number];

/** The points of some days together. Dense, and so some ten times as quick to make as a sketch: a fleet has many days. */
export interface Points {
  readonly total: number;
  readonly zeros: number;
  /** The bucket of the first of `counts`. */
  readonly lowest: number;
  /** By bucket of the sketches. */
  readonly counts: Uint32Array;
}

/** How much larger the values of a bucket are than those of the one before. */
const ratio = (1 + sketchError) / (1 - sketchError);

export function joinPoints(sketches: readonly Sketch[]): Points {
  let [lowest, highest, zeros] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const sketch of sketches) {
    zeros += sketch.zeros;
    for (const bucket of sketch.buckets.keys()) {
      if (bucket < lowest) lowest = bucket;
      if (bucket > highest) highest = bucket;
    }
  }
  const counts = new Uint32Array(highest < lowest ? 0 : highest - lowest + 1);
  let total = zeros;
  for (const { buckets } of sketches) {
    for (const [bucket, count] of buckets) {
      counts[bucket - lowest] = (counts[bucket - lowest] ?? 0) + count;
      total += count;
    }
  }
  return { total, zeros, lowest, counts };
}

/** The value at a quantile by nearest rank, as `quantile` of the model says it. @returns undefined where there are no points */
export function quantileOf({ total, zeros, lowest, counts }: Points, quantile: number): number | undefined {
  const rank = Math.max(1, Math.ceil(quantile * total));
  let seen = zeros;
  if (seen >= rank) return 0;
  for (const [at, count] of counts.entries()) {
    seen += count;
    if (seen >= rank) return middleOf(lowest + at);
  }
  return undefined;
}

/** How many points are above a level; those within 0.5 % of it may be on either side. */
export function countAbove({ lowest, counts }: Points, level: number): number {
  let above = 0;
  for (const [at, count] of counts.entries()) if (middleOf(lowest + at) > level) above += count;
  return above;
}

/** The points of a day, lowest first; a sketch of these values is the same one. */
export function valuesOf({ zeros, buckets }: Sketch): ValueCount[] {
  const values = [...buckets].sort(([a], [b]) => a - b).map(([bucket, count]): ValueCount => [middleOf(bucket), count]);
  return zeros === 0 ? values : [[0, zeros], ...values];
}

function middleOf(bucket: number): number {
  return (2 * ratio ** bucket) / (ratio + 1);
}
