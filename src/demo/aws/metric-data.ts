import type { Cell } from './cell.ts';
import type { MetricDataRequest, MetricQuery, Statistic } from './metric-query.ts';
import { resolveSeries } from './metrics.ts';
import { bandOf, retentionSeconds } from './retention.ts';
import type { Series } from './series.ts';
import { type Aggregate, aggregate, bucketCount, type Grid, samplesPerBucket } from './utilisation.ts';

/** The points of one query, oldest first. */
export interface Points {
  /** Epoch seconds at which buckets start. */
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
}

const nothing: Points = { timestamps: [], values: [] };

/**
 * Makes a reader of one request's queries. Queries that differ only in statistic share one pass over the samples.
 *
 * @param now epoch seconds: decides on bands and retention
 * @param horizon epoch seconds: samples from there on are not published yet
 */
export function pointReader(
  cell: Cell,
  request: Pick<MetricDataRequest, 'start' | 'end'>,
  now: number,
  horizon: number,
): (query: MetricQuery) => Points {
  const band = bandOf(request.start, now);
  const start = Math.floor(request.start / band.roundSeconds) * band.roundSeconds;
  const aggregates = new Map<string, Aggregate>();
  return (query) => {
    if (query.periodSeconds % band.periodSeconds !== 0) return nothing;
    const series = resolveSeries(cell, query.metric);
    if (series === undefined || (query.unit !== undefined && query.unit !== series.unit)) return nothing;
    const kept = withinRetention(series, now - retentionSeconds);
    const grid = { start, end: Math.min(request.end, horizon), period: query.periodSeconds };
    if (typeof query.statistic === 'object') return percentiles(kept, grid, query.statistic.percentile);
    const known = aggregates.get(query.key) ?? aggregate(kept, grid);
    aggregates.set(query.key, known);
    return statistics(known, grid, query.statistic);
  };
}

function withinRetention(series: Series, oldest: number): Series {
  if (series.stretches.every(({ from }) => from >= oldest)) return series;
  const from = Math.ceil(oldest / 300) * 300;
  const stretches = series.stretches.map((stretch) => ({ ...stretch, from: Math.max(stretch.from, from) }));
  return { ...series, stretches: stretches.filter((stretch) => stretch.from < stretch.to) };
}

function statistics(found: Aggregate, { start, period }: Grid, statistic: Exclude<Statistic, object>): Points {
  const timestamps: number[] = [];
  const values: number[] = [];
  const column = columnOf(found, statistic);
  for (let bucket = 0; bucket < found.count.length; bucket++) {
    const count = found.count[bucket] ?? 0;
    if (count === 0) continue;
    const value = column[bucket] ?? 0;
    timestamps.push(start + bucket * period);
    values.push(statistic === 'Average' ? value / count : value);
  }
  return { timestamps, values };
}

function columnOf(found: Aggregate, statistic: Exclude<Statistic, object>): Float64Array {
  switch (statistic) {
    case 'SampleCount':
      return found.count;
    case 'Minimum':
      return found.minimum;
    case 'Maximum':
      return found.maximum;
    default:
      return found.sum;
  }
}

/** Percentiles by linear interpolation between the samples next to the rank. */
function percentiles(series: Series, grid: Grid, percentile: number): Points {
  const timestamps: number[] = [];
  const values: number[] = [];
  if (bucketCount(grid) === 0) return nothing;
  for (const [bucket, samples] of samplesPerBucket(series, grid).entries()) {
    if (samples.length === 0) continue;
    const sorted = Float64Array.from(samples).sort();
    const rank = (percentile / 100) * (sorted.length - 1);
    const below = sorted[Math.floor(rank)] ?? 0;
    const above = sorted[Math.ceil(rank)] ?? below;
    timestamps.push(grid.start + bucket * grid.period);
    values.push(below + (above - below) * (rank % 1));
  }
  return { timestamps, values };
}
