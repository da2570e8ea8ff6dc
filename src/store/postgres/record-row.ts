import { type Kysely, sql } from 'kysely';
import type { RecordWrite, StoredRecord } from '../inventory.ts';
import { measuresOf } from '../record-measures.ts';
import { outlineOf } from '../record-outline.ts';
import { RecordSchema } from '../record-schema.ts';
import { stampedDigest } from '../sql/record-lookup.ts';
import { checkStored } from '../sql/stored-json.ts';
import type { Tables } from '../sql/tables.ts';
import { binaryArray } from './binary-array.ts';

interface RecordRow {
  readonly id: number;
  readonly doc: unknown;
  readonly first_seen: number;
  readonly updated_at: number;
  readonly last_seen_at: number;
  readonly absent_since: number | null;
}

export async function recordsOf(db: Kysely<Tables>, ids: readonly number[]): Promise<StoredRecord[]> {
  const { rows } = await sql<RecordRow>`
    SELECT r.id, r.first_seen, r.updated_at, r.last_seen_at, r.absent_since, d.doc
    FROM unnest(${[...ids]}::bigint[]) WITH ORDINALITY AS l (id, at)
    JOIN resource AS r ON r.id = l.id
    JOIN resource_doc AS d ON d.id = r.id
    ORDER BY l.at
  `.execute(db);
  return rows.map(({ id, doc, first_seen, updated_at, last_seen_at, absent_since }) => ({
    id,
    record: checkStored(RecordSchema, doc, `record ${id}`),
    firstSeen: first_seen,
    updatedAt: updated_at,
    lastSeenAt: last_seen_at,
    ...(absent_since === null ? {} : { absentSince: absent_since }),
  }));
}

/** The columns of `resource` that follow from a record, each with its type and its value. */
const columns: readonly (readonly [name: string, type: string, value: (row: Written) => string | number | null])[] = [
  ['provider', 'text', ({ record }) => record.provider],
  ['account', 'text', ({ record }) => record.account],
  ['region', 'text', ({ record }) => record.region_code],
  ['resource_id', 'text', ({ record }) => record.reference.resource_id],
  ['"group"', 'text', ({ record }) => record.cloud_service_group],
  ['type', 'text', ({ record }) => record.cloud_service_type],
  ['name', 'text', ({ outline }) => outline.name],
  ['instance_type', 'text', ({ outline }) => outline.instanceType],
  ['state', 'text', ({ outline }) => outline.state],
  ['cpu_avg', 'double precision', ({ outline }) => outline.cpuAvg],
  ['cpu_max', 'double precision', ({ outline }) => outline.cpuMax],
  ['mem_avg', 'double precision', ({ outline }) => outline.memoryAvg],
  ['cpu_p95', 'double precision', ({ measures }) => measures.cpuP95],
  ['mem_max', 'double precision', ({ measures }) => measures.memoryMax],
  ['mem_p95', 'double precision', ({ measures }) => measures.memoryP95],
  ['measured', 'bigint', ({ measures }) => measures.measured],
  ['shape', 'text', ({ outline }) => outline.shape],
  ['facts', 'text', ({ outline }) => outline.facts],
  ['digest', 'text', ({ outline, now }) => stampedDigest(outline.digest, now)],
  ['tags', 'jsonb', ({ record }) => JSON.stringify(record.tags)],
];

interface Written {
  readonly record: RecordWrite['record'];
  readonly outline: ReturnType<typeof outlineOf>;
  readonly measures: ReturnType<typeof measuresOf>;
  readonly now: number;
}

const names = columns.map(([name]) => sql.raw(name));

interface RowWrite extends Omit<RecordWrite, 'id'> {
  readonly id: number;
}

/** Writes of records whose ids are known, those of new ones among them: a statement for the rows, one for the texts. */
export async function writeRows(
  db: Kysely<Tables>,
  writes: readonly (RowWrite & { readonly isNew: boolean })[],
  now: number,
): Promise<void> {
  const created = writes.filter(({ isNew }) => isNew);
  const changed = writes.filter(({ isNew }) => !isNew);
  if (created.length > 0) {
    await sql`
      INSERT INTO resource (id, ${sql.join(names)}, first_seen, updated_at, last_seen_at)
      SELECT u.*, ${now}::bigint, ${now}::bigint, ${now}::bigint FROM ${rowsOf(created, now)} AS u
    `.execute(db);
    await sql`INSERT INTO resource_doc (id, doc) SELECT * FROM ${textsOf(created)}`.execute(db);
  }
  if (changed.length > 0) {
    const assignments = sql.join(names.map((name) => sql`${name} = u.${name}`));
    await sql`
      UPDATE resource SET ${assignments}, updated_at = ${now}, last_seen_at = ${now}, absent_since = NULL
      FROM ${rowsOf(changed, now)} AS u (id, ${sql.join(names)}) WHERE resource.id = u.id
    `.execute(db);
    await sql`
      UPDATE resource_doc SET doc = u.doc FROM ${textsOf(changed)} AS u (id, doc) WHERE resource_doc.id = u.id
    `.execute(db);
  }
}

/** The ids and columns of these records, as a table. */
function rowsOf(writes: readonly RowWrite[], now: number) {
  const written = writes.map(({ record, outline = outlineOf(record) }) => ({
    record,
    outline,
    measures: measuresOf(record),
    now,
  }));
  const lists = columns.map(([, type, value]) => sql`${written.map(value)}::${sql.raw(type)}[]`);
  return sql`unnest(${writes.map(({ id }) => id)}::bigint[], ${sql.join(lists)})`;
}

function textsOf(writes: readonly RowWrite[]) {
  const docs = binaryArray(
    'jsonb',
    writes.map(({ record }) => JSON.stringify(record)),
  );
  return sql`unnest(${writes.map(({ id }) => id)}::bigint[], ${docs}::jsonb[])`;
}
