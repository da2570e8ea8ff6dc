import type { Points, ReadStat, ReadWindow } from '#model/metric-reader.ts';

/** What to read for one statistic, and how that becomes its points. */
export interface ReadPlan {
  readonly stats: readonly ReadStat[];
  readonly periodSeconds: number;
  /** @param parts the points of each of `stats` */
  fold(parts: readonly Points[], window: ReadWindow): Points;
}

const nothing: Points = { timestamps: [], values: [] };

/**
 * Buckets that the cloud has not got are folded of those that it has, without loss: an average from sums and counts.
 *
 * @param periodSeconds a multiple of `grainSeconds`
 */
export function planReads(stat: ReadStat, periodSeconds: number, grainSeconds: number): ReadPlan {
  if (periodSeconds === grainSeconds) return { stats: [stat], periodSeconds, fold: ([points = nothing]) => points };
  const foldOne = (points: Points, { start }: ReadWindow, join: (a: number, b: number) => number) =>
    foldBuckets(points, start, periodSeconds, join);
  if (stat !== 'avg') {
    const join = { max: Math.max, min: Math.min, sum: add, count: add }[stat];
    return {
      stats: [stat],
      periodSeconds: grainSeconds,
      fold: ([points = nothing], window) => foldOne(points, window, join),
    };
  }
  return {
    stats: ['sum', 'count'],
    periodSeconds: grainSeconds,
    fold: ([sums = nothing, counts = nothing], window) => {
      const { timestamps, values } = foldOne(sums, window, add);
      const samples = foldOne(counts, window, add).values;
      return { timestamps, values: values.map((value, at) => value / (samples[at] ?? Number.NaN)) };
    },
  };
}

function foldBuckets(
  { timestamps, values }: Points,
  start: number,
  periodSeconds: number,
  join: (a: number, b: number) => number,
): Points {
  const folded = new Map<number, number>();
  timestamps.forEach((timestamp, at) => {
    const bucket = start + Math.floor((timestamp - start) / periodSeconds) * periodSeconds;
    const [before, value = 0] = [folded.get(bucket), values[at]];
    folded.set(bucket, before === undefined ? value : join(before, value));
  });
  return { timestamps: [...folded.keys()], values: [...folded.values()] };
}

function add(a: number, b: number): number {
  return a + b;
}
