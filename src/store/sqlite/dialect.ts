import {
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { DatabaseFile } from './database-file.ts';

/** Kysely on `node:sqlite`. Kysely itself lets one user at a time have the one connection. */
export function nodeSqliteDialect(file: DatabaseFile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new NodeSqliteDriver(file),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/**
 * Transactions take the write lock when they begin: one that began as a reader could not become a writer
 * once another process has written, whatever the timeout.
 */
class NodeSqliteDriver extends SqliteDriver {
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile) {
    super({ database: file });
    this.#file = file;
  }

  override async beginTransaction(_connection: DatabaseConnection): Promise<void> {
    await this.#file.beginImmediate();
  }

  override async rollbackTransaction(_connection: DatabaseConnection): Promise<void> {
    this.#file.rollback();
  }
}
