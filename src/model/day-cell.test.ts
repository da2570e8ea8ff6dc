import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addParts, averageOf, type DayCell, emptyCell, joinStretches } from './day-cell.ts';

const cell = fc.record({
  sum: fc.integer({ min: 0, max: 1e9 }),
  seconds: fc.integer({ min: 0, max: 86_400 }),
  max: fc.integer({ min: 0, max: 1e6 }),
  min: fc.integer({ min: 0, max: 1e6 }),
});

describe('joinStretches', () => {
  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 20 }), (cells) => {
        expect(joinStretches(cells.toReversed())).toEqual(joinStretches(cells));
      }),
    );
  });

  it('does not depend on how the window is cut', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 20 }), fc.nat(20), (cells, cut) => {
        const parts = [joinStretches(cells.slice(0, cut)), joinStretches(cells.slice(cut))];
        expect(joinStretches(parts)).toEqual(joinStretches(cells));
      }),
    );
  });

  it('weighs by time', () => {
    const { sum, seconds, max } = joinStretches([
      { sum: 100 * 3600, seconds: 3600, max: 100 },
      { sum: 10 * 32_400, seconds: 32_400, max: 20 },
    ]);
    expect(sum / seconds).toBe(19);
    expect(max).toBe(100);
  });

  it('weighs by events where the cells count those', () => {
    const busy = { sum: 900, seconds: 3600, max: 3, events: 900 };
    const idle = { sum: 50, seconds: 82_800, max: 9, events: 10 };
    const both = joinStretches([busy, idle]);
    expect(both).toEqual({ sum: 950, seconds: 86_400, max: 9, events: 910 });
    expect(averageOf(both)).toBe(950 / 910);
    expect(averageOf({ sum: 10, seconds: 4, max: 5 })).toBe(2.5);
  });

  it('is empty where nothing was observed, and never a zero', () => {
    expect(joinStretches([emptyCell, emptyCell])).toEqual(emptyCell);
    expect(joinStretches([emptyCell, { sum: 6, seconds: 2, max: -1 }])).toEqual({ sum: 6, seconds: 2, max: -1 });
  });
});

describe('addParts', () => {
  const ebs: DayCell = { sum: 200, seconds: 100, max: 5, min: 1 };
  const store: DayCell = { sum: 50, seconds: 100, max: 3, min: 0 };

  it('adds what happens at the same time, and says that the peak is a bound', () => {
    expect(addParts([ebs, store])).toEqual({ sum: 250, seconds: 100, max: 8, min: 1, maxIsUpperBound: true });
  });

  it('takes the one that has data as it is', () => {
    expect(addParts([emptyCell, ebs])).toEqual(ebs);
  });

  it('does not call a peak a bound where only one part had any', () => {
    expect(addParts([ebs, { sum: 0, seconds: 100, max: 0, min: 0 }])).toEqual({ ...ebs, min: 1 });
  });
});
