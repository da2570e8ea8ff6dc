import type { DatabaseSync } from 'node:sqlite';
import type { Comparison, Json } from '../query/condition.ts';
import { fits } from '../query/fits.ts';

/** What SQLite cannot say by itself, as functions of SQL; their arguments are made by this code alone. */
export function defineQueryFunctions(database: DatabaseSync): void {
  const comparisons = remembered<Comparison>();
  database.function('record_fits', { deterministic: true }, (doc, text) => {
    const record: Json = JSON.parse(String(doc));
    return fits(comparisons(String(text)), record) ? 1 : 0;
  });
  database.function('text_matches', { deterministic: true }, (text, pattern) =>
    fits({ path: ['text'], is: 'matching', pattern: String(pattern) }, { text: String(text) }) ? 1 : 0,
  );
}

/** JSON is parsed once for all rows of a query. */
function remembered<T>(): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, value: JSON.parse(text) };
    return last.value;
  };
}
