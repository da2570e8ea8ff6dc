import { Kysely, sql } from 'kysely';
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
import { sqlSettings } from '../sql/settings.ts';
import type { Tables } from '../sql/tables.ts';
import { sqlTasks } from '../sql/tasks.ts';
import type { Store } from '../store.ts';
import { DatabaseFile } from './database-file.ts';
import { nodeSqliteDialect } from './dialect.ts';
import { sqliteHistory } from './history.ts';
import { sqliteInventory } from './inventory.ts';
import { migrate, migrations } from './migrations.ts';
import { openSession, type Session } from './session.ts';

/**
 * Opens the database, makes it where there is none, and brings its schema up to date.
 *
 * @param path of the file, in a folder that exists; or `:memory:`
 */
export async function openSqliteStore(path: string): Promise<Store> {
  return storeOnFile(await DatabaseFile.open(path));
}

/** The store owns the file from here on: it is closed with the store, or where it cannot be one. */
export async function storeOnFile(file: DatabaseFile): Promise<Store> {
  try {
    await migrate(file);
  } catch (caught) {
    file.close();
    throw caught;
  }
  const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(file) });
  // Closing takes its turn, so that what is being written is written.
  return storeOn(openSession(db, file), () => db.connection().execute(async () => file.close()));
}

const pagesOf = sql<{ readonly bytes: number }>`
  SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size
`;

function storeOn(session: Session, close: () => Promise<void>): Store {
  return {
    inventory: sqliteInventory(session),
    history: sqliteHistory(session),
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
    schema: () =>
      session.db.connection().execute(async () => ({ stored: session.file.userVersion(), known: migrations.length })),
    sizeBytes: async () => {
      const { rows } = await pagesOf.execute(session.db);
      return rows[0]?.bytes ?? 0;
    },
    transaction: (work) => session.transaction((tx) => work(storeOn(tx, close))),
    close,
  };
}
