import type { PercentRange } from '../parts/hexbin-geometry.ts';

/** What each of five colours stands for, in percent: the end is not part of it. */
export const toneRanges: readonly PercentRange[] = [
  { from: 0, to: 10 },
  { from: 10, to: 25 },
  { from: 25, to: 50 },
  { from: 50, to: 75 },
  { from: 75, to: null },
];

/** 1 to 5; 0 where there is no value, which is no small one. */
export function toneOfValue(value: number | null): number {
  if (value === null) return 0;
  return toneRanges.findIndex(({ to }) => to === null || value < to) + 1;
}
