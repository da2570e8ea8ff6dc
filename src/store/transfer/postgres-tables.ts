import pg from 'pg';
import { CollectError } from '#model/errors.ts';
import { derivedTables, migrate } from '../postgres/migrations.ts';
import { createPool } from '../postgres/pool.ts';
import { storeError } from '../postgres/postgres-error.ts';
import type { Cell, ColumnKind, Table, TableSource, TableTarget } from './tables.ts';

const kinds: Readonly<Record<string, ColumnKind>> = {
  bigint: 'number',
  integer: 'number',
  smallint: 'number',
  'double precision': 'number',
  text: 'text',
  bytea: 'bytes',
  jsonb: 'json',
};

const rowsAtOnce = 1_000;

/** Reads a database as it is now, whoever writes to it meanwhile. @throws CollectError `store_failed` */
export async function postgresSource(url: string): Promise<TableSource> {
  return open(url, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
}

/** @throws CollectError `store_failed` */
export async function postgresTarget(url: string): Promise<TableTarget> {
  return open(url, 'BEGIN');
}

async function open(url: string, begin: string): Promise<TableTarget> {
  const pool = createPool(url, { size: 2, name: 'fleetgauge transfer' });
  try {
    await migrate(pool, 'the database', Date.now());
    const client = await pool.connect();
    await client.query(begin);
    return tablesOf(client, async () => {
      await client.query('ROLLBACK').catch(() => {});
      client.release(true);
      await pool.end();
    });
  } catch (caught) {
    await pool.end();
    throw storeError(caught, 'the database');
  }
}

function tablesOf(client: pg.PoolClient, close: () => Promise<void>): TableTarget {
  const run = async <R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> => {
    try {
      return (await client.query<R>(text, values)).rows;
    } catch (caught) {
      throw storeError(caught, 'the database');
    }
  };
  /** As PostgreSQL has them: an array of a column's cells is sent as an array of its type. */
  const types = new Map<string, string>();

  return {
    async tables() {
      // What is not logged lives no longer than the server; what is a part of another table comes with that.
      const rows = await run<{ name: string; column: string; type: string }>(
        `
        SELECT c.relname AS name, a.attname AS column, format_type(a.atttypid, NULL) AS type
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition AND c.relpersistence = 'p'
          AND c.relname <> 'schema_version' AND c.relname <> ALL($1)
        ORDER BY c.relname, a.attnum`,
        [derivedTables],
      );
      const references = await run<{ name: string; other: string }>(`
        SELECT c.relname AS name, o.relname AS other
        FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class o ON o.oid = f.confrelid
        WHERE f.contype = 'f' AND c.relnamespace = current_schema()::regnamespace`);
      for (const { name, column, type } of rows) types.set(`${name}.${column}`, type);
      return [...Map.groupBy(rows, ({ name }) => name)].map(
        ([name, columns]): Table => ({
          name,
          columns: new Map(columns.map(({ column, type }) => [column, kindOf(type, `${name}.${column}`)])),
          references: references.filter((each) => each.name === name).map(({ other }) => other),
        }),
      );
    },
    async *rows({ name, columns }) {
      const list = [...columns].map(([column, kind]) => (kind === 'json' ? `${quoted(column)}::text` : quoted(column)));
      await run(`DECLARE rows NO SCROLL CURSOR FOR SELECT ${list.join(', ')} FROM ${quoted(name)}`);
      try {
        for (;;) {
          const page = await client.query<Cell[]>({ text: `FETCH ${rowsAtOnce} FROM rows`, rowMode: 'array' });
          if (page.rows.length === 0) return;
          yield page.rows;
        }
      } finally {
        await run('CLOSE rows');
      }
    },
    async lastIds() {
      const sequences = await run<{ name: string; last: number | null }>(
        `
        SELECT c.relname AS name, pg_sequence_last_value(s.oid) AS last
        FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype = 'i' JOIN pg_class c ON c.oid = d.refobjid
        WHERE s.relkind = 'S' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> ALL($1)`,
        [derivedTables],
      );
      return new Map(sequences.map(({ name, last }) => [name, last ?? 0]));
    },
    async write({ name, columns }, rows) {
      const names = [...columns.keys()];
      const arrays = names.map((column, at) => `$${at + 1}::${types.get(`${name}.${column}`) ?? 'text'}[]`);
      await run(
        `INSERT INTO ${quoted(name)} (${names.map(quoted).join(', ')}) SELECT * FROM unnest(${arrays.join(', ')})`,
        names.map((_, at) => rows.map((row) => bound(row[at] ?? null))),
      );
    },
    async setLastIds(ids) {
      const known = await this.lastIds();
      for (const name of known.keys()) {
        await run(
          `SELECT setval(pg_get_serial_sequence($1, 'id'),
             greatest($2::bigint, (SELECT coalesce(max(id), 0) FROM ${quoted(name)}), 1),
             greatest($2::bigint, (SELECT coalesce(max(id), 0) FROM ${quoted(name)})) > 0)`,
          [quoted(name), ids.get(name) ?? 0],
        );
      }
    },
    async execute(sql) {
      await run(sql);
    },
    async commit() {
      await run('COMMIT');
    },
    close,
  };
}

/** `pg` sends a plain Uint8Array within an array as JSON. */
function bound(cell: Cell): Cell | Buffer {
  return cell instanceof Uint8Array ? Buffer.from(cell) : cell;
}

function kindOf(type: string, where: string): ColumnKind {
  const kind = kinds[type];
  if (kind === undefined)
    throw new CollectError('internal', `a column of type ${type} cannot be carried over`, { where });
  return kind;
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}
