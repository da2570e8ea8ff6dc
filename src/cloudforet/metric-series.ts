import type { MetricSeries } from './dialect.ts';

/** Google's int64 series come as text. */
function numberOf(point: unknown): number {
  if (typeof point === 'number') return point;
  return typeof point === 'string' && point.trim() !== '' ? Number(point) : Number.NaN;
}

/** The values of an answer, whichever field they came in. What is no list of points is left out. */
export function readSeries(values: object | undefined): MetricSeries {
  const series = new Map<string, readonly number[]>();
  for (const [id, points] of Object.entries(values ?? {})) {
    if (Array.isArray(points)) series.set(id, points.map(numberOf));
  }
  return series;
}
