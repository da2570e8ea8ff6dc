import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { metricKeys } from '#model/metric.ts';
import { type InventoryRecord, valuesAt } from '#model/record.ts';
import { type RecordSort, recordSorts, type StoredRecord } from '#store/inventory.ts';
import { conditionOfText } from '#store/query/text.ts';
import type { Store } from '#store/store.ts';
import type { ServerDetail, ServerHistory, ServerRow } from './api.ts';
import type { Answer } from './envelope.ts';
import { countIn, IdPath, parseInput } from './input.ts';
import { isoTime } from './iso-time.ts';
import { readHistory } from './server-history.ts';

const longestText = 200;

/** `-cpuAvg`: highest first. */
const Sort = z
  .templateLiteral([z.enum(['', '-']), z.enum(recordSorts)], `one of ${recordSorts.join(', ')}; -… for descending`)
  .transform((text): { by: RecordSort; descending: boolean } => {
    const descending = text.startsWith('-');
    const name = descending ? text.slice(1) : text;
    return { by: recordSorts.find((sort) => sort === name) ?? 'id', descending };
  });

const text = z.string().max(longestText).exactOptional();

const ListQuery = z.strictObject({
  q: z.string().max(2000).exactOptional(),
  search: text,
  provider: text,
  account: text,
  region: text,
  state: text,
  sort: Sort.exactOptional(),
  limit: countIn(1, 1000).default(100),
  after: z.string().max(2000).exactOptional(),
});

const HistoryQuery = z.strictObject({ days: countIn(1, 400).default(14) });

export function serverRoutes(app: FastifyInstance, { store, now }: { store: Store; now: () => number }): void {
  app.get('/servers', async (request): Promise<Answer<readonly ServerRow[]>> => {
    const { q, sort, limit, after, ...filter } = parseInput(ListQuery, request.query);
    const page = await store.inventory.list({
      filter: q === undefined ? filter : { ...filter, condition: conditionOfText(q) },
      limit,
      ...(sort === undefined ? {} : { sort }),
      ...(after === undefined ? {} : { after }),
    });
    const next = page.next === undefined ? {} : { next: page.next };
    return { data: page.rows.map(serverRow), meta: { total: page.total, ...next } };
  });

  app.get('/servers/:id', async (request): Promise<Answer<ServerDetail>> => {
    const stored = await readServer(store, parseInput(IdPath, request.params).id);
    return { data: { record: stored.record, ...identityOf(stored), first_seen: isoTime(stored.firstSeen) } };
  });

  app.get('/servers/:id/history', async (request): Promise<Answer<ServerHistory>> => {
    const { days } = parseInput(HistoryQuery, request.query);
    const { id } = await readServer(store, parseInput(IdPath, request.params).id);
    return { data: await readHistory(store.history, id, days, now()) };
  });
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
    state: record.data.compute?.instance_state ?? 'UNKNOWN',
    ...measurementsOf(record),
  };
}

function identityOf({ id, updatedAt, lastSeenAt }: StoredRecord) {
  return { id, updated_at: isoTime(updatedAt), last_seen: isoTime(lastSeenAt) };
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
