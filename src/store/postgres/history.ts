import { sql } from 'kysely';
import { CollectError } from '#model/errors.ts';
import type { Day } from '#model/window.ts';
import { decodeDay, encodeDay } from '../day-codec.ts';
import type { HistoryEntry, HistoryStore } from '../history.ts';
import type { RecordId } from '../inventory.ts';
import { byResource, type Cells, over, spanOf } from '../sql/merge-days.ts';
import type { SqlSession } from '../sql/session.ts';
import { binaryArray } from './binary-array.ts';
import { endOf } from './migrations.ts';

export function postgresHistory(session: SqlSession): HistoryStore {
  return {
    read: (resourceIds, { from, to }) => readDays(session, resourceIds, from, to),
    write: (entries) => session.transaction((tx) => writeDays(tx, entries)),
    forget: (before) => forgetDays(session, before),
  };
}

async function readDays(
  { db }: SqlSession,
  resourceIds: readonly RecordId[],
  from: Day,
  to: Day,
): Promise<Map<RecordId, Map<Day, Cells>>> {
  const { rows } = await sql<{ readonly resource: number; readonly day: number; readonly cells: Uint8Array }>`
    SELECT resource, day, cells FROM day
    WHERE resource = ANY(${[...resourceIds]}::bigint[]) AND day >= ${from} AND day < ${to}
  `.execute(db);
  const found = new Map<RecordId, Map<Day, Cells>>();
  for (const { resource, day, cells } of rows) {
    const days = found.get(resource);
    if (days === undefined) found.set(resource, new Map([[day, decodeDay(cells)]]));
    else days.set(day, decodeDay(cells));
  }
  return found;
}

async function writeDays(tx: SqlSession, entries: readonly HistoryEntry[]): Promise<void> {
  const written = byResource(entries);
  if (written.size === 0) return;
  const ids = [...written.keys()];
  // Two writers of one resource take turns: each puts its keys over what the other has written.
  const { rows: present } = await sql<{ readonly id: number }>`
    SELECT id FROM resource WHERE id = ANY(${ids}::bigint[]) ORDER BY id FOR NO KEY UPDATE
  `.execute(tx.db);
  const [from, to] = spanOf([...written.values()].flatMap((days) => [...days.keys()]));
  const known = await readDays(tx, ids, from, to);
  if (present.length < ids.length)
    throw new CollectError('store_failed', 'the store refused days of a record that is gone');
  const rows = [...written].flatMap(([id, days]) =>
    [...days].map(([day, cells]) => ({ id, day, cells: encodeDay(over(known.get(id)?.get(day), cells)) })),
  );
  const cells = binaryArray(
    'bytea',
    rows.map((row) => row.cells),
  );
  await sql`
    INSERT INTO day (resource, day, cells)
    SELECT * FROM unnest(${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ day }) => day)}::integer[],
      ${cells}::bytea[])
    ON CONFLICT (resource, day) DO UPDATE SET cells = excluded.cells
  `.execute(tx.db);
}

/** Whole partitions are emptied at once, and the rest row by row. */
async function forgetDays(session: SqlSession, before: Day): Promise<number> {
  const { rows: counted } = await sql<{ readonly count: number }>`
    SELECT count(*) AS count FROM day WHERE day < ${before}
  `.execute(session.db);
  const { rows: partitions } = await sql<{ readonly name: string }>`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'day'::regclass
  `.execute(session.db);
  for (const { name } of partitions) {
    const end = endOf(name);
    if (end !== undefined && end <= before) await sql`TRUNCATE ${sql.table(name)}`.execute(session.db);
  }
  await sql`DELETE FROM day WHERE day < ${before}`.execute(session.db);
  return counted[0]?.count ?? 0;
}
