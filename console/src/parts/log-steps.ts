/** Whole numbers, both ends belong to it. */
export interface CountStep {
  readonly from: number;
  readonly to: number;
}

const mostSteps = 5;

/** Steps of equal ratio from 1 to the largest count: fewer where there are not as many numbers. */
export function logSteps(most: number): readonly CountStep[] {
  const ends = Array.from({ length: mostSteps }, (_, at) => Math.round(most ** ((at + 1) / mostSteps)));
  const distinct = [...new Set(ends)].filter((end) => end >= 1);
  return distinct.map((to, at) => ({ from: (distinct[at - 1] ?? 0) + 1, to }));
}

/** Which colour a step has, of 5: the last one is the strongest, however few there are. */
export function toneOf(count: number, steps: readonly CountStep[]): number {
  const at = steps.findIndex(({ to }) => count <= to);
  return mostSteps - steps.length + (at < 0 ? steps.length : at + 1);
}
