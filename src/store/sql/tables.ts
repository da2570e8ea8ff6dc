import type { Generated } from 'kysely';
import type { JobState, TaskState } from '../jobs.ts';

/** The columns of `migrations.ts`, for Kysely. All times are epoch milliseconds, all JSON is text. */
export interface Tables {
  resource: ResourceTable;
  resource_doc: { id: number; doc: string };
  day: DayTable;
  account: AccountTable;
  job: JobTable;
  task: TaskTable;
  ledger: LedgerTable;
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
