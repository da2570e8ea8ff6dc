import { CollectError } from '#model/errors.ts';
import type { DatabaseFile } from './database-file.ts';

/** Tables that the database itself fills, from what is written to others: they say nothing that those do not. */
export const derivedTables: readonly string[] = ['resource_type'];

/**
 * The schema, in steps. A step that has been released is never changed: the next one changes what it made.
 *
 * `resource` is narrow so that counts, sorts and searches read 200 bytes a server; the 2 KB record lies in `resource_doc`.
 * Its unique index begins with the resource id, since a match rule may name that and little else. `resource_type` has each type
 * that some of its rows are or were of.
 */
export const migrations: readonly string[] = [
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
  `
  CREATE TABLE domain (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE "user" (
    id TEXT PRIMARY KEY,
    domain TEXT NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
    kind TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL,
    password TEXT, issuer TEXT, subject TEXT,
    created_at INTEGER NOT NULL, last_login_at INTEGER,
    UNIQUE (domain, name), UNIQUE (domain, issuer, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session (
    hash BLOB PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_owner ON session (owner);
  CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    name TEXT NOT NULL, form TEXT NOT NULL, hash BLOB NOT NULL,
    created_at INTEGER NOT NULL, expires_at INTEGER, last_used_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX api_key_owner ON api_key (owner);
  CREATE TABLE signing_key (
    id TEXT PRIMARY KEY,
    domain TEXT NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
    public TEXT NOT NULL, private BLOB,
    created_at INTEGER NOT NULL, retired_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE login_attempt (
    "key" TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX login_attempt_last ON login_attempt (last_at);
  `,
  `
  ALTER TABLE job ADD COLUMN runs_on TEXT NOT NULL DEFAULT 'process';
  ALTER TABLE job ADD COLUMN cancel_requested_at INTEGER;
  ALTER TABLE task ADD COLUMN source TEXT;
  ALTER TABLE task ADD COLUMN max_usd REAL;
  ALTER TABLE task ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE task ADD COLUMN fruitless INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE task ADD COLUMN worker TEXT;
  ALTER TABLE task ADD COLUMN heartbeat_at INTEGER;
  CREATE INDEX task_open ON task (job) WHERE state IN ('PENDING', 'RUNNING');
  CREATE TABLE task_batch (
    id INTEGER PRIMARY KEY,
    task INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    changes TEXT NOT NULL
  ) STRICT;
  CREATE INDEX task_batch_task ON task_batch (task);
  CREATE TABLE schedule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    times TEXT NOT NULL, time_zone TEXT NOT NULL, options TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_run_at INTEGER, last_job INTEGER, error TEXT,
    leased_until INTEGER
  ) STRICT;
  CREATE TABLE concurrency_limit (
    provider TEXT NOT NULL, account TEXT NOT NULL, tasks INTEGER NOT NULL,
    PRIMARY KEY (provider, account)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE setting (
    name TEXT PRIMARY KEY, value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO setting VALUES ('turn', '');
  `,
  `
  CREATE TABLE plugin (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    reach TEXT NOT NULL, options TEXT NOT NULL, account TEXT, secret BLOB,
    metadata TEXT NOT NULL, generation TEXT NOT NULL, status TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_job INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE data_source (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, provider TEXT NOT NULL, state TEXT NOT NULL,
    plugin TEXT NOT NULL, tags TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE rightsizing (
    resource INTEGER PRIMARY KEY REFERENCES resource (id) ON DELETE CASCADE,
    state TEXT NOT NULL, verdict TEXT NOT NULL, target TEXT,
    decided_by TEXT NOT NULL, decided_at INTEGER NOT NULL,
    until INTEGER, note TEXT, verified_at INTEGER
  ) STRICT;
  `,
  `
  ALTER TABLE resource ADD COLUMN facts TEXT NOT NULL DEFAULT '';
  ALTER TABLE resource ADD COLUMN absent_since INTEGER;
  CREATE TABLE record_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    resource INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
    at INTEGER NOT NULL, event TEXT NOT NULL, job INTEGER, fields TEXT NOT NULL
  ) STRICT;
  CREATE INDEX record_change_resource ON record_change (resource, id);
  CREATE TABLE audit_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL, actor TEXT NOT NULL, actor_id TEXT, origin TEXT,
    action TEXT NOT NULL, target TEXT, outcome TEXT NOT NULL, detail TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
  CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
  `,
  `
  ALTER TABLE resource ADD COLUMN cpu_p95 REAL;
  ALTER TABLE resource ADD COLUMN mem_max REAL;
  ALTER TABLE resource ADD COLUMN mem_p95 REAL;
  UPDATE resource SET (cpu_p95, mem_max, mem_p95) = (
    SELECT json_extract(doc, '$.data.monitoring.cpu.utilization.p95'),
      json_extract(doc, '$.data.monitoring.memory.usage.max'), json_extract(doc, '$.data.monitoring.memory.usage.p95')
    FROM resource_doc WHERE resource_doc.id = resource.id
  );
  `,
  `
  CREATE TABLE call_quarter (
    quarter INTEGER NOT NULL, provider TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
    calls INTEGER NOT NULL, failed INTEGER NOT NULL, throttled INTEGER NOT NULL, error TEXT,
    band_0 INTEGER NOT NULL, band_1 INTEGER NOT NULL, band_2 INTEGER NOT NULL, band_3 INTEGER NOT NULL,
    band_4 INTEGER NOT NULL, band_5 INTEGER NOT NULL, band_6 INTEGER NOT NULL, band_7 INTEGER NOT NULL,
    band_8 INTEGER NOT NULL, band_9 INTEGER NOT NULL, band_10 INTEGER NOT NULL, band_11 INTEGER NOT NULL,
    PRIMARY KEY (quarter, provider, account, region)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX task_place ON task (provider, account, region, id);
  CREATE INDEX task_problem ON task (id) WHERE error IS NOT NULL OR failures <> '[]';
  ALTER TABLE resource ADD COLUMN measured INTEGER NOT NULL DEFAULT 0;
  UPDATE resource SET measured = coalesce((
    SELECT (json_type(doc, '$.data.monitoring.cpu.utilization') IS NOT NULL) * 1 +
      (json_type(doc, '$.data.monitoring.memory.usage') IS NOT NULL) * 2 +
      (json_type(doc, '$.data.monitoring.memory.total') IS NOT NULL) * 4 +
      (json_type(doc, '$.data.monitoring.memory.used') IS NOT NULL) * 8 +
      (json_type(doc, '$.data.monitoring.disk.read_iops') IS NOT NULL) * 16 +
      (json_type(doc, '$.data.monitoring.disk.write_iops') IS NOT NULL) * 32 +
      (json_type(doc, '$.data.monitoring.disk.read_throughput') IS NOT NULL) * 64 +
      (json_type(doc, '$.data.monitoring.disk.write_throughput') IS NOT NULL) * 128 +
      (json_type(doc, '$.data.monitoring.network.received_throughput') IS NOT NULL) * 256 +
      (json_type(doc, '$.data.monitoring.network.sent_throughput') IS NOT NULL) * 512 +
      (json_type(doc, '$.data.monitoring.network.received_pps') IS NOT NULL) * 1024 +
      (json_type(doc, '$.data.monitoring.network.sent_pps') IS NOT NULL) * 2048 +
      (json_type(doc, '$.data.monitoring.disk.queue_length') IS NOT NULL) * 4096 +
      (json_type(doc, '$.data.monitoring.storage.total') IS NOT NULL) * 8192 +
      (json_type(doc, '$.data.monitoring.storage.used') IS NOT NULL) * 16384 +
      (json_type(doc, '$.data.monitoring.storage.free') IS NOT NULL) * 32768 +
      (json_type(doc, '$.data.monitoring.storage.usage') IS NOT NULL) * 65536 +
      (json_type(doc, '$.data.monitoring.storage.objects') IS NOT NULL) * 131072 +
      (json_type(doc, '$.data.monitoring.connections.active') IS NOT NULL) * 262144 +
      (json_type(doc, '$.data.monitoring.connections.rate') IS NOT NULL) * 524288 +
      (json_type(doc, '$.data.monitoring.requests.rate') IS NOT NULL) * 1048576 +
      (json_type(doc, '$.data.monitoring.requests.errors') IS NOT NULL) * 2097152 +
      (json_type(doc, '$.data.monitoring.requests.throttles') IS NOT NULL) * 4194304 +
      (json_type(doc, '$.data.monitoring.requests.latency') IS NOT NULL) * 8388608 +
      (json_type(doc, '$.data.monitoring.requests.concurrency') IS NOT NULL) * 16777216 +
      (json_type(doc, '$.data.monitoring.network.throughput') IS NOT NULL) * 33554432 +
      (json_type(doc, '$.data.monitoring.cache.hits') IS NOT NULL) * 67108864 +
      (json_type(doc, '$.data.monitoring.cache.misses') IS NOT NULL) * 134217728
    FROM resource_doc WHERE resource_doc.id = resource.id
  ), 0);
  `,
  `
  ALTER TABLE task ADD COLUMN phases TEXT NOT NULL DEFAULT '[]';
  CREATE INDEX job_started ON job (started_at);
  `,
  `
  ALTER TABLE resource ADD COLUMN digest TEXT NOT NULL DEFAULT '';
  ALTER TABLE resource ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
  UPDATE resource SET tags = coalesce(
    (SELECT json_extract(doc, '$.tags') FROM resource_doc WHERE resource_doc.id = resource.id), '{}'
  );
  `,
  `
  DROP TRIGGER audit_entry_delete;
  CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
    WHEN OLD.at > (unixepoch() - 90 * 86400) * 1000
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
  `,
  `
  CREATE TABLE export_file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL, owner_name TEXT NOT NULL, wish TEXT NOT NULL, state TEXT NOT NULL,
    attempt INTEGER NOT NULL, broken INTEGER NOT NULL,
    done INTEGER NOT NULL, total INTEGER, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, error TEXT,
    requested_at INTEGER NOT NULL, started_at INTEGER, heartbeat_at INTEGER, finished_at INTEGER, expires_at INTEGER
  ) STRICT;
  CREATE TABLE export_chunk (
    file INTEGER NOT NULL REFERENCES export_file (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (file, attempt, at)
  ) STRICT;
  `,
  `
  ALTER TABLE job ADD COLUMN resumed_at INTEGER;
  ALTER TABLE job ADD COLUMN ran_ms INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE resource_type (
    provider TEXT NOT NULL, "group" TEXT NOT NULL, type TEXT NOT NULL, instance_type TEXT NOT NULL,
    PRIMARY KEY (provider, "group", type, instance_type)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO resource_type SELECT DISTINCT provider, "group", type, instance_type FROM resource;
  CREATE TRIGGER resource_inserted AFTER INSERT ON resource BEGIN
    INSERT OR IGNORE INTO resource_type VALUES (NEW.provider, NEW."group", NEW.type, NEW.instance_type);
  END;
  CREATE TRIGGER resource_updated AFTER UPDATE OF provider, "group", type, instance_type ON resource
    WHEN (NEW.provider, NEW."group", NEW.type, NEW.instance_type) <> (OLD.provider, OLD."group", OLD.type, OLD.instance_type)
  BEGIN
    INSERT OR IGNORE INTO resource_type VALUES (NEW.provider, NEW."group", NEW.type, NEW.instance_type);
  END;
  `,
  `
  CREATE INDEX task_state ON task (job, state);
  CREATE INDEX task_source ON task (source, job) WHERE source IS NOT NULL;
  CREATE INDEX task_account ON task (account, job);
  `,
  `
  ALTER TABLE record_change ADD COLUMN seen_before INTEGER;
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
