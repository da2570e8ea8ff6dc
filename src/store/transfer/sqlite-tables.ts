import type { SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { DatabaseFile } from '../sqlite/database-file.ts';
import { derivedTables, migrate } from '../sqlite/migrations.ts';
import type { Cell, ColumnKind, Row, Table, TableSource, TableTarget } from './tables.ts';

const kinds: Readonly<Record<string, ColumnKind>> = { INTEGER: 'number', REAL: 'number', TEXT: 'text', BLOB: 'bytes' };

const Named = z.object({ name: z.string() });
const Column = z.object({ name: z.string(), type: z.string() });
const Reference = z.object({ table: z.string() });
const Counted = z.object({ name: z.string(), seq: z.number() });

const rowsAtOnce = 1_000;

/** Reads a store's file as it is now, whoever writes to it meanwhile. */
export async function sqliteSource(path: string): Promise<TableSource> {
  const file = await DatabaseFile.open(path);
  // The first read of a transaction decides what all of them see.
  file.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
  return source(file);
}

/** A file that is made where there is none. */
export async function sqliteTarget(path: string): Promise<TableTarget> {
  const file = await DatabaseFile.open(path);
  try {
    await migrate(file);
    await file.beginImmediate();
  } catch (caught) {
    file.close();
    throw caught;
  }
  return {
    ...source(file),
    async write({ name, columns }, rows) {
      const names = [...columns.keys()];
      const write = file.writer(
        `INSERT INTO ${quoted(name)} (${names.map(quoted).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      );
      for (const row of rows) write(row satisfies readonly SQLInputValue[]);
    },
    async setLastIds(ids) {
      for (const [name, id] of ids) {
        file.prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?').run([id, name]);
        file
          .prepare(
            'INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)',
          )
          .run([name, id, name]);
      }
    },
    async execute(sql) {
      file.exec(sql);
    },
    async commit() {
      file.exec('COMMIT');
      // One file alone: what is carried away is whole.
      file.exec('PRAGMA journal_mode = DELETE');
    },
  };
}

function source(file: DatabaseFile): TableSource {
  const all = <T>(schema: z.ZodType<T>, sql: string, ...values: Cell[]): T[] =>
    z.array(schema).parse(file.prepare(sql).all(values));
  const tables = (): Table[] =>
    all(Named, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite#_%' ESCAPE '#'`)
      .filter(({ name }) => !derivedTables.includes(name))
      .map(({ name }) => ({
        name,
        columns: new Map(
          all(Column, 'SELECT name, type FROM pragma_table_info(?)', name).map((column) => [
            column.name,
            kindOf(column.type, `${name}.${column.name}`),
          ]),
        ),
        references: all(Reference, 'SELECT "table" FROM pragma_foreign_key_list(?)', name).map(({ table }) => table),
      }));
  return {
    tables: async () => tables(),
    async *rows({ name, columns }) {
      const names = [...columns.keys()];
      let page: Row[] = [];
      for (const row of file.prepare(`SELECT ${names.map(quoted).join(', ')} FROM ${quoted(name)}`).iterate([])) {
        page.push(names.map((column) => cellOf(row[column], `${name}.${column}`)));
        if (page.length < rowsAtOnce) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    },
    async lastIds() {
      return new Map(all(Counted, 'SELECT name, seq FROM sqlite_sequence').map(({ name, seq }) => [name, seq]));
    },
    async close() {
      file.rollback();
      file.close();
    },
  };
}

function kindOf(type: string, where: string): ColumnKind {
  const kind = kinds[type];
  if (kind === undefined)
    throw new CollectError('internal', `a column of type ${type} cannot be carried over`, { where });
  return kind;
}

function cellOf(value: unknown, where: string): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof Uint8Array) return value;
  throw new CollectError('store_failed', `a ${typeof value} cannot be carried over`, { where });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
