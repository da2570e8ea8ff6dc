import { sql } from 'kysely';
import type { InventoryStore, RecordId, RecordWrite } from '../inventory.ts';
import { pausing } from '../pausing.ts';
import { outlineOf } from '../record-outline.ts';
import { markAbsent } from '../sql/record-absent.ts';
import { cpuQuantiles, tallyRecords } from '../sql/record-facets.ts';
import { groupByType, pointRecords } from '../sql/record-groups.ts';
import { countRows } from '../sql/record-head.ts';
import { countHexagons } from '../sql/record-hexagons.ts';
import { firstIds, orderedIds } from '../sql/record-order.ts';
import { listRecords, streamRecords } from '../sql/record-query.ts';
import { searchRecords } from '../sql/record-search.ts';
import { summarise } from '../sql/record-summary.ts';
import { readCoverage, readLines, readUsage } from '../sql/record-usage.ts';
import { matchRecords } from './record-match.ts';
import {
  identityValues,
  insertDoc,
  insertResource,
  outlineValues,
  recordsOf,
  updateDoc,
  updateIdentity,
  updateResource,
} from './record-row.ts';
import type { Session } from './session.ts';

export function sqliteInventory(session: Session): InventoryStore {
  return {
    match: (lookups) => matchRecords(session, lookups),
    put: (writes, now) => session.transaction(async (tx) => putRecords(tx, writes, now)),
    async touch(ids, now) {
      if (ids.length === 0) return;
      await session.transaction((tx) =>
        sql`UPDATE resource SET last_seen_at = ${now} WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`.execute(
          tx.db,
        ),
      );
    },
    markAbsent: (filter, seenBefore, now) => markAbsent(session, filter, seenBefore, now),
    records: (ids) => recordsOf(session.db, ids),
    async get(id) {
      const [record] = await recordsOf(session.db, [id]);
      return record;
    },
    list: (query) => listRecords(session, query),
    search: (search) => searchRecords(session, search),
    order: (order, filter) => orderedIds(session, order, filter),
    head: (order, limit, filter) => firstIds(session, order, limit, filter),
    tally: (facets, filter) => tallyRecords(session, facets, filter),
    cpuQuantiles: (statistic, percents, filter) => cpuQuantiles(session, statistic, percents, filter),
    hexagons: (grid, areas, filter) => countHexagons(session, grid, areas, filter),
    groups: (key, filter) => groupByType(session, key, filter),
    points: (key, filter) => pointRecords(session, key, filter),
    count: (filter) => countRows(session, filter),
    summary: (filter) => summarise(session, filter),
    usage: (filter) => readUsage(session, filter),
    coverage: (filter) => readCoverage(session, filter),
    lines: (filter) => readLines(session, filter),
    stream: (filter) => pausing(streamRecords(session, filter)),
  };
}

/** One prepared statement per kind of write, run once per row: faster here than one statement over JSON. */
function putRecords({ file }: Session, writes: readonly RecordWrite[], now: number): RecordId[] {
  const insert = file.writer(insertResource);
  const insertText = file.writer(insertDoc);
  const update = file.writer(updateResource);
  const move = file.writer(updateIdentity);
  const updateText = file.writer(updateDoc);
  return writes.map(({ id: known, record, outline = outlineOf(record), sameIdentity }) => {
    const doc = JSON.stringify(record);
    if (known === undefined) {
      const id = insert([...identityValues(record), ...outlineValues(record, outline, now), now]);
      insertText([id, doc]);
      return id;
    }
    update([...outlineValues(record, outline, now), known]);
    if (sameIdentity !== true) move([...identityValues(record), known]);
    updateText([doc, known]);
    return known;
  });
}
