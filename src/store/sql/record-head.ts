import { type RawBuilder, sql } from 'kysely';
import type { RecordFilter, RecordId } from '../inventory.ts';
import { countedPart, fromResource, isCounted, rowsOf, type Wanted } from './record-rows.ts';
import type { SqlSession } from './session.ts';

/** By which values of a row, one after the other; rows without one come last, equal ones by id. */
export interface RowOrder {
  readonly keys: readonly RawBuilder<unknown>[];
  readonly descending: boolean;
  /** What narrow rows need to be put in order; absent where they have not got it. */
  readonly wanted?: Wanted;
  /** Whether the key is the id. */
  readonly isById?: boolean;
}

/** A row to begin behind: its id, and its value of the one key. */
interface RowPlace {
  readonly value: string | number | null;
  readonly id: RecordId;
}

interface RowHead {
  readonly rows: readonly { readonly id: RecordId; readonly value: string | number | null }[];
  /** Of all that the filter lets through. */
  readonly total: number;
}

/** So many rows are held in memory to be counted and put in order at once. */
const mostHeld = 20_000;
/** So many rows of the order are tried where a filter lets through more than that. */
const tried = (limit: number) => Math.max(1_000, 2 * limit);

/** The first rows of an order, and how many there are. */
export async function headOf(
  session: SqlSession,
  filter: RecordFilter,
  order: RowOrder,
  limit: number,
  after?: RowPlace,
): Promise<RowHead> {
  const { wanted } = order;
  const isHeld = session.dialect.hasNarrowRows && !isCounted(session, filter);
  const few = isHeld ? await heldHead(session, filter, order, limit, after) : undefined;
  if (few !== undefined) return few;
  const total = await countRows(session, filter);
  const likely = isHeld && wanted !== undefined ? await triedRows(session, filter, order, wanted, limit, after) : [];
  if (likely.length === limit) return { rows: likely, total };
  return { rows: await orderedRows(session, rowsInOrder(session, filter, order), order, limit, after), total };
}

/** `FROM … WHERE …`: the narrowest rows that can be put in this order. */
export function rowsInOrder(session: SqlSession, filter: RecordFilter, { wanted }: RowOrder): RawBuilder<unknown> {
  return wanted === undefined ? fromResource(session, filter) : rowsOf(session, filter, wanted).from;
}

export async function countRows(session: SqlSession, filter: RecordFilter = {}): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`
    SELECT count(*) AS count ${rowsOf(session, filter, 'nothing').from}
  `.execute(session.db);
  return rows[0]?.count ?? 0;
}

type Row = RowHead['rows'][number];

async function orderedRows(
  { db }: SqlSession,
  from: RawBuilder<unknown>,
  order: RowOrder,
  limit: number,
  after: RowPlace | undefined,
): Promise<readonly Row[]> {
  const { keys, descending } = order;
  const { rows } = await sql<Row>`
    SELECT resource.id, ${keys[0]} AS value ${from} ${isBehind(order, after)}
    ORDER BY ${inOrder(keys, descending)} LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** One look at the rows for both. @returns undefined where too many of them fit */
async function heldHead(
  session: SqlSession,
  filter: RecordFilter,
  order: RowOrder,
  limit: number,
  after: RowPlace | undefined,
): Promise<RowHead | undefined> {
  const { keys, descending } = order;
  const held = keys.map((_, at) => sql.ref(`resource.key${at}`));
  const named = keys.map((key, at) => sql`${key} AS ${sql.ref(`key${at}`)}`);
  const { rows } = await sql<{ readonly total: number } & (Row | { readonly id: null })>`
    WITH found AS MATERIALIZED (
      SELECT resource.id ${rowsOf(session, filter, 'nothing').from} LIMIT ${sql.lit(mostHeld + 1)}
    )
    SELECT counted.total, head.* FROM (SELECT count(*) AS total FROM found) AS counted
    LEFT JOIN LATERAL (
      SELECT resource.id, ${held[0]} AS value FROM (
        SELECT resource.id, ${sql.join(named)} FROM found JOIN resource ON resource.id = found.id
        WHERE counted.total <= ${sql.lit(mostHeld)}
      ) AS resource
      WHERE ${sql.lit(true)} ${isBehind({ ...order, keys: held }, after)}
      ORDER BY ${inOrder(held, descending)} LIMIT ${limit}
    ) AS head ON true
  `.execute(session.db);
  const total = rows[0]?.total ?? 0;
  if (total > mostHeld) return undefined;
  return { rows: rows.flatMap((row) => (row.id === null ? [] : [row])), total };
}

/** The first rows of the order among those that narrow rows cannot shut out: enough of them mostly fit. */
async function triedRows(
  session: SqlSession,
  filter: RecordFilter,
  order: RowOrder,
  wanted: Wanted,
  limit: number,
  after: RowPlace | undefined,
): Promise<readonly Row[]> {
  const { keys, descending } = order;
  const { rows } = await sql<Row>`
    SELECT resource.id, ${keys[0]} AS value ${fromResource(session, filter)} AND resource.id IN (
      SELECT resource.id ${rowsOf(session, countedPart(filter), wanted).from} ${isBehind(order, after)}
      ORDER BY ${inOrder(keys, descending)} LIMIT ${sql.lit(tried(limit))}
    )
    ORDER BY ${inOrder(keys, descending)} LIMIT ${limit}
  `.execute(session.db);
  return rows;
}

export function inOrder(keys: readonly RawBuilder<unknown>[], descending: boolean): RawBuilder<unknown> {
  const direction = sql.raw(descending ? 'DESC' : 'ASC');
  return sql.join([...keys.map((key) => sql`${key} ${direction} NULLS LAST`), sql`resource.id`]);
}

/** `AND …`: behind a place in the order of one key. */
function isBehind({ keys: [key], descending, isById }: RowOrder, after: RowPlace | undefined): RawBuilder<unknown> {
  if (after === undefined || key === undefined) return sql``;
  const { value, id } = after;
  if (value === null) return sql`AND ${key} IS NULL AND resource.id > ${id}`;
  const beyond = sql.raw(descending ? '<' : '>');
  if (isById === true) return sql`AND ${key} ${beyond} ${value}`;
  return sql`AND (${key} ${beyond} ${value} OR ${key} IS NULL OR (${key} = ${value} AND resource.id > ${id}))`;
}
