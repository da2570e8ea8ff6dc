import { sql } from 'kysely';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { RecordFilter, RecordPage, RecordQuery, RecordSort, StoredRecord } from '../inventory.ts';
import { headOf, type RowOrder } from './record-head.ts';
import { filtered, type Wanted } from './record-rows.ts';
import type { SqlSession } from './session.ts';
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
const wantedBySort: Readonly<Partial<Record<RecordSort, Wanted>>> = {
  id: 'numbers',
  provider: 'texts',
  account: 'texts',
  region: 'texts',
  state: 'texts',
  instanceType: 'texts',
  cpuAvg: 'numbers',
  cpuMax: 'numbers',
  memoryAvg: 'numbers',
};

function rowOrder({ by, descending = false }: Sort): RowOrder {
  const wanted = wantedBySort[by];
  const keys = [sql.ref(`resource.${sortColumns[by]}`)];
  return { keys, descending, isById: by === 'id', ...(wanted === undefined ? {} : { wanted }) };
}

const largestPage = 1000;
/** The records of larger pages live long enough for the garbage collector to move them about. */
const streamPage = 250;

/** Where a page ended: the value it was sorted by, and the id. */
const Cursor = z.strictObject({
  by: z.string(),
  value: z.union([z.string(), z.number(), z.null()]),
  id: z.int().positive(),
});
type Cursor = z.infer<typeof Cursor>;

export async function listRecords(session: SqlSession, query: RecordQuery): Promise<RecordPage> {
  const { filter = {}, sort = { by: 'id' }, limit } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage) {
    throw new CollectError('invalid_query', `a page has 1 to ${largestPage} records, not ${limit}`);
  }
  const after = query.after === undefined ? undefined : readCursor(query.after, sort);
  const { rows: keys, total } = await headOf(session, filter, rowOrder(sort), limit + 1, after);
  const shown = keys.slice(0, limit);
  const rows = await session.dialect.recordsOf(
    session.db,
    shown.map((key) => key.id),
  );
  const last = shown.at(-1);
  return {
    rows,
    total,
    ...(keys.length > limit && last !== undefined
      ? { next: writeCursor({ by: orderOf(sort), value: last.value, id: last.id }) }
      : {}),
  };
}

export async function* streamRecords(
  session: SqlSession,
  filter: RecordFilter = {},
): AsyncGenerator<readonly StoredRecord[]> {
  for (let after = 0; ; ) {
    const last = await lastOfPage(session, after);
    if (last === null) return;
    // Looks at one page of the table, however few of it the filter lets through: nobody waits long for the database.
    const ids = await filtered(session, filter)
      .select('id')
      .where('id', '>', after)
      .where('id', '<=', last)
      .orderBy('id')
      .execute();
    const wanted = ids.map((row) => row.id);
    yield wanted.length === 0 ? [] : await session.dialect.recordsOf(session.db, wanted);
    after = last;
  }
}

async function lastOfPage({ db }: SqlSession, after: number): Promise<number | null> {
  const page = db
    .selectFrom('resource')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(streamPage)
    .as('page');
  const { last } = await db
    .selectFrom(page)
    .select((eb) => eb.fn.max('page.id').as('last'))
    .executeTakeFirstOrThrow();
  return last;
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

type Sort = NonNullable<RecordQuery['sort']>;

/** `-cpuAvg` */
function orderOf({ by, descending }: Sort): string {
  return descending === true ? `-${by}` : by;
}

const textSorts: readonly RecordSort[] = ['name', 'provider', 'account', 'region', 'state', 'instanceType'];
const nullableSorts: readonly RecordSort[] = ['cpuAvg', 'cpuMax', 'memoryAvg'];

/** Whether a value can be one of the column: databases mind what they are asked to compare. */
function isOf(sort: RecordSort, value: Cursor['value']): boolean {
  if (value === null) return nullableSorts.includes(sort);
  return typeof value === (textSorts.includes(sort) ? 'string' : 'number');
}

function readCursor(text: string, sort: Sort): Cursor {
  let cursor: Cursor;
  try {
    cursor = parseStored(Cursor, Buffer.from(text, 'base64url').toString(), 'cursor');
  } catch (cause) {
    throw new CollectError('invalid_query', 'this is no cursor of ours', { where: text, cause });
  }
  if (cursor.by !== orderOf(sort)) {
    throw new CollectError('invalid_query', 'this cursor belongs to another sort', { where: text });
  }
  if (!isOf(sort.by, cursor.value)) {
    throw new CollectError('invalid_query', 'this is no cursor of ours', { where: text });
  }
  return cursor;
}
