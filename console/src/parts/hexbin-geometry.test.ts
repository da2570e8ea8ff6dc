import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAt, centreOf, frameOf, nextCell, percentAt, rangeOf, rangesOf } from './hexbin-geometry.ts';

const lattice = { columns: 36, rows: 26 };
const frame = frameOf(lattice);
const cells = fc.record({ column: fc.nat(lattice.columns - 1), row: fc.nat(lattice.rows) });

describe('a hexagon', () => {
  it('is found where its centre is', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const { x, y } = centreOf(lattice, cell);
        expect(cellAt(lattice, x, y)).toEqual(cell);
      }),
      { seed: 3 },
    );
  });

  it('has all of its places within its ranges', () => {
    const places = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(places, ([across, down]) => {
        const [x, y] = [frame.left + across * frame.inX, frame.top + down * frame.inY];
        const { x: inX, y: inY } = rangesOf(lattice, cellAt(lattice, x, y));
        const percent = percentAt(lattice, x, y);
        for (const [value, { from, to }] of [
          [percent.x, inX],
          [percent.y, inY],
        ] as const) {
          expect(value).toBeGreaterThanOrEqual(from - 1e-9);
          expect(value).toBeLessThanOrEqual((to ?? 100) + 1e-9);
        }
      }),
      { seed: 4 },
    );
  });
});

it.each([
  { from: -1, to: 1.39, want: { from: 0, to: 1.4 } },
  { from: 98.61, to: 101.4, want: { from: 98.6, to: null } },
  { from: 2.5, to: 5, want: { from: 2.5, to: 5 } },
])('a range from $from to $to is widened to a tenth', ({ from, to, want }) => {
  expect(rangeOf(from, to)).toEqual(want);
});

describe('a key', () => {
  const [here, right, up, far] = [
    { column: 1, row: 2, servers: 1 },
    { column: 2, row: 2, servers: 2 },
    { column: 1, row: 4, servers: 9 },
    { column: 9, row: 2, servers: 3 },
  ] as const;
  const all = [here, right, up, far];
  it.each([
    { key: 'ArrowRight', want: right },
    { key: 'ArrowUp', want: up },
    { key: 'ArrowLeft', want: here },
    { key: 'Home', want: up },
    { key: 'x', want: undefined },
  ])('$key leads from cell to cell', ({ key, want }) => {
    expect(nextCell(all, here, key)).toBe(want);
  });
});
