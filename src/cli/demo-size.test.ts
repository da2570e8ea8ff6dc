import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestDemo, parseDemoSize, resized, smallestDemo } from './demo-size.ts';

const usual = { one: [{ a: 360, b: 210 }, { a: 170 }], other: [{ c: 20 }, { d: 7, e: 0 }] };

const counts = (fleet: typeof usual | ReturnType<typeof resized<'one' | 'other'>>): number[] =>
  Object.values(fleet).flatMap((accounts) => accounts.flatMap((places) => Object.values(places)));

describe('a demo of another size', () => {
  it('has that many servers, in the places that it had, and none where there were none', () => {
    fc.assert(
      fc.property(fc.integer({ min: smallestDemo, max: largestDemo }), (size) => {
        const made = counts(resized(usual, size));
        expect(made.reduce((sum, count) => sum + count, 0)).toBe(size);
        expect(made).toHaveLength(counts(usual).length);
        for (const [at, count] of counts(usual).entries())
          expect(Math.abs((made[at] ?? Number.NaN) - (count * size) / 767)).toBeLessThan(1);
        expect(made.at(-1)).toBe(0);
      }),
    );
  });

  it('is as it was where its size is', () => {
    expect(resized(usual, 767)).toEqual(usual);
  });

  it.each(['19', '100001', '20.5', '-20', 'many', ''])('is refused where it is %j', (text) => {
    expect(() => parseDemoSize(text)).toThrow('from 20 to 100000');
  });
});
