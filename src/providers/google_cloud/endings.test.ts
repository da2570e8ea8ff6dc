import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Endings, endingCount, endingOf, evenRuns, joinedEndings, patternOf } from './endings.ts';

const runs = fc
  .tuple(fc.nat(endingCount - 1), fc.nat(endingCount - 1))
  .map(([a, b]): Endings => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 }));

describe('a run of endings', () => {
  it('has a pattern for its ids, and for no others', () => {
    fc.assert(
      fc.property(runs, fc.bigInt(10n ** 3n, 2n ** 64n).map(String), ({ from, to }, some) => {
        const pattern = patternOf({ from, to });
        expect(pattern.length).toBeLessThanOrEqual(70);
        const idOf = (ending: number) => `81${[...String(ending).padStart(4, '0')].reverse().join('')}`;
        for (const id of [some, ...[from - 1, from, to - 1, to].filter((ending) => ending >= 0).map(idOf)]) {
          const ending = endingOf(id);
          expect(new RegExp(`^(?:${pattern})$`).test(id)).toBe(from <= ending && ending < to);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    { from: 0, to: 1000, pattern: '.*(0)' },
    { from: 2000, to: 3500, pattern: '.*(2|[0-4]3)' },
    { from: 1234, to: 1236, pattern: '.*([4-5]321)' },
  ])('from $from to $to is $pattern', ({ pattern, ...run }) => {
    expect(patternOf(run)).toBe(pattern);
  });

  it('is one with those that touch it', () => {
    const [a, b, c] = [
      { from: 0, to: 10 },
      { from: 10, to: 30 },
      { from: 31, to: 40 },
    ];
    expect(joinedEndings([c, b, a, b])).toEqual([{ from: 0, to: 30 }, c]);
  });
});

it('divides endings evenly, into as few runs as there can be where single ones are few', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 50 }),
      (some, size) => {
        const counts = Uint32Array.from(some);
        const total = some.reduce((sum, count) => sum + count, 0);
        fc.pre(total > 0);
        const parts = [...evenRuns(counts, size)];
        const sizes = parts.map(({ from, to }) => counts.subarray(from, to).reduce((sum, count) => sum + count, 0));
        expect(parts.map(({ from }) => from)).toEqual([0, ...parts.slice(0, -1).map(({ to }) => to)]);
        expect(parts.at(-1)?.to).toBe(counts.length);
        for (const [at, own] of sizes.entries()) {
          expect(own).toBeGreaterThan(0);
          const { from, to } = parts[at] ?? { from: 0, to: 0 };
          if (own > size) expect(counts.subarray(from, to).filter((count) => count > 0)).toHaveLength(1);
        }
        if (size > 3) expect(parts.length).toBeLessThanOrEqual(Math.ceil(total / (size - 3)));
      },
    ),
  );
});
