import { sql } from 'kysely';
import type { Day } from '#model/window.ts';
import { decodeDay, encodeDay } from '../day-codec.ts';
import type { HistoryEntry, HistoryStore } from '../history.ts';
import type { RecordId } from '../inventory.ts';
import { byResource, type Cells, over, spanOf } from '../sql/merge-days.ts';
import type { Session } from './session.ts';

type StoredDays = Map<Day, Cells>;

/** Resources per transaction of `forget`, so that others can write in between. */
const forgetBatch = 1000;

export function sqliteHistory(session: Session): HistoryStore {
  return {
    read: (resourceIds, { from, to }) =>
      readDays(
        session,
        resourceIds.map((id) => [id, from, to]),
      ),
    write: (entries) => session.transaction((tx) => writeDays(tx, entries)),
    forget: (before) => forgetDays(session, before),
  };
}

/** @param wanted resource, first day, day after the last */
async function readDays(
  session: Session,
  wanted: readonly (readonly [RecordId, Day, Day])[],
): Promise<Map<RecordId, StoredDays>> {
  const { rows } = await sql<{ readonly resource: number; readonly day: number; readonly cells: Uint8Array }>`
    SELECT d.resource, d.day, d.cells
    FROM json_each(${JSON.stringify(wanted)}) AS l
    CROSS JOIN day AS d ON d.resource = l.value ->> 0 AND d.day >= l.value ->> 1 AND d.day < l.value ->> 2
  `.execute(session.db);
  const found = new Map<RecordId, StoredDays>();
  for (const { resource, day, cells } of rows) {
    const days = found.get(resource);
    if (days === undefined) found.set(resource, new Map([[day, decodeDay(cells)]]));
    else days.set(day, decodeDay(cells));
  }
  return found;
}

async function writeDays(tx: Session, entries: readonly HistoryEntry[]): Promise<void> {
  const written = byResource(entries);
  const known = await readDays(
    tx,
    [...written].map(([id, days]) => [id, ...spanOf(days.keys())]),
  );
  const write = tx.file.writer('INSERT OR REPLACE INTO day (resource, day, cells) VALUES (?, ?, ?)');
  for (const [id, days] of written) {
    const before = known.get(id);
    for (const [day, cells] of days) write([id, day, encodeDay(over(before?.get(day), cells))]);
  }
}

async function forgetDays(session: Session, before: Day): Promise<number> {
  let forgotten = 0;
  for (let after = 0; ; ) {
    const { last } = await session.db
      .selectFrom(
        session.db
          .selectFrom('resource')
          .select('id')
          .where('id', '>', after)
          .orderBy('id')
          .limit(forgetBatch)
          .as('batch'),
      )
      .select((eb) => eb.fn.max('batch.id').as('last'))
      .executeTakeFirstOrThrow();
    if (last === null) return forgotten;
    const first = after;
    const { numDeletedRows } = await session.transaction((tx) =>
      tx.db
        .deleteFrom('day')
        .where('resource', 'in', (eb) =>
          eb.selectFrom('resource').select('id').where('id', '>', first).where('id', '<=', last),
        )
        .where('day', '<', before)
        .executeTakeFirstOrThrow(),
    );
    forgotten += Number(numDeletedRows);
    after = last;
  }
}
