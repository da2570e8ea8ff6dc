import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Rectangle, squarify } from './squarify.ts';

const within: Rectangle = { x: 10, y: 20, width: 600, height: 400 };
const area = ({ width, height }: Rectangle) => width * height;
const sizes = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 60 });

describe('a treemap', () => {
  it('lays the example of the paper as the paper does', () => {
    const parts = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    expect(parts.slice(0, 2)).toEqual([
      { x: 0, y: 0, width: 3, height: 2 },
      { x: 0, y: 2, width: 3, height: 2 },
    ]);
    expect(parts[2]?.height).toBeCloseTo(7 / 3);
  });

  it('gives each its share, and all of the room', () => {
    fc.assert(
      fc.property(sizes, (each) => {
        const total = each.reduce((sum, size) => sum + size, 0);
        const parts = squarify(each, within);
        parts.forEach((part, at) => {
          expect(area(part)).toBeCloseTo(((each[at] ?? 0) / total) * area(within), 4);
          expect(part.x).toBeGreaterThanOrEqual(within.x - 1e-6);
          expect(part.y).toBeGreaterThanOrEqual(within.y - 1e-6);
          expect(part.x + part.width).toBeLessThanOrEqual(within.x + within.width + 1e-6);
          expect(part.y + part.height).toBeLessThanOrEqual(within.y + within.height + 1e-6);
        });
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('lays none over another', () => {
    fc.assert(
      fc.property(sizes, (each) => {
        const parts = squarify(each, within);
        for (const [at, one] of parts.entries()) {
          for (const other of parts.slice(at + 1)) {
            const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
            const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
            expect(Math.min(across, down)).toBeLessThan(1e-6);
          }
        }
      }),
      { seed: 6, numRuns: 30 },
    );
  });

  it.each([
    { sizes: [], want: [] },
    { sizes: [0, 0], want: [0, 0] },
    { sizes: [0, 5], want: [0, 240_000] },
  ])('of $sizes', ({ sizes: each, want }) => {
    expect(squarify(each, within).map(area)).toEqual(want);
  });
});
