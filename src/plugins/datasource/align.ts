import type { Points } from '#model/metric-reader.ts';

/** Series as Cloudforet carries them: one list of times for all. */
export interface AlignedSeries {
  /** ISO 8601, ascending: every time at which any of the series has a point. */
  readonly labels: readonly string[];
  /** By resource: as long as `labels`, null where the series has no point; empty where it has none at all. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * Puts series on one axis. A gap is null, which the platform passes on and its console draws as a gap; never a zero. A series
 * without any point is an empty list, as the platform's own plugins say it.
 */
export function alignSeries(series: ReadonlyMap<string, Points>): AlignedSeries {
  const times = new Set([...series.values()].flatMap(({ timestamps }) => timestamps));
  const axis = [...times].sort((a, b) => a - b);
  return {
    labels: axis.map((seconds) => new Date(seconds * 1000).toISOString()),
    values: Object.fromEntries([...series].map(([id, points]) => [id, onAxis(points, axis)])),
  };
}

function onAxis({ timestamps, values }: Points, axis: readonly number[]): readonly (number | null)[] {
  if (timestamps.length === axis.length || timestamps.length === 0) return values;
  const byTime = new Map(timestamps.map((timestamp, at) => [timestamp, values[at] ?? null]));
  return axis.map((timestamp) => byTime.get(timestamp) ?? null);
}
