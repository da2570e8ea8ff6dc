import type { Generated } from 'kysely';
import type { ErrorCode } from '#model/errors.ts';
import type { AuditOutcome } from '../audit.ts';
import type { RecordEvent } from '../changes.ts';
import type { DataSourceState } from '../data-sources.ts';
import type { ExportState } from '../exports.ts';
import type { ApiKeyForm, Role, UserKind, UserState } from '../identity.ts';
import type { JobRunner, JobState, TaskState } from '../jobs.ts';
import type { DecisionState } from '../rightsizing.ts';

/** The columns of `migrations.ts`, for Kysely. All times are epoch milliseconds, all JSON is text. */
export interface Tables {
  resource: ResourceTable;
  resource_doc: { id: number; doc: string };
  day: DayTable;
  account: AccountTable;
  job: JobTable;
  task: TaskTable;
  ledger: LedgerTable;
  domain: { id: string; name: string; created_at: number };
  user: UserTable;
  session: SessionTable;
  api_key: ApiKeyTable;
  signing_key: SigningKeyTable;
  login_attempt: { key: string; count: number; last_at: number };
  task_batch: { id: Generated<number>; task: number; changes: string };
  schedule: ScheduleTable;
  plugin: PluginTable;
  concurrency_limit: { provider: string; account: string; tasks: number };
  setting: { name: string; value: string };
  record_change: RecordChangeTable;
  audit_entry: AuditTable;
  rightsizing: RightsizingTable;
  data_source: DataSourceTable;
  call_quarter: CallQuarterTable;
  export_file: ExportFileTable;
  export_chunk: { file: number; attempt: number; at: number; bytes: Uint8Array };
}

export interface ResourceTable {
  id: Generated<number>;
  provider: string;
  account: string;
  region: string;
  resource_id: string;
  group: string;
  type: string;
  name: string;
  instance_type: string;
  state: string;
  cpu_avg: number | null;
  cpu_max: number | null;
  mem_avg: number | null;
  shape: string;
  first_seen: number;
  updated_at: number;
  last_seen_at: number;
  /** Tells records apart by all but what was measured; empty where it is not known. */
  facts: string;
  /** When the record was written, and what tells it from others; see `stampedDigest`. */
  digest: string;
  /** JSON: those of the record, which are asked for more than the rest of it. */
  tags: string;
  absent_since: number | null;
  cpu_p95: number | null;
  mem_max: number | null;
  mem_p95: number | null;
  /** Which metrics it has values of: bit n is the n-th of `metricKeys`. */
  measured: number;
}

export interface RecordChangeTable {
  id: Generated<number>;
  /** `resource.id` */
  resource: number;
  at: number;
  event: RecordEvent;
  /** `job.id` */
  job: number | null;
  fields: string;
  seen_before: number | null;
}

export interface AuditTable {
  id: Generated<number>;
  at: number;
  actor: string;
  /** `user.id` */
  actor_id: string | null;
  origin: string | null;
  action: string;
  target: string | null;
  outcome: AuditOutcome;
  detail: string;
}

export interface DayTable {
  /** `resource.id` */
  resource: number;
  day: number;
  cells: Uint8Array;
}

export interface AccountTable {
  id: number;
  provider: string;
  account: string;
  name: string;
  secret: Uint8Array;
  regions: string;
  created_at: number;
  last_used_at: number | null;
  status: string;
}

export interface JobTable {
  id: Generated<number>;
  state: JobState;
  demo: number;
  options: string;
  plan: string;
  counts: string;
  planned: string;
  spent: string;
  started_at: number;
  finished_at: number | null;
  owner_pid: number;
  heartbeat_at: number;
  runs_on: JobRunner;
  cancel_requested_at: number | null;
  /** When it was last made to run again. */
  resumed_at: number | null;
  /** How long it ran before that. */
  ran_ms: number;
}

export interface TaskTable {
  id: Generated<number>;
  job: number;
  provider: string;
  account: string;
  region: string;
  state: TaskState;
  counts: string;
  planned_servers: number;
  done_servers: number;
  error: string | null;
  failures: string;
  spent: string;
  started_at: number | null;
  finished_at: number | null;
  /** `account.name` */
  source: string | null;
  max_usd: number | null;
  attempt: number;
  /** Attempts begun since one of them stored anything. */
  fruitless: number;
  worker: string | null;
  heartbeat_at: number | null;
  /** What its attempts did when, as JSON. */
  phases: string;
}

export interface ScheduleTable {
  id: Generated<number>;
  name: string;
  times: string;
  time_zone: string;
  options: string;
  created_at: number;
  last_run_at: number | null;
  /** `job.id` */
  last_job: number | null;
  error: string | null;
  leased_until: number | null;
}

export interface PluginTable {
  id: string;
  name: string;
  reach: string;
  options: string;
  /** `account.name` */
  account: string | null;
  secret: Uint8Array | null;
  metadata: string;
  generation: 'v1' | 'v2';
  status: string;
  created_at: number;
  /** `job.id` */
  last_job: number | null;
}

export interface RightsizingTable {
  /** `resource.id` */
  resource: number;
  state: DecisionState;
  verdict: string;
  target: string | null;
  decided_by: string;
  decided_at: number;
  until: number | null;
  note: string | null;
  verified_at: number | null;
}

export interface LedgerTable {
  job: number;
  account: string;
  region: string;
  api: string;
  calls: number;
  retried: number;
  throttled: number;
  failed: number;
  usd: number;
  usd_at_most: number;
}

/** `band_0` is of the quickest calls. */
type Band = `band_${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11}`;

export interface CallQuarterTable extends Record<Band, number> {
  /** Quarters of an hour since 1970. */
  quarter: number;
  provider: string;
  account: string;
  region: string;
  calls: number;
  failed: number;
  throttled: number;
  error: ErrorCode | null;
}

export interface ExportFileTable {
  id: Generated<number>;
  /** `user.id`, or empty. */
  owner: string;
  owner_name: string;
  /** JSON */
  wish: string;
  /** What was removed stays until its chunks are gone. */
  state: ExportState | 'REMOVED';
  attempt: number;
  broken: number;
  done: number;
  total: number | null;
  rows: number;
  bytes: number;
  error: string | null;
  requested_at: number;
  started_at: number | null;
  heartbeat_at: number | null;
  finished_at: number | null;
  expires_at: number | null;
}

export interface DataSourceTable {
  id: string;
  name: string;
  provider: string;
  state: DataSourceState;
  /** JSON */
  plugin: string;
  /** JSON */
  tags: string;
  created_at: number;
}

export interface UserTable {
  id: string;
  domain: string;
  kind: UserKind;
  name: string;
  role: Role;
  state: UserState;
  password: string | null;
  issuer: string | null;
  subject: string | null;
  created_at: number;
  last_login_at: number | null;
}

export interface SessionTable {
  hash: Uint8Array;
  /** `user.id` */
  owner: string;
  created_at: number;
  last_seen_at: number;
}

export interface ApiKeyTable {
  id: string;
  /** `user.id` */
  owner: string;
  name: string;
  form: ApiKeyForm;
  hash: Uint8Array;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
}

export interface SigningKeyTable {
  id: string;
  domain: string;
  /** A JWK, as JSON. */
  public: string;
  /** A JWK, sealed; null once the key is retired. */
  private: Uint8Array | null;
  created_at: number;
  retired_at: number | null;
}
