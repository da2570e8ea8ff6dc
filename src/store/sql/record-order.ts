import { sql } from 'kysely';
import { z } from 'zod';
import type { RecordFilter, RecordHead, RecordId, RecordOrder } from '../inventory.ts';
import { columnAt } from './record-condition.ts';
import { headOf, inOrder, type RowOrder, rowsInOrder } from './record-head.ts';
import { wantedAt } from './record-rows.ts';
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
  const by = rowOrder(session, order);
  const from = rowsInOrder(session, filter, by);
  const { rows } = await sql<{ readonly ids: string }>`
    SELECT ${dialect.idList} AS ids FROM (SELECT resource.id ${from} ORDER BY ${inOrder(by.keys, by.descending)}) AS sorted
  `.execute(db);
  return parseStored(Ids, rows[0]?.ids ?? '[]', 'ids of records');
}

export async function firstIds(
  session: SqlSession,
  order: RecordOrder,
  limit: number,
  filter: RecordFilter = {},
): Promise<RecordHead> {
  const { rows, total } = await headOf(session, filter, rowOrder(session, order), limit);
  return { ids: rows.map(({ id }) => id), total };
}

function rowOrder({ dialect }: SqlSession, { path, descending }: RecordOrder): RowOrder {
  const column = columnAt(path);
  const keys = column === undefined ? dialect.sortKeys(path) : [column];
  const wanted = wantedAt(path);
  return { keys, descending, ...(wanted === undefined ? {} : { wanted }) };
}
