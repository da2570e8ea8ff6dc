import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { storeError } from './postgres-error.ts';

/** The pool as Kysely uses it. Every error comes out as a CollectError. @param where the database, without its password */
export function guardedPool(pool: pg.Pool, where: string): PostgresPool {
  return {
    connect: async () => {
      try {
        return new GuardedClient(await pool.connect(), where);
      } catch (caught) {
        throw storeError(caught, where);
      }
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

class GuardedClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #where: string;
  #broken: Error | undefined;

  constructor(client: pg.PoolClient, where: string) {
    this.#client = client;
    this.#where = where;
    // Without a listener, a server that goes away while a query is under way would end the process.
    client.on('error', this.#onError);
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    query: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof query !== 'string') throw new Error('cursors are not used here');
    return this.#run(query, parameters);
  }

  release(): void {
    this.#client.off('error', this.#onError);
    this.#client.release(this.#broken);
  }

  readonly #onError = (error: Error): void => {
    this.#broken = error;
  };

  async #run<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      const { command, rowCount, rows } = await this.#client.query<R & pg.QueryResultRow>(text, [...parameters]);
      if (!isCommand(command)) return { command: 'SELECT', rowCount: rowCount ?? 0, rows };
      return { command, rowCount: rowCount ?? 0, rows };
    } catch (caught) {
      throw storeError(this.#broken ?? caught, this.#where);
    }
  }
}

const commands = ['UPDATE', 'DELETE', 'INSERT', 'SELECT', 'MERGE'] as const;

function isCommand(command: string): command is (typeof commands)[number] {
  return commands.some((known) => known === command);
}
