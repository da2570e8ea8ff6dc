import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeSketches, quantile, sketchError, sketchOf } from './sketch.ts';

const values = fc.array(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 300 });
const share = fc.double({ min: 0.01, max: 1, noNaN: true });

/** By nearest rank, the plain way. */
function exactQuantile(numbers: readonly number[], q: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * numbers.length)) - 1] ?? Number.NaN;
}

it('is within its error of the true quantile', () => {
  fc.assert(
    fc.property(values, share, (numbers, q) => {
      const exact = exactQuantile(numbers, q);
      const error = Math.abs((quantile(sketchOf(numbers), q) ?? Number.NaN) - exact) / exact;
      expect(error).toBeLessThanOrEqual(sketchError * 1.000001);
    }),
  );
});

it('merges in any order into the sketch of all', () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (parts) => {
      const whole = sketchOf(parts.flat());
      expect(mergeSketches(parts.map(sketchOf))).toEqual(whole);
      expect(mergeSketches(parts.toReversed().map(sketchOf)).zeros).toBe(whole.zeros);
      expect(new Map([...mergeSketches(parts.toReversed().map(sketchOf)).buckets].sort())).toEqual(
        new Map([...whole.buckets].sort()),
      );
    }),
  );
});

it('keeps zeros apart, and gives nothing for nothing', () => {
  expect(quantile(sketchOf([0, 0, 0, 5]), 0.5)).toBe(0);
  expect(quantile(sketchOf([]), 0.5)).toBeUndefined();
});
