/** Lengths of buckets that Azure Monitor makes, longest first. Source: metrics REST API reference, `interval`. */
const grains = [
  { seconds: 86_400, interval: 'P1D' },
  { seconds: 43_200, interval: 'PT12H' },
  { seconds: 21_600, interval: 'PT6H' },
  { seconds: 3600, interval: 'PT1H' },
  { seconds: 1800, interval: 'PT30M' },
  { seconds: 900, interval: 'PT15M' },
  { seconds: 300, interval: 'PT5M' },
  { seconds: 60, interval: 'PT1M' },
] as const;

const finest = grains[grains.length - 1] ?? { seconds: 60, interval: 'PT1M' };

/** The longest one that a period, which is whole minutes, is a whole number of. */
export function grainOf(periodSeconds: number): number {
  return (grains.find(({ seconds }) => periodSeconds % seconds === 0) ?? finest).seconds;
}

/** As Azure writes it. */
export function intervalOf(grainSeconds: number): string {
  return (grains.find(({ seconds }) => seconds === grainSeconds) ?? finest).interval;
}
