import { sql } from 'kysely';
import type { RecordSearch, SearchResult } from '../inventory.ts';
import { columnAt } from './record-condition.ts';
import { countRows } from './record-head.ts';
import { fromResource, rowsOf, wantedAt } from './record-rows.ts';
import type { SqlSession } from './session.ts';

/** Rows that fit, in order; equal ones by id. What has no value comes before what has, or after where descending. */
export async function searchRecords(session: SqlSession, search: RecordSearch): Promise<SearchResult> {
  const { db, dialect } = session;
  const filter = { condition: search.condition };
  const count = await countRows(session, filter);
  if (search.limit === 0 || search.offset >= count) return { total: count, rows: [] };
  const order = search.sort.flatMap(({ path, descending }) => {
    const column = columnAt(path);
    const keys = column === undefined ? dialect.sortKeys(path) : [column];
    return keys.map((key) => (descending ? sql`${key} DESC NULLS LAST` : sql`${key} ASC NULLS FIRST`));
  });
  const wanted = search.sort.map(({ path }) => wantedAt(path));
  const from = wanted.includes(undefined)
    ? fromResource(session, filter)
    : rowsOf(session, filter, wanted.includes('texts') ? 'texts' : 'numbers').from;
  const { rows } = await sql<{ readonly id: number }>`
    SELECT resource.id ${from}
    ORDER BY ${sql.join([...order, sql`resource.id`])} LIMIT ${search.limit} OFFSET ${search.offset}
  `.execute(db);
  return {
    total: count,
    rows: await dialect.recordsOf(
      db,
      rows.map(({ id }) => id),
    ),
  };
}
