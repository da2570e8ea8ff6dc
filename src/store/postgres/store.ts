import { Kysely, PostgresDialect, sql } from 'kysely';
import { sqlAccounts } from '../sql/accounts.ts';
import { sqlAudit } from '../sql/audit.ts';
import { sqlCallQuarters } from '../sql/call-quarters.ts';
import { sqlChanges } from '../sql/changes.ts';
import { sqlDataSources } from '../sql/data-sources.ts';
import { sqlExports } from '../sql/exports.ts';
import { sqlIdentity } from '../sql/identity.ts';
import { sqlJobs } from '../sql/jobs.ts';
import { sqlLimits } from '../sql/limits.ts';
import { sqlPlugins } from '../sql/plugins.ts';
import { sqlRightsizing } from '../sql/rightsizing.ts';
import { sqlSchedules } from '../sql/schedules.ts';
import { sqlSealed } from '../sql/sealed.ts';
import type { SqlSession } from '../sql/session.ts';
import { sqlSettings } from '../sql/settings.ts';
import type { Tables } from '../sql/tables.ts';
import { sqlTasks } from '../sql/tasks.ts';
import type { SchemaVersion, Store } from '../store.ts';
import { type ClusterPlace, clusterPlace, postgresCluster } from './cluster.ts';
import { guardedPool } from './guarded-pool.ts';
import { postgresHistory } from './history.ts';
import { postgresInventory } from './inventory.ts';
import { migrate, migrations } from './migrations.ts';
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
    const place = await clusterPlace(pool, url);
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guardedPool(pool, where) }) });
    return storeOn(openSession(db), place, async () => {
      await db.destroy();
      // Kysely leaves a pool open that it never used.
      if (!pool.ended) await pool.end();
    });
  } catch (caught) {
    await pool.end();
    throw storeError(caught, where);
  }
}

function storeOn(session: SqlSession, place: ClusterPlace, close: () => Promise<void>): Store {
  return {
    inventory: postgresInventory(session),
    history: postgresHistory(session),
    jobs: sqlJobs(session),
    tasks: sqlTasks(session),
    schedules: sqlSchedules(session),
    plugins: sqlPlugins(session),
    limits: sqlLimits(session),
    settings: sqlSettings(session),
    callQuarters: sqlCallQuarters(session),
    changes: sqlChanges(session),
    audit: sqlAudit(session),
    accounts: sqlAccounts(session),
    identity: sqlIdentity(session),
    rightsizing: sqlRightsizing(session),
    dataSources: sqlDataSources(session),
    exports: sqlExports(session),
    sealed: sqlSealed(session),
    cluster: postgresCluster(session, place),
    schema: () => schemaVersion(session),
    sizeBytes: () => sizeBytes(session),
    transaction: (work) => session.transaction((tx) => work(storeOn(tx, place, close))),
    close,
  };
}

/** The database as it may be named in errors. */
function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'the database';
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}

async function schemaVersion({ db }: SqlSession): Promise<SchemaVersion> {
  const { rows } = await sql<{ readonly version: number }>`SELECT version FROM schema_version`.execute(db);
  return { stored: rows[0]?.version ?? 0, known: migrations.length };
}

async function sizeBytes({ db }: SqlSession): Promise<number> {
  const { rows } = await sql<{
    readonly bytes: string;
  }>`SELECT pg_database_size(current_database())::text AS bytes`.execute(db);
  return Number(rows[0]?.bytes ?? 0);
}
