import fc from 'fast-check';
import { expect, it } from 'vitest';
import { amountOf, isEnough, maxCostOf, shownBound } from './max-cost.ts';

it.each([
  { typed: '', bound: 0.4, enough: true, most: 0.4 },
  { typed: '0.4', bound: 0.4, enough: true, most: 0.4 },
  { typed: '1', bound: 0.4, enough: true, most: 1 },
  { typed: '0.39', bound: 0.4, enough: false },
  { typed: '0', bound: 0.4, enough: false },
  { typed: '-1', bound: 0.4, enough: false },
  { typed: '-1', bound: 0, enough: true, most: 0 },
])('lets a plan of $bound begin where $typed is allowed: $enough', ({ typed, bound, enough, most }) => {
  expect(isEnough(typed, bound)).toBe(enough);
  if (most !== undefined) expect(maxCostOf(typed, bound)).toBe(most);
});

it('takes what it shows of a bound for the whole bound', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e4, noNaN: true }), (bound) => {
      expect(isEnough(shownBound(bound), bound)).toBe(true);
      expect(maxCostOf(shownBound(bound), bound)).toBeGreaterThanOrEqual(bound);
    }),
  );
});

it('keeps no amount that is none', () => {
  expect(['', '0', '-1', 'Infinity', '0.5'].map(amountOf)).toEqual([undefined, undefined, undefined, undefined, 0.5]);
});
