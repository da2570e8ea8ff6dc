import type { Reducer } from './aggregation.ts';
import type { Column } from './grid.ts';

/**
 * Reduces columns of one grid to one, bucket by bucket, over those that have a value there. Holds two at a time.
 *
 * @param columns the first is written to
 */
export function reduceColumns(columns: Iterable<Column>, reducer: Reducer): Column {
  let reduced: Column | undefined;
  let counts: Float64Array | undefined;
  for (const column of columns) {
    if (reducer === 'REDUCE_COUNT' || reducer === 'REDUCE_MEAN') {
      counts ??= new Float64Array(column.length);
      countValues(counts, column);
    }
    if (reduced === undefined) reduced = column;
    else combineColumns(reduced, column, combiners[reducer]);
  }
  return finish(reduced ?? new Float64Array(0), counts, reducer);
}

type Combine = (a: number, b: number) => number;

const add: Combine = (a, b) => a + b;

const combiners: Readonly<Record<Reducer, Combine>> = {
  REDUCE_NONE: add,
  REDUCE_SUM: add,
  REDUCE_MEAN: add,
  REDUCE_COUNT: add,
  REDUCE_MIN: Math.min,
  REDUCE_MAX: Math.max,
};

function combineColumns(reduced: Column, column: Column, combine: Combine): void {
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const before = reduced[i] ?? Number.NaN;
    reduced[i] = Number.isNaN(before) ? value : combine(before, value);
  }
}

function countValues(counts: Float64Array, column: Column): void {
  for (let i = 0; i < column.length; i++) if (!Number.isNaN(column[i] ?? Number.NaN)) counts[i] = (counts[i] ?? 0) + 1;
}

function finish(reduced: Column, counts: Float64Array | undefined, reducer: Reducer): Column {
  if (counts === undefined) return reduced;
  if (reducer === 'REDUCE_COUNT') return counts.map((count) => (count === 0 ? Number.NaN : count));
  return reduced.map((sum, i) => sum / (counts[i] ?? 0));
}
