import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { CollectError } from '#model/errors.ts';
import { defineQueryFunctions } from './query-functions.ts';
import { isBusy, storeError } from './sqlite-error.ts';

/** How long a writer waits for another process, in milliseconds. */
const busyTimeoutMs = 10_000;
/** Compiled statements kept; the store has a few dozen, list filters make some more. */
const statementLimit = 256;

/**
 * One SQLite database file and one connection to it. Every error comes out as a CollectError.
 *
 * Durable: a transaction is on disk when its commit returns (WAL, synchronous=FULL).
 */
export class DatabaseFile {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @param path `:memory:` for a database that nobody else sees and that ends with the process */
  static async open(path: string): Promise<DatabaseFile> {
    const file = new DatabaseFile(path);
    try {
      // Two first openers may meet here: the change to WAL does not wait by itself.
      await retryBusy(() => file.exec('PRAGMA journal_mode = WAL'));
      file.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 2000');
      return file;
    } catch (caught) {
      file.close();
      throw caught;
    }
  }

  private constructor(path: string) {
    this.path = path;
    try {
      this.#database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: busyTimeoutMs });
      this.#database.exec(`PRAGMA page_size = ${pageSizeBytes}`);
      defineQueryFunctions(this.#database);
    } catch (caught) {
      throw storeError(caught, path);
    }
  }

  get inTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  /** The number that migrations count up; 0 in a new file. */
  userVersion(): number {
    const row = this.#guard(() => this.#statement('PRAGMA user_version').get());
    return Number(row?.user_version ?? 0);
  }

  /** For statements without parameters and answer. */
  exec(sql: string): void {
    this.#guard(() => this.#database.exec(sql));
  }

  /** The shape in which Kysely's SQLite driver wants a statement. */
  prepare(sql: string) {
    const statement = this.#guard(() => this.#statement(sql));
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => this.#guard(() => statement.all(...parameters.map(bindable))),
      run: (parameters: readonly unknown[]) => this.#guard(() => statement.run(...parameters.map(bindable))),
      // A cursor of its own: a cached statement would be reset by its next use.
      iterate: (parameters: readonly unknown[]) =>
        this.#guard(() => this.#database.prepare(sql).iterate(...parameters.map(bindable))),
    };
  }

  /**
   * A statement to be run once per row, which in SQLite is the fastest way to write many. For use inside a transaction.
   *
   * @returns runs it with a row's values; answers the row id, where it inserts
   */
  writer(sql: string): (values: readonly SQLInputValue[]) => number {
    const statement = this.#statement(sql);
    return (values) => this.#guard(() => Number(statement.run(...values).lastInsertRowid));
  }

  /** Begins to write. Waits for other processes without holding up this one. @throws CollectError `store_failed` */
  async beginImmediate(): Promise<void> {
    try {
      this.exec('PRAGMA busy_timeout = 0');
      await retryBusy(() => this.exec('BEGIN IMMEDIATE'));
    } finally {
      this.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    }
  }

  /** Where SQLite had to give up a transaction by itself (disk full), there is nothing left to roll back. */
  rollback(): void {
    if (this.inTransaction) this.exec('ROLLBACK');
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined && this.#statements.size >= statementLimit) this.#statements.delete(oldest);
    const statement = this.#guard(() => this.#database.prepare(sql));
    this.#statements.set(sql, statement);
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (caught) {
      throw storeError(caught, this.path);
    }
  }
}

/** Days and records are 0.3 to 4 KB: a large page holds several of them, where SQLite's 4,096 bytes hold one. */
const pageSizeBytes = 16_384;

async function retryBusy(work: () => void): Promise<void> {
  const end = performance.now() + busyTimeoutMs;
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 25)) {
    try {
      return work();
    } catch (caught) {
      if (!isBusy(caught) || performance.now() > end) throw caught;
    }
    await delay(waitMs);
  }
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  if (value instanceof Uint8Array) return value;
  throw new CollectError('internal', `a ${typeof value} cannot be stored`);
}
