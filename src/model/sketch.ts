/**
 * A quantile sketch with relative error (DDSketch: Masson, Rim, Lee, VLDB 2019): the logarithm of the value picks a
 * bucket, buckets add up, so that sketches of days merge into the sketch of any window, in any order.
 */
export interface Sketch {
  /** Points at or below `smallest`, zero among them. */
  readonly zeros: number;
  /** Bucket number → points in it. Values in bucket `i` lie in `(γ^(i-1), γ^i]`. */
  readonly buckets: ReadonlyMap<number, number>;
}

/** The largest relative error of a quantile read from a sketch. */
export const sketchError = 0.005;

const gamma = (1 + sketchError) / (1 - sketchError);
const logGamma = Math.log(gamma);
const smallest = 1e-9;

export function sketchOf(values: Iterable<number>): Sketch {
  let zeros = 0;
  const buckets = new Map<number, number>();
  for (const value of values) {
    if (value <= smallest) zeros++;
    else {
      const bucket = Math.ceil(Math.log(value) / logGamma);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
  }
  return { zeros, buckets };
}

export function mergeSketches(sketches: Iterable<Sketch>): Sketch {
  let zeros = 0;
  const buckets = new Map<number, number>();
  for (const sketch of sketches) {
    zeros += sketch.zeros;
    for (const [bucket, count] of sketch.buckets) buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
  }
  return { zeros, buckets };
}

/**
 * The value at a quantile, by nearest rank, within `sketchError` of it.
 *
 * @param quantile 0 to 1
 * @returns undefined where the sketch is empty
 */
export function quantile(sketch: Sketch, quantile: number): number | undefined {
  const total = countOf(sketch);
  if (total === 0) return undefined;
  const rank = Math.max(1, Math.ceil(quantile * total));
  let seen = sketch.zeros;
  if (seen >= rank) return 0;
  for (const [bucket, count] of [...sketch.buckets].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= rank) return (2 * gamma ** bucket) / (gamma + 1);
  }
  return undefined;
}

function countOf(sketch: Sketch): number {
  let count = sketch.zeros;
  for (const n of sketch.buckets.values()) count += n;
  return count;
}
