import { sql } from 'kysely';
import type { IdentityPath, InventoryStore, Lookup, MatchedRecord, RecordId, RecordWrite } from '../inventory.ts';
import { markAbsent } from '../sql/record-absent.ts';
import { cpuQuantiles, tallyRecords } from '../sql/record-facets.ts';
import { groupByType, pointRecords } from '../sql/record-groups.ts';
import { countRows } from '../sql/record-head.ts';
import { countHexagons } from '../sql/record-hexagons.ts';
import { columnOf, groupByPaths, type MatchRow, matchedRecord } from '../sql/record-lookup.ts';
import { firstIds, orderedIds } from '../sql/record-order.ts';
import { listRecords, streamRecords } from '../sql/record-query.ts';
import { searchRecords } from '../sql/record-search.ts';
import { summarise } from '../sql/record-summary.ts';
import { readCoverage, readLines, readUsage } from '../sql/record-usage.ts';
import type { SqlSession } from '../sql/session.ts';
import { recordsOf, writeRows } from './record-row.ts';

export function postgresInventory(session: SqlSession): InventoryStore {
  return {
    match: (lookups) => matchRecords(session, lookups),
    put: (writes, now) => session.transaction((tx) => putRecords(tx, writes, now)),
    async touch(ids, now) {
      if (ids.length === 0) return;
      await sql`UPDATE resource SET last_seen_at = ${now} WHERE id = ANY(${[...ids]}::bigint[])`.execute(session.db);
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
    stream: (filter) => streamRecords(session, filter),
  };
}

async function matchRecords(session: SqlSession, lookups: readonly Lookup[]): Promise<MatchedRecord[][]> {
  const found: MatchedRecord[][] = lookups.map(() => []);
  for (const { paths, indexes } of groupByPaths(lookups)) {
    for (const row of await matchGroup(session, paths, indexes, lookups)) found[row.lookup]?.push(matchedRecord(row));
  }
  return found;
}

/** The limit also keeps PostgreSQL from reading all of a small table instead of looking each one up. */
async function matchGroup(
  { db }: SqlSession,
  paths: readonly IdentityPath[],
  indexes: readonly number[],
  lookups: readonly Lookup[],
): Promise<readonly MatchRow[]> {
  const lists = paths.map((path) => sql`${indexes.map((index) => lookups[index]?.[path] ?? '')}::text[]`);
  const names = paths.map((_, at) => sql.ref(`v${at}`));
  const wanted = sql.join(
    paths.map((path, at) => sql`${sql.ref(`r.${columnOf[path]}`)} = ${sql.ref(`l.v${at}`)}`),
    sql` AND `,
  );
  const { rows } = await sql<MatchRow>`
    SELECT l.lookup, r.*
    FROM unnest(${[...indexes]}::integer[], ${sql.join(lists)}) AS l (lookup, ${sql.join(names)})
    CROSS JOIN LATERAL (SELECT * FROM resource AS r WHERE ${wanted} ORDER BY r.id LIMIT 2) AS r
    ORDER BY l.lookup, r.id
  `.execute(db);
  return rows;
}

/** A record that is named twice is written once, as it came last. */
async function putRecords({ db }: SqlSession, writes: readonly RecordWrite[], now: number): Promise<RecordId[]> {
  if (writes.length === 0) return [];
  const fresh = await newIds(db, writes.filter(({ id }) => id === undefined).length);
  const ids = writes.map(({ id }) => id ?? fresh.shift() ?? 0);
  const rows = new Map(
    writes.map((write, at) => [ids[at] ?? 0, { ...write, id: ids[at] ?? 0, isNew: write.id === undefined }]),
  );
  await writeRows(db, [...rows.values()], now);
  return ids;
}

async function newIds(db: SqlSession['db'], count: number): Promise<number[]> {
  if (count === 0) return [];
  const { rows } = await sql<{ readonly id: number }>`
    SELECT nextval(pg_get_serial_sequence('resource', 'id')) AS id FROM generate_series(1, ${count}::integer)
  `.execute(db);
  return rows.map(({ id }) => id);
}
