import { Kysely, PostgresDialect } from 'kysely';
import { sqlAccounts } from '../sql/accounts.ts';
import { sqlJobs } from '../sql/jobs.ts';
import type { SqlSession } from '../sql/session.ts';
import type { Tables } from '../sql/tables.ts';
import type { Store } from '../store.ts';
import { guardedPool } from './guarded-pool.ts';
import { postgresHistory } from './history.ts';
import { postgresInventory } from './inventory.ts';
import { migrate } from './migrations.ts';
import { createPool } from './pool.ts';
import { storeError } from './postgres-error.ts';
import { openSession } from './session.ts';

const poolSize = 10;

/**
 * Opens a store on PostgreSQL and brings its schema up to date. Any number of processes may share it.
 *
 * @param url `postgres://user:password@host:port/database`
 * @throws CollectError `store_failed` where the database does not let us in, or a newer fleetgauge wrote it
 */
export async function openPostgresStore(url: string): Promise<Store> {
  const where = withoutPassword(url);
  const pool = createPool(url, { size: poolSize, name: 'fleetgauge' });
  try {
    await migrate(pool, where, Date.now());
  } catch (caught) {
    await pool.end();
    throw storeError(caught, where);
  }
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guardedPool(pool, where) }) });
  return storeOn(openSession(db), () => db.destroy());
}

function storeOn(session: SqlSession, close: () => Promise<void>): Store {
  return {
    inventory: postgresInventory(session),
    history: postgresHistory(session),
    jobs: sqlJobs(session),
    accounts: sqlAccounts(session),
    transaction: (work) => session.transaction((tx) => work(storeOn(tx, close))),
    close,
  };
}

/** The database as it may be named in errors. */
function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'the database';
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}
