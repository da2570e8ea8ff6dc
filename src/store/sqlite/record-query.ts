import { type ExpressionBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { RecordFilter, RecordPage, RecordQuery, RecordSort, RecordSummary, StoredRecord } from '../inventory.ts';
import { type RecordRow, storedRecord } from './record-row.ts';
import type { Session } from './session.ts';
import { parseStored } from './stored-json.ts';
import type { Tables } from './tables.ts';

const sortColumns = {
  id: 'id',
  name: 'name',
  provider: 'provider',
  account: 'account',
  region: 'region',
  state: 'state',
  instanceType: 'instance_type',
  cpuAvg: 'cpu_avg',
  cpuMax: 'cpu_max',
  memoryAvg: 'mem_avg',
  firstSeen: 'first_seen',
  updatedAt: 'updated_at',
  lastSeenAt: 'last_seen_at',
} as const satisfies Record<RecordSort, keyof Tables['resource']>;

const largestPage = 1000;
const streamPage = 500;
const histogramBins = 10;

/** Where a page ended: the value it was sorted by, and the id. */
const Cursor = z.object({ by: z.string(), value: z.union([z.string(), z.number(), z.null()]), id: z.number() });
type Cursor = z.infer<typeof Cursor>;

type ResourceQuery<O> = SelectQueryBuilder<Tables, 'resource', O>;

export async function listRecords(session: Session, query: RecordQuery): Promise<RecordPage> {
  const { filter = {}, sort = { by: 'id' }, limit } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage) {
    throw new CollectError('invalid_query', `a page has 1 to ${largestPage} records, not ${limit}`);
  }
  const column = sortColumns[sort.by];
  const direction = sort.descending === true ? 'desc' : 'asc';
  const after = query.after === undefined ? undefined : readCursor(query.after, sort.by);

  let page = filtered(session.db.selectFrom('resource'), filter)
    .select(['id', `${column} as sorted`])
    .orderBy(column, (order) => (direction === 'asc' ? order.asc().nullsLast() : order.desc().nullsLast()))
    .orderBy('id')
    .limit(limit + 1);
  if (after !== undefined) page = page.where((eb) => isAfter(eb, column, direction, after));

  const keys = await page.execute();
  const shown = keys.slice(0, limit);
  const rows = await recordsOf(
    session,
    shown.map((key) => key.id),
  );
  const last = shown.at(-1);
  return {
    rows,
    total: await countRecords(session, filter),
    ...(keys.length > limit && last !== undefined
      ? { next: writeCursor({ by: sort.by, value: last.sorted, id: last.id }) }
      : {}),
  };
}

export async function countRecords(session: Session, filter: RecordFilter = {}): Promise<number> {
  const { count } = await filtered(session.db.selectFrom('resource'), filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export async function* streamRecords(
  session: Session,
  filter: RecordFilter = {},
): AsyncGenerator<readonly StoredRecord[]> {
  for (let after = 0; ; ) {
    const ids = await filtered(session.db.selectFrom('resource'), filter)
      .select('id')
      .where('id', '>', after)
      .orderBy('id')
      .limit(streamPage)
      .execute();
    const last = ids.at(-1);
    if (last === undefined) return;
    yield await recordsOf(
      session,
      ids.map((row) => row.id),
    );
    after = last.id;
  }
}

export async function summarise(session: Session): Promise<RecordSummary> {
  const groups = await session.db
    .selectFrom('resource')
    .select(['provider', 'account', 'region', 'state'])
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.count<number>('mem_avg').as('withMemory')])
    .groupBy(['provider', 'account', 'region', 'state'])
    .orderBy('provider')
    .orderBy('account')
    .orderBy('region')
    .orderBy('state')
    .execute();
  const bin = sql<number | null>`max(0, min(${histogramBins - 1}, CAST(cpu_avg / 10 AS INTEGER)))`;
  const bins = await session.db
    .selectFrom('resource')
    .select((eb) => [bin.as('bin'), eb.fn.countAll<number>().as('count')])
    .groupBy('bin')
    .execute();
  const inBin = (wanted: number | null) => bins.find((row) => row.bin === wanted)?.count ?? 0;
  return {
    total: groups.reduce((sum, group) => sum + group.count, 0),
    groups,
    cpuHistogram: Array.from({ length: histogramBins }, (_, index) => inBin(index)),
    withoutCpu: inBin(null),
  };
}

/** The records of these ids, in this order; those that are gone are left out. */
export async function recordsOf(session: Session, ids: readonly number[]): Promise<StoredRecord[]> {
  const { rows } = await sql<RecordRow>`
    SELECT r.id, r.first_seen, r.updated_at, r.last_seen_at, d.doc
    FROM json_each(${JSON.stringify(ids)}) AS l CROSS JOIN resource AS r ON r.id = l.value
    JOIN resource_doc AS d ON d.id = r.id
    ORDER BY l.id
  `.execute(session.db);
  return rows.map(storedRecord);
}

function filtered<O>(query: ResourceQuery<O>, filter: RecordFilter): ResourceQuery<O> {
  let narrowed = query;
  if (filter.provider !== undefined) narrowed = narrowed.where('provider', '=', filter.provider);
  if (filter.account !== undefined) narrowed = narrowed.where('account', '=', filter.account);
  if (filter.region !== undefined) narrowed = narrowed.where('region', '=', filter.region);
  if (filter.state !== undefined) narrowed = narrowed.where('state', '=', filter.state);
  if (filter.search !== undefined && filter.search !== '') {
    const pattern = `%${filter.search.replaceAll(/[\\%_]/g, '\\$&')}%`;
    narrowed = narrowed.where(
      sql<boolean>`(name LIKE ${pattern} ESCAPE '\\' OR resource_id LIKE ${pattern} ESCAPE '\\')`,
    );
  }
  return narrowed;
}

/** Behind the cursor in the order `column, id`, where records without the value come last. */
function isAfter(
  eb: ExpressionBuilder<Tables, 'resource'>,
  column: (typeof sortColumns)[RecordSort],
  direction: 'asc' | 'desc',
  { value, id }: Cursor,
) {
  const sameButLater = eb.and([eb(column, 'is', value), eb('id', '>', id)]);
  if (value === null) return sameButLater;
  return eb.or([eb(column, direction === 'asc' ? '>' : '<', value), eb(column, 'is', null), sameButLater]);
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function readCursor(text: string, by: RecordSort): Cursor {
  try {
    const cursor = parseStored(Cursor, Buffer.from(text, 'base64url').toString(), 'cursor');
    if (cursor.by === by) return cursor;
  } catch (cause) {
    throw new CollectError('invalid_query', 'this is no cursor of ours', { where: text, cause });
  }
  throw new CollectError('invalid_query', 'this cursor belongs to another sort', { where: text });
}
