import { describe, expect, it } from 'vitest';
import { emptyCell } from '#model/day-cell.ts';
import { quantile } from '#model/sketch.ts';
import { daySeconds, startOf } from '#model/window.ts';
import { type Aggregation, bucketSecondsOf, dailyOf, pointsOf, type Stat } from './aggregation.ts';
import type { Sampling } from './catalog.ts';
import { cellsOf } from './cells.ts';
import { Columns } from './columns.ts';

const days = { from: 100, to: 101 };

/** What is answered for one day, as columns hold it. */
function columnOf(aggregation: Aggregation, values: readonly number[]): Columns {
  const seconds = bucketSecondsOf(aggregation);
  const columns = new Columns(days, seconds);
  values.forEach((value, at) => {
    columns.set('7', startOf(100) + (at + 1) * seconds, value * aggregation.factor);
  });
  return columns;
}

function cellOf(
  { count, sum, max, min }: Readonly<Partial<Record<Stat, number>>>,
  { sampling, factor = 1, points }: { sampling: Sampling; factor?: number; points?: readonly number[] },
  sampleSeconds: 60 | 600 = 60,
) {
  const column = (stat: Stat, value: number | undefined, of = sampling) =>
    columnOf(dailyOf(stat, of, sampleSeconds), value === undefined ? [] : [value]);
  const daily = {
    count: column('count', count, 'level'),
    sum: column('sum', sum),
    max: column('max', max),
    ...(min === undefined ? {} : { min: column('min', min) }),
  };
  const course = points === undefined ? {} : { points: columnOf(pointsOf(sampling, sampleSeconds), points) };
  return cellsOf('7', factor, { daily, sampling, sampleSeconds, ...course }, days).get(100);
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
