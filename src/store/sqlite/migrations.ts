import { CollectError } from '#model/errors.ts';
import type { DatabaseFile } from './database-file.ts';

/**
 * The schema, in steps. A step that has been released is never changed: the next one changes what it made.
 *
 * `resource` is narrow so that counts, sorts and searches read 200 bytes a server; the 2 KB record lies in `resource_doc`.
 * Its unique index begins with the resource id, since a match rule may name that and little else.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE resource (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, resource_id TEXT NOT NULL,
    "group" TEXT NOT NULL, type TEXT NOT NULL,
    name TEXT NOT NULL, instance_type TEXT NOT NULL, state TEXT NOT NULL,
    cpu_avg REAL, cpu_max REAL, mem_avg REAL, shape TEXT NOT NULL,
    first_seen INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL,
    UNIQUE (resource_id, provider, account, region)
  ) STRICT;
  CREATE TABLE resource_doc (
    id INTEGER PRIMARY KEY REFERENCES resource (id) ON DELETE CASCADE,
    doc TEXT NOT NULL
  ) STRICT;
  CREATE TABLE day (
    resource INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    cells BLOB NOT NULL,
    PRIMARY KEY (resource, day)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL UNIQUE,
    secret BLOB NOT NULL,
    regions TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_used_at INTEGER,
    status TEXT NOT NULL
  ) STRICT;

  CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL, demo INTEGER NOT NULL,
    options TEXT NOT NULL, plan TEXT NOT NULL, counts TEXT NOT NULL, planned TEXT NOT NULL, spent TEXT NOT NULL,
    started_at INTEGER NOT NULL, finished_at INTEGER,
    owner_pid INTEGER NOT NULL, heartbeat_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX job_state ON job (state);
  CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    provider TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
    state TEXT NOT NULL, counts TEXT NOT NULL,
    planned_servers INTEGER NOT NULL, done_servers INTEGER NOT NULL,
    error TEXT, failures TEXT NOT NULL, spent TEXT NOT NULL,
    started_at INTEGER, finished_at INTEGER,
    UNIQUE (job, provider, account, region)
  ) STRICT;
  CREATE TABLE ledger (
    job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    account TEXT NOT NULL, region TEXT NOT NULL, api TEXT NOT NULL,
    calls INTEGER NOT NULL, retried INTEGER NOT NULL, throttled INTEGER NOT NULL, failed INTEGER NOT NULL,
    usd REAL NOT NULL, usd_at_most REAL NOT NULL,
    PRIMARY KEY (job, account, region, api)
  ) STRICT, WITHOUT ROWID;
  `,
];

/**
 * Brings the schema up to this code, each step in a transaction of its own. Two processes may start at once:
 * each looks again for what is left to do once it has the write lock.
 *
 * @throws CollectError `store_failed` where a newer fleetgauge wrote the store
 */
export async function migrate(file: DatabaseFile, steps: readonly string[] = migrations): Promise<void> {
  while (checkedVersion(file, steps.length) < steps.length) {
    await file.beginImmediate();
    try {
      const version = checkedVersion(file, steps.length);
      const step = steps[version];
      if (step !== undefined) file.exec(`${step}; PRAGMA user_version = ${version + 1}`);
      file.exec('COMMIT');
    } catch (caught) {
      file.rollback();
      throw caught;
    }
  }
}

function checkedVersion(file: DatabaseFile, newest: number): number {
  const version = file.userVersion();
  if (version <= newest) return version;
  throw new CollectError(
    'store_failed',
    `a newer fleetgauge wrote this store: its schema is ${version}, this one knows ${newest}`,
    { where: file.path, fix: 'Update fleetgauge, or choose another data folder.' },
  );
}
