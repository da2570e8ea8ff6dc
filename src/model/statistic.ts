/** How a window of points becomes one number. `avg` is weighted by time; a percentile is of the points at a stated resolution. */
export const statistics = ['avg', 'max', 'min', 'p50', 'p95', 'p99'] as const;
export type Statistic = (typeof statistics)[number];

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
export type Percentile = keyof typeof quantiles;

export function isPercentile(statistic: Statistic): statistic is Percentile {
  return Object.hasOwn(quantiles, statistic);
}

/** 0.95 for `p95`. */
export function quantileOf(percentile: Percentile): number {
  return quantiles[percentile];
}

/** Percentiles need the points themselves; all other statistics need one bucket a day. */
export function needsPoints(wanted: readonly Statistic[]): boolean {
  return wanted.some(isPercentile);
}
