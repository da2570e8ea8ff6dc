import pg from 'pg';

/** Ids, times and counts fit a double; `pg` gives 64-bit integers as text unless told. */
const int8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)),
};

/** A query that a user made up may not hold a connection for ever. */
const statementTimeoutMs = 120_000;

/**
 * Compiling a query takes longer than most of ours; the order of a million servers is made in memory, by all processors; and pages
 * are mostly in memory, so that looking up 500 rows one by one is no more than what it says.
 */
const settings = [
  'SET jit = off',
  "SET work_mem = '32MB'",
  'SET parallel_tuple_cost = 0.01',
  'SET random_page_cost = 1.1',
].join('; ');

export interface PoolOptions {
  /** Connections of this process at most. */
  readonly size: number;
  /** Seen in `pg_stat_activity`. */
  readonly name: string;
}

/** Connections to one PostgreSQL, made as they are needed. `url` is as libpq has it, `?options=` among it. */
export function createPool(url: string, { size, name }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: size,
    application_name: name,
    statement_timeout: statementTimeoutMs,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    onConnect: async (client) => {
      await client.query(settings);
    },
  });
  // A connection that breaks while nobody uses it is replaced; without a listener it would end the process.
  pool.on('error', () => {});
  // The same of one that breaks in the moment in which it goes from hand to hand.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
