import { sql } from 'kysely';
import { z } from 'zod';
import type { RecordFilter, RecordId, RecordOrder } from '../inventory.ts';
import { columnAt } from './record-condition.ts';
import { filtered } from './record-query.ts';
import type { SqlSession } from './session.ts';
import { parseStored } from './stored-json.ts';

const Ids = z.array(z.int());

/** Read as one text: a row for each of 100,000 ids takes three times as long. */
export async function orderedIds(
  session: SqlSession,
  order: RecordOrder,
  filter: RecordFilter = {},
): Promise<readonly RecordId[]> {
  const { db, dialect } = session;
  const column = columnAt(order.path);
  const keys = column === undefined ? dialect.sortKeys(order.path) : [column];
  const direction = sql.raw(order.descending ? 'DESC' : 'ASC');
  const sorted = keys.map((key) => sql`${key} ${direction} NULLS LAST`);
  const ids = filtered(session, filter)
    .select('id')
    .orderBy(sql`${sql.join([...sorted, sql`id`])}`);
  const { rows } = await sql<{ readonly ids: string }>`SELECT ${dialect.idList} AS ids FROM ${ids} AS sorted`.execute(
    db,
  );
  return parseStored(Ids, rows[0]?.ids ?? '[]', 'ids of records');
}
