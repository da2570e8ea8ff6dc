import { sql } from 'kysely';
import type { RecordSearch, SearchResult } from '../inventory.ts';
import { columnAt, conditionSql } from './record-condition.ts';
import type { SqlSession } from './session.ts';

/** Rows that fit, in order; equal ones by id. What has no value comes before what has, or after where descending. */
export async function searchRecords(session: SqlSession, search: RecordSearch): Promise<SearchResult> {
  const { db, dialect } = session;
  const condition = conditionSql(search.condition, dialect);
  const { count } = await db
    .selectFrom('resource')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(condition)
    .executeTakeFirstOrThrow();
  if (search.limit === 0 || search.offset >= count) return { total: count, rows: [] };
  const order = search.sort.flatMap(({ path, descending }) => {
    const column = columnAt(path);
    const keys = column === undefined ? dialect.sortKeys(path) : [column];
    return keys.map((key) => (descending ? sql`${key} DESC NULLS LAST` : sql`${key} ASC NULLS FIRST`));
  });
  const { rows } = await sql<{ readonly id: number }>`
    SELECT id FROM resource WHERE ${condition}
    ORDER BY ${sql.join([...order, sql`id`])} LIMIT ${search.limit} OFFSET ${search.offset}
  `.execute(db);
  return {
    total: count,
    rows: await dialect.recordsOf(
      db,
      rows.map(({ id }) => id),
    ),
  };
}
