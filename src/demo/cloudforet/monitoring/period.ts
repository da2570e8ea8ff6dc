/** The longest range that a data source answers with each period, in seconds; longer ones get a day. */
const ladder = [
  { rangeSeconds: 3_600, periodSeconds: 60 },
  { rangeSeconds: 21_600, periodSeconds: 600 },
  { rangeSeconds: 43_200, periodSeconds: 1_200 },
  { rangeSeconds: 86_400, periodSeconds: 1_800 },
  { rangeSeconds: 3 * 86_400, periodSeconds: 3_600 },
  { rangeSeconds: 7 * 86_400, periodSeconds: 10_800 },
  { rangeSeconds: 14 * 86_400, periodSeconds: 21_600 },
] as const;

/** The period of a data source that was not told any. */
export function defaultPeriod(rangeSeconds: number): number {
  return ladder.find((step) => rangeSeconds <= step.rangeSeconds)?.periodSeconds ?? 86_400;
}
