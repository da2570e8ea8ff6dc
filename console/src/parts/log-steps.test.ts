import { expect, it } from 'vitest';
import { logSteps, toneOf } from './log-steps.ts';

it.each([
  { most: 1, want: [[1, 1]] },
  {
    most: 3,
    want: [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  },
  {
    most: 100_000,
    want: [
      [1, 10],
      [11, 100],
      [101, 1000],
      [1001, 10_000],
      [10_001, 100_000],
    ],
  },
])('counts to $most have steps of one ratio', ({ most, want }) => {
  expect(logSteps(most).map(({ from, to }) => [from, to])).toEqual(want);
});

it('the largest count has the strongest colour, however few steps there are', () => {
  for (const most of [1, 2, 7, 5000]) expect(toneOf(most, logSteps(most))).toBe(5);
  const steps = logSteps(100_000);
  expect([1, 10, 11, 99_999].map((count) => toneOf(count, steps))).toEqual([1, 1, 2, 5]);
});
