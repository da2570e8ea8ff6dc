import { locale } from '../text.ts';
import type { Field } from './read-field.ts';
import { columnOf, type TableLayout } from './read-layout.ts';
import { isBlank, isDictionary, own, valueAt, wordsOf } from './value-path.ts';

/** The rows of a table, of the record or of what else it is drawn of. What is no list is one row. */
export function rowsOf(
  { path, isUnwound }: Pick<TableLayout, 'path' | 'isUnwound'>,
  data: unknown,
): readonly unknown[] {
  const found = valueAt(data, path);
  if (isBlank(found)) return [];
  if (!isUnwound) return Array.isArray(found) ? found : [found];
  return Array.isArray(found) ? found.map((item) => withAt(data, path, item)) : [data];
}

function withAt(from: unknown, [key, ...rest]: readonly string[], item: unknown): unknown {
  if (key === undefined) return item;
  return isDictionary(from) ? { ...from, [key]: withAt(own(from, key), rest, item) } : from;
}

/** A wider table than this is read as JSON. */
const mostColumns = 40;

/** A column for each key of the rows; for what has no keys, one for what it is. @param value its name */
export function columnsOf(rows: readonly unknown[], value: string): readonly Field[] {
  const keys = new Set(rows.slice(0, 100).flatMap((row) => (isDictionary(row) ? Object.keys(row) : [])));
  if (keys.size === 0) return [{ ...columnOf(value), path: [] }];
  return [...keys].slice(0, mostColumns).map(columnOf);
}

/** The rows that have a text in one of these columns, however it is written. */
export function matchingRows(rows: readonly unknown[], fields: readonly Field[], query: string): readonly unknown[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter((row) => fields.some(({ path }) => wordsOf(valueAt(row, path)).toLowerCase().includes(wanted)));
}

const collator = new Intl.Collator(locale, { numeric: true });

/** Rows without a value come last, whichever way it goes. */
export function sortedRows(
  rows: readonly unknown[],
  path: readonly string[],
  isDescending: boolean,
): readonly unknown[] {
  const keyed = rows.map((row) => ({ row, value: valueAt(row, path) }));
  const [blank, given] = [true, false].map((want) => keyed.filter(({ value }) => isBlank(value) === want));
  const turn = isDescending ? -1 : 1;
  return [...(given ?? []).toSorted((a, b) => turn * compare(a.value, b.value)), ...(blank ?? [])].map(
    ({ row }) => row,
  );
}

function compare(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(wordsOf(a), wordsOf(b));
}
