import { useLayoutEffect, useRef } from 'react';

/** A row of the list, and the element that draws it. */
export interface DrawnRow {
  /** Of the element. */
  readonly key: number;
  readonly index: number;
}

/** Rows of a window and one elsewhere. Once the list rests, its elements follow each other as its rows do: so they are read out. */
export function useDrawnRows(first: number, end: number, elsewhere: number, isScrolling: boolean): readonly DrawnRow[] {
  const before = useRef<readonly DrawnRow[]>([]);
  const wanted = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset);
  if (elsewhere < first || elsewhere >= end) wanted.push(elsewhere);
  const drawn = recycledRows(before.current, wanted);
  const rows = isScrolling ? drawn : drawn.toSorted((one, other) => one.index - other.index);
  useLayoutEffect(() => {
    before.current = rows;
  });
  return rows;
}

/**
 * A row that is still wanted keeps its element and its place among them; one that comes takes the element and the place of one
 * that goes, as another text in an element costs less than another element.
 */
export function recycledRows(before: readonly DrawnRow[], wanted: readonly number[]): readonly DrawnRow[] {
  const [drawn, staying] = [new Set(before.map(({ index }) => index)), new Set(wanted)];
  const coming = wanted.filter((index) => !drawn.has(index)).values();
  const rows = before.flatMap((row) => {
    if (staying.has(row.index)) return [row];
    const { value } = coming.next();
    return value === undefined ? [] : [{ key: row.key, index: value }];
  });
  let key = Math.max(-1, ...rows.map((row) => row.key));
  for (const index of coming) rows.push({ key: ++key, index });
  return rows;
}
