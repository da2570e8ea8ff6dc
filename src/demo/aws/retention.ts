const hour = 3600;
const day = 86_400;

/** How CloudWatch treats a request by the age of its StartTime. */
export interface Band {
  /** StartTime is at most this many seconds ago. */
  readonly youngerThan: number;
  /** StartTime is rounded down to it, and periods must be multiples of it or give nothing; seconds. */
  readonly roundSeconds: number;
  readonly periodSeconds: number;
}

/** The bands of "GetMetricData", parameters Period and StartTime, sorted by age. */
const bands: readonly Band[] = [
  { youngerThan: 3 * hour, roundSeconds: 60, periodSeconds: 1 },
  { youngerThan: 15 * day, roundSeconds: 60, periodSeconds: 60 },
  { youngerThan: 63 * day, roundSeconds: 300, periodSeconds: 300 },
  { youngerThan: Number.POSITIVE_INFINITY, roundSeconds: hour, periodSeconds: hour },
];

/** Points are kept for 455 days. */
export const retentionSeconds = 455 * day;

/** A StartTime within it falls under the smaller datapoint quota. */
export const recentSeconds = 3 * hour;

/** The band of a StartTime; both in epoch seconds. */
export function bandOf(start: number, now: number): Band {
  const age = now - start;
  const band = bands.find(({ youngerThan }) => age <= youngerThan);
  if (band === undefined) throw new RangeError(`no band for ${age} s`);
  return band;
}
