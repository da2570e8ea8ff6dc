import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recycledRows } from './use-drawn-rows.ts';

const windows = fc.array(
  fc
    .tuple(fc.nat(60), fc.integer({ min: 1, max: 12 }))
    .map(([first, length]) => Array.from({ length }, (_, offset) => first + offset)),
  { minLength: 2, maxLength: 12 },
);

it('draws what comes by the elements of what goes, where these were', () => {
  const first = recycledRows([], [10, 11, 12, 13]);
  expect(first.map(({ key }) => key)).toEqual([0, 1, 2, 3]);
  expect(recycledRows(first, [12, 13, 14, 15])).toEqual([
    { key: 0, index: 14 },
    { key: 1, index: 15 },
    { key: 2, index: 12 },
    { key: 3, index: 13 },
  ]);
});

it('makes elements for more rows, and lets go of those that are too many', () => {
  const two = recycledRows([], [0, 1]);
  const four = recycledRows(two, [0, 1, 2, 3]);
  expect(four.slice(0, 2)).toEqual(two);
  expect(four.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(recycledRows(four, [3])).toEqual([four[3]]);
});

it('draws each wanted row once, and leaves a row that stays to its element, however a list is scrolled', () => {
  fc.assert(
    fc.property(windows, (scrolls) => {
      let before = recycledRows([], []);
      for (const wanted of scrolls) {
        const rows = recycledRows(before, wanted);
        expect(rows.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(wanted);
        expect(new Set(rows.map(({ key }) => key)).size).toBe(wanted.length);
        for (const { key, index } of before) {
          if (wanted.includes(index)) expect(rows.find((row) => row.index === index)?.key).toBe(key);
        }
        before = rows;
      }
    }),
  );
});
