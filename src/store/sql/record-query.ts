import { type ExpressionBuilder, sql } from 'kysely';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type {
  RecordFilter,
  RecordGroup,
  RecordPage,
  RecordQuery,
  RecordSort,
  RecordSummary,
  StoredRecord,
} from '../inventory.ts';
import { conditionSql } from './record-condition.ts';
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

const largestPage = 1000;
const streamPage = 500;
const histogramBins = 10;

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
  const column = sortColumns[sort.by];
  const direction = sort.descending === true ? 'desc' : 'asc';
  const after = query.after === undefined ? undefined : readCursor(query.after, sort);

  let page = filtered(session, filter)
    .select(['id', `${column} as sorted`])
    .orderBy(column, (order) => (direction === 'asc' ? order.asc().nullsLast() : order.desc().nullsLast()))
    .orderBy('id')
    .limit(limit + 1);
  if (after !== undefined) page = page.where((eb) => isAfter(eb, column, direction, after));

  const keys = await page.execute();
  const shown = keys.slice(0, limit);
  const rows = await session.dialect.recordsOf(
    session.db,
    shown.map((key) => key.id),
  );
  const last = shown.at(-1);
  return {
    rows,
    total: await countRecords(session, filter),
    ...(keys.length > limit && last !== undefined
      ? { next: writeCursor({ by: orderOf(sort), value: last.sorted, id: last.id }) }
      : {}),
  };
}

export async function countRecords(session: SqlSession, filter: RecordFilter = {}): Promise<number> {
  const { count } = await filtered(session, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
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

export async function summarise(session: SqlSession, filter: RecordFilter = {}): Promise<RecordSummary> {
  const bounds = Array.from(
    { length: histogramBins - 1 },
    (_, at) => sql`WHEN cpu_avg < ${sql.lit(10 * (at + 1))} THEN ${sql.lit(at)}`,
  );
  const bin = sql<
    number | null
  >`CASE WHEN cpu_avg IS NULL THEN NULL ${sql.join(bounds, sql` `)} ELSE ${sql.lit(histogramBins - 1)} END`;
  // One look at the table: what is summed up here is few rows.
  const rows = await filtered(session, filter)
    .select(['provider', 'account', 'region', 'state', bin.as('bin')])
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.count<number>('mem_avg').as('withMemory')])
    .groupBy(['provider', 'account', 'region', 'state', 'bin'])
    .orderBy('provider')
    .orderBy('account')
    .orderBy('region')
    .orderBy('state')
    .execute();
  const inBin = (wanted: number | null) => sumOf(rows.filter((row) => row.bin === wanted)).count;
  const groups = Map.groupBy(rows, ({ provider, account, region, state }) =>
    JSON.stringify([provider, account, region, state]),
  );
  return {
    total: sumOf(rows).count,
    groups: [...groups.values()].flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      const { provider, account, region, state } = first;
      return [{ provider, account, region, state, ...sumOf(same) }];
    }),
    cpuHistogram: Array.from({ length: histogramBins }, (_, index) => inBin(index)),
    withoutCpu: inBin(null),
  };
}

type Counted = Pick<RecordGroup, 'count' | 'withMemory'>;

function sumOf(rows: readonly Counted[]): Counted {
  const sum = { count: 0, withMemory: 0 };
  for (const { count, withMemory } of rows) {
    sum.count += count;
    sum.withMemory += withMemory;
  }
  return sum;
}

/** Rows of `resource` that the filter lets through. */
export function filtered({ db, dialect }: SqlSession, filter: RecordFilter) {
  let narrowed = db.selectFrom('resource');
  if (filter.provider !== undefined) narrowed = narrowed.where('provider', '=', filter.provider);
  if (filter.account !== undefined) narrowed = narrowed.where('account', '=', filter.account);
  if (filter.region !== undefined) narrowed = narrowed.where('region', '=', filter.region);
  if (filter.state !== undefined) narrowed = narrowed.where('state', '=', filter.state);
  if (filter.condition !== undefined) narrowed = narrowed.where(conditionSql(filter.condition, dialect));
  if (filter.search !== undefined && filter.search !== '') {
    const pattern = `%${filter.search.replaceAll(/[\\%_]/g, '\\$&')}%`;
    narrowed = narrowed.where((eb) =>
      eb.or([dialect.like(eb.ref('name'), pattern), dialect.like(eb.ref('resource_id'), pattern)]),
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
  if (value === null) return eb.and([eb(column, 'is', null), eb('id', '>', id)]);
  const sameButLater = eb.and([eb(column, '=', value), eb('id', '>', id)]);
  return eb.or([eb(column, direction === 'asc' ? '>' : '<', value), eb(column, 'is', null), sameButLater]);
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
