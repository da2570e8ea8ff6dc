import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binsOf } from './bins.ts';

const itemsOf = (groups: readonly number[]) =>
  groups.flatMap((count, group) => Array.from({ length: count }, (_, index) => ({ group: `g${group}`, index })));

it('each item is in one bin, no bin is too large or of too many groups, and a group is cut only where it must be', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 4 }),
      (groups, size, mostGroups) => {
        const items = itemsOf(groups);
        const bins = binsOf(items, size, mostGroups);
        expect(new Set(bins.flat())).toEqual(new Set(items));
        expect(bins.flat()).toHaveLength(items.length);
        const pieces = new Map<string, number>();
        for (const bin of bins) {
          expect(bin.length).toBeLessThanOrEqual(size);
          const inBin = new Set(bin.map(({ group }) => group));
          expect(inBin.size).toBeLessThanOrEqual(mostGroups);
          for (const group of inBin) pieces.set(group, (pieces.get(group) ?? 0) + 1);
        }
        for (const [group, count] of groups.entries()) expect(pieces.get(`g${group}`)).toBe(Math.ceil(count / size));
      },
    ),
  );
});

it('a thousand servers of four groups are five calls', () => {
  expect(binsOf(itemsOf([250, 250, 250, 250]), 200, 20)).toHaveLength(5);
  expect(binsOf(itemsOf([250, 250, 250, 250]), 200, 1)).toHaveLength(8);
});
