import type { SQLInputValue } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import type { InventoryRecord } from '#model/record.ts';
import type { StoredRecord } from '../inventory.ts';
import { measuresOf } from '../record-measures.ts';
import type { RecordOutline } from '../record-outline.ts';
import { RecordSchema } from '../record-schema.ts';
import { stampedDigest } from '../sql/record-lookup.ts';
import { parseStored } from '../sql/stored-json.ts';
import type { Tables } from '../sql/tables.ts';

/** The columns of `resource` that follow from the record, in the order in which `identityValues` and `outlineValues` give them. */
const identityColumns = ['provider', 'account', 'region', 'resource_id'] as const;
const valueColumns = [
  '"group"',
  'type',
  'name',
  'instance_type',
  'state',
  'cpu_avg',
  'cpu_max',
  'mem_avg',
  'shape',
  'facts',
  'digest',
  'tags',
  'absent_since',
  'cpu_p95',
  'mem_max',
  'mem_p95',
  'measured',
  'updated_at',
  'last_seen_at',
] as const;

const columns = [...identityColumns, ...valueColumns, 'first_seen'];

export const insertResource = `INSERT INTO resource (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
export const updateResource = updateOf(valueColumns);
/** Apart, since it costs as much again: SQLite writes the unique index anew, whether the values differ or not. */
export const updateIdentity = updateOf(identityColumns);
export const insertDoc = 'INSERT INTO resource_doc (id, doc) VALUES (?, ?)';
export const updateDoc = 'UPDATE resource_doc SET doc = ? WHERE id = ?';

function updateOf(columns: readonly string[]): string {
  return `UPDATE resource SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`;
}

export function identityValues(record: InventoryRecord): SQLInputValue[] {
  return [record.provider, record.account, record.region_code, record.reference.resource_id];
}

export function outlineValues(record: InventoryRecord, outline: RecordOutline, now: number): SQLInputValue[] {
  const { name, instanceType, state, cpuAvg, cpuMax, memoryAvg, shape, facts, digest } = outline;
  const { cpuP95, memoryMax, memoryP95, measured } = measuresOf(record);
  const { cloud_service_group: group, cloud_service_type: type } = record;
  const usage = [cpuP95, memoryMax, memoryP95, measured];
  const known = [shape, facts, stampedDigest(digest, now), JSON.stringify(record.tags)];
  return [group, type, name, instanceType, state, cpuAvg, cpuMax, memoryAvg, ...known, null, ...usage, now, now];
}

interface RecordRow {
  readonly id: number;
  readonly doc: string;
  readonly first_seen: number;
  readonly updated_at: number;
  readonly last_seen_at: number;
  readonly absent_since: number | null;
}

function storedRecord(row: RecordRow): StoredRecord {
  return {
    id: row.id,
    record: parseStored(RecordSchema, row.doc, `record ${row.id}`),
    firstSeen: row.first_seen,
    updatedAt: row.updated_at,
    lastSeenAt: row.last_seen_at,
    ...(row.absent_since === null ? {} : { absentSince: row.absent_since }),
  };
}

export async function recordsOf(db: Kysely<Tables>, ids: readonly number[]): Promise<StoredRecord[]> {
  const { rows } = await sql<RecordRow>`
    SELECT r.id, r.first_seen, r.updated_at, r.last_seen_at, r.absent_since, d.doc
    FROM json_each(${JSON.stringify(ids)}) AS l CROSS JOIN resource AS r ON r.id = l.value
    JOIN resource_doc AS d ON d.id = r.id
    ORDER BY l.id
  `.execute(db);
  return rows.map(storedRecord);
}
