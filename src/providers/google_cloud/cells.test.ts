import { describe, expect, it } from 'vitest';
import { emptyCell } from '#model/day-cell.ts';
import { quantile } from '#model/sketch.ts';
import { daySeconds, startOf } from '#model/window.ts';
import { type Aggregation, bucketSecondsOf, dailyOf, middleOf, pointsOf, type Stat } from './aggregation.ts';
import type { Sampling } from './catalog.ts';
import { cellsOf } from './cells.ts';
import { Columns } from './columns.ts';

const days = { from: 100, to: 101 };

/** What is answered for one day, as columns hold it. */
function columnOf(aggregation: Aggregation, values: readonly number[], id = '7', into?: Columns): Columns {
  const seconds = bucketSecondsOf(aggregation);
  const columns = into ?? new Columns(days, seconds);
  values.forEach((value, at) => {
    columns.set(id, startOf(100) + (at + 1) * seconds, value * aggregation.factor);
  });
  return columns;
}

function cellOf(
  { count, sum, mean = sum, max, min }: Readonly<Partial<Record<Stat, number>>>,
  { sampling, factor = 1, points }: { sampling: Sampling; factor?: number; points?: readonly number[] },
  sampleSeconds: 60 | 600 = 60,
) {
  const column = (stat: Stat, value: number | undefined, of = sampling) =>
    columnOf(dailyOf(stat, of, sampleSeconds), value === undefined ? [] : [value]);
  const daily = {
    count: column('count', count, 'level'),
    middle: column(middleOf(sampling), mean),
    max: column('max', max),
    ...(min === undefined ? {} : { min: column('min', min) }),
  };
  const course = points === undefined ? {} : { points: columnOf(pointsOf(sampling, sampleSeconds), points) };
  return cellsOf(['7'], factor, { daily, sampling, sampleSeconds, ...course }, days).get(100);
}

describe('a day', () => {
  it('of a level counts for the minutes that samples were seen in', () => {
    const cell = cellOf({ count: 60, sum: 15, max: 0.5, min: 0.1 }, { sampling: 'level', factor: 100 });
    expect(cell).toEqual({ sum: 25 * 3600, seconds: 3600, max: 50, min: 10 });
  });

  it('of an amount is what was moved, and its peak by the second', () => {
    const cell = cellOf({ count: 120, sum: 7200, max: 600 }, { sampling: 'amount' });
    expect(cell).toEqual({ sum: 7200, seconds: 7200, max: 10 });
  });

  it('of levels has the mean of their own samples, over the time that the family was seen in', () => {
    const cell = cellOf({ count: 60, mean: 12, max: 30, min: 4 }, { sampling: 'levels' });
    expect(cell).toEqual({ sum: 12 * 3600, seconds: 3600, max: 30, min: 4 });
  });

  it('of an agent that writes every ten seconds is no longer than a day', () => {
    const cell = cellOf({ count: 8640, sum: 8640 * 40, max: 60 }, { sampling: 'level' });
    expect(cell).toEqual({ sum: 40 * daySeconds, seconds: daySeconds, max: 60 });
  });

  it('that is kept in pieces of ten minutes counts for those', () => {
    const cell = cellOf({ count: 6, sum: 3600, max: 1200 }, { sampling: 'amount' }, 600);
    expect(cell).toEqual({ sum: 3600, seconds: 3600, max: 2 });
  });

  it.each([
    { name: 'nothing', values: {} },
    { name: 'no samples', values: { count: 0, sum: 5, max: 5 } },
    { name: 'samples of another metric alone', values: { count: 1440 } },
    { name: 'a sum without a time', values: { sum: 5, max: 5 } },
  ])('with $name has no data, which is not zero', ({ values }) => {
    expect(cellOf(values, { sampling: 'amount' })).toBe(emptyCell);
  });

  it('has percentiles of its points, in the unit of its key', () => {
    const points = Array.from({ length: 100 }, (_, at) => (at + 1) * 300);
    const { sketch } = cellOf({ count: 500, sum: 1, max: 1 }, { sampling: 'amount', factor: 2, points }) ?? emptyCell;
    if (sketch === undefined) throw new Error('no sketch');
    const p95 = quantile(sketch, 0.95) ?? 0;
    expect(Math.abs(p95 - 190) / 190).toBeLessThan(0.0051);
  });
});

describe('a day that several VMs tell of', () => {
  const stat = (name: Stat, a: number, b: number) => {
    const aggregation = dailyOf(name, name === 'count' ? 'level' : 'amount', 60);
    return columnOf(aggregation, [b], 'b', columnOf(aggregation, [a], 'a'));
  };
  const daily = { count: stat('count', 1440, 720), middle: stat('sum', 14_400, 3600), max: stat('max', 600, 120) };
  const read = { daily, sampling: 'amount', sampleSeconds: 60 } as const;

  it('is their sum, over the time of the one that was seen longest; their peaks need not have met', () => {
    expect(cellsOf(['a', 'b'], 1, read, days).get(100)).toEqual({
      sum: 18_000,
      seconds: 86_400,
      max: 12,
      maxIsUpperBound: true,
    });
  });

  it('has percentiles of what they did at the same time', () => {
    const aggregation = pointsOf('amount', 60);
    const points = columnOf(aggregation, [300, 600], 'b', columnOf(aggregation, [300, 300, 900], 'a'));
    const { sketch } = cellsOf(['a', 'b'], 1, { ...read, points }, days).get(100) ?? emptyCell;
    if (sketch === undefined) throw new Error('no sketch');
    const found = [0, 0.4, 1].map((q) => quantile(sketch, q) ?? 0);
    for (const [at, expected] of [2, 3, 3].entries()) expect(found[at]).toBeCloseTo(expected, 1);
  });

  it('is that of the one that there is', () => {
    expect(cellsOf(['a', 'c'], 1, read, days).get(100)).toEqual({ sum: 14_400, seconds: 86_400, max: 10 });
    expect(cellsOf([], 1, read, days).get(100)).toEqual(emptyCell);
  });
});
