/** Buckets that step back from `end`: number `i` of `count` is `(end - (count - i) × period, end - (count - i - 1) × period]`. */
export interface Grid {
  /** Epoch seconds; the last bucket's end. */
  readonly end: number;
  /** Seconds. */
  readonly period: number;
  readonly count: number;
}

/** Values by bucket, oldest first; NaN where there is none. */
export type Column = Float64Array;

/** The buckets whose ends lie in `(start, end]`. The oldest is whole, and so may begin before `start`. */
export function gridOver(start: number, end: number, period: number): Grid {
  return { end, period, count: Math.max(0, Math.ceil((end - start) / period)) };
}

/** The moment after which the first bucket begins. */
export function gridStart({ end, period, count }: Grid): number {
  return end - period * count;
}

/** The end of a bucket. */
export function bucketEnd({ end, period, count }: Grid, bucket: number): number {
  return end - period * (count - bucket - 1);
}

/** A column without values. */
export function emptyColumn({ count }: Grid): Column {
  return new Float64Array(count).fill(Number.NaN);
}

/** Gives each gap between two values the straight line from one to the other, as ALIGN_RATE and ALIGN_DELTA do. */
export function bridgeGaps(column: Column): void {
  let last = -1;
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const before = column[last] ?? value;
    const steps = i - last;
    if (last >= 0) for (let k = 1; k < steps; k++) column[last + k] = before + ((value - before) * k) / steps;
    last = i;
  }
}
