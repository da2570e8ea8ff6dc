import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { metricKeys } from '#model/metric.ts';
import { type InventoryRecord, valuesAt } from '#model/record.ts';
import type { ProviderTypes } from '#model/resource-type.ts';
import type { Change } from '#store/changes.ts';
import { absentState, type RecordOrder, type RecordSort, recordSorts, type StoredRecord } from '#store/inventory.ts';
import { idPath } from '#store/query/condition.ts';
import type { Store } from '#store/store.ts';
import { ServerChange, ServerDetail, ServerHistory, ServerRow } from './api.ts';
import { idCursor } from './cursor.ts';
import { countIn, IdPath } from './input.ts';
import { isoTime } from './iso-time.ts';
import { jsonRoute } from './route.ts';
import { readHistory } from './server-history.ts';
import { conditionOf, QueryText, Sort, TypeName } from './server-query.ts';
import { readTrends } from './server-trends.ts';
import { serverViews } from './server-views.ts';

const text = z.string().max(200).exactOptional();

const ListQuery = z.strictObject({
  type: TypeName,
  q: QueryText,
  search: text,
  provider: text,
  account: text,
  region: text,
  state: text,
  sort: Sort.exactOptional(),
  limit: countIn(1, 1000, 100),
  cursor: z.string().max(2000).exactOptional().meta({ description: '`meta.next` of the page before.' }),
  from: z
    .string()
    .regex(/^\d{1,8}$/, 'a whole number')
    .transform(Number)
    .exactOptional()
    .meta({
      type: 'integer',
      minimum: 0,
      description:
        'Instead of `cursor`: rows from this one on, the first is 0; in the order of at most 10 seconds ago, or of rows of this list that were read in the last 10 seconds: for up to a minute, and where it begins with what follows them for up to 5 minutes.',
    }),
  trend: z
    .string()
    .regex(/^(?:[1-9]|[1-8]\d|90)$/, 'a whole number from 1 to 90')
    .transform(Number)
    .exactOptional()
    .meta({ type: 'integer', minimum: 1, maximum: 90, description: 'With the cpu of so many days in each row.' }),
});

const changeCursor = idCursor('changes');
const ChangesQuery = z.strictObject({ limit: countIn(1, 200, 50), cursor: changeCursor.schema });
const HistoryQuery = z.strictObject({ days: countIn(1, 400, 14) });

export interface ServerSource {
  readonly store: Store;
  readonly types: readonly ProviderTypes[];
  readonly now: () => number;
}

const byId: RecordOrder = { path: [idPath], descending: false };

export function serverRoutes(app: FastifyInstance, { store, types, now }: ServerSource): void {
  const windowOf = serverViews(store.inventory, now);
  const rowsOf = async (stored: readonly StoredRecord[], days: number | undefined): Promise<readonly ServerRow[]> => {
    const rows = stored.map(serverRow);
    if (days === undefined) return rows;
    const trends = await readTrends(store.history, rows, days, now());
    return rows.map((row) => ({ ...row, trend: trends(row.id) }));
  };
  jsonRoute(
    app,
    'GET',
    '/servers',
    {
      id: 'listServers',
      summary: 'Servers and how used they are; without a value of the sort last.',
      query: ListQuery,
      replies: { data: z.array(ServerRow).readonly(), isPage: true },
    },
    async ({ query: { q, type, sort, limit, cursor, from, trend, ...named } }) => {
      const filter = { ...named, condition: conditionOf(type, types, q) };
      if (from !== undefined) {
        if (cursor !== undefined)
          throw new CollectError('invalid_query', 'a cursor or a row, not both', { where: 'from' });
        const { rows, total } = await windowOf(sort ?? byId, filter, from, limit);
        return { data: await rowsOf(rows, trend), meta: { total } };
      }
      const page = await store.inventory.list({
        filter,
        limit,
        ...(sort === undefined ? {} : { sort: { by: columnOf(sort), descending: sort.descending } }),
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      const next = page.next === undefined ? {} : { next: page.next };
      return { data: await rowsOf(page.rows, trend), meta: { total: page.total, ...next } };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/servers/:id',
    { id: 'getServer', summary: 'A whole record.', params: IdPath, replies: { data: ServerDetail } },
    async ({ params }) => {
      const stored = await readServer(store, params.id);
      return { data: { record: stored.record, ...identityOf(stored), first_seen: isoTime(stored.firstSeen) } };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/servers/:id/history',
    {
      id: 'getServerHistory',
      summary: 'What was measured of a server, by day, and what became of its size and state meanwhile.',
      params: IdPath,
      query: HistoryQuery,
      replies: { data: ServerHistory },
    },
    async ({ params, query }) => {
      const { id } = await readServer(store, params.id);
      return { data: await readHistory(store, id, query.days, now()) };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/servers/:id/changes',
    {
      id: 'listServerChanges',
      summary: 'What became of a server, newest first; what was measured of it is not among it.',
      params: IdPath,
      query: ChangesQuery,
      replies: { data: z.array(ServerChange).readonly(), isPage: true },
    },
    async ({ params, query: { limit, cursor } }) => {
      const { id } = await readServer(store, params.id);
      const before = cursor === undefined ? {} : { before: cursor };
      const found = await store.changes.list({ resource: id, limit: limit + 1, ...before });
      const { rows, meta } = changeCursor.page(found, limit, (change) => change.id);
      return { data: rows.map(changeRow), meta };
    },
  );
}

/** Cursors lead through sorts by a column alone. @throws CollectError `invalid_query` */
function columnOf({ by, column }: Sort): RecordSort {
  if (column !== undefined) return column;
  throw new CollectError('invalid_query', `pages by cursor are not sorted by '${by}'`, {
    where: 'sort',
    fix: `Ask by from= and limit=, or sort by one of ${recordSorts.join(', ')}.`,
  });
}

function changeRow({ id, at, event, job, fields }: Change): ServerChange {
  return { id, at: isoTime(at), event, job: job ?? null, fields };
}

async function readServer(store: Store, id: number): Promise<StoredRecord> {
  const stored = await store.inventory.get(id);
  if (stored !== undefined) return stored;
  throw new CollectError('not_found', 'no server has this id', { where: String(id), fix: 'Look it up in /servers.' });
}

function serverRow(stored: StoredRecord): ServerRow {
  const { record } = stored;
  return {
    ...identityOf(stored),
    resource_id: record.reference.resource_id,
    name: record.name,
    provider: record.provider,
    account: record.account,
    region: record.region_code,
    instance_type: record.instance_type,
    state: stateOf(stored),
    ...measurementsOf(record),
  };
}

/** The state that it was last seen in is in the record. */
function stateOf({ record, absentSince }: StoredRecord): string {
  return absentSince === undefined ? (record.data.compute?.instance_state ?? 'UNKNOWN') : absentState;
}

function identityOf({ id, updatedAt, lastSeenAt, absentSince }: StoredRecord) {
  return {
    id,
    updated_at: isoTime(updatedAt),
    last_seen: isoTime(lastSeenAt),
    absent_since: absentSince === undefined ? null : isoTime(absentSince),
  };
}

function measurementsOf({ data }: InventoryRecord): Pick<ServerRow, 'values' | 'missing'> {
  const values: { -readonly [K in keyof ServerRow['values']]: ServerRow['values'][K] } = {};
  const missing: { -readonly [K in keyof ServerRow['missing']]: ServerRow['missing'][K] } = {};
  for (const key of metricKeys) {
    const value = data.monitoring && valuesAt(data.monitoring, key);
    const info = data.monitoring_info?.metrics[key];
    if (value !== undefined) values[key] = value;
    else if (info !== undefined && 'missing' in info) missing[key] = info.missing;
  }
  return { values, missing };
}
