import type { ErrorReport } from '#model/errors.ts';
import type { MetricKey } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import type { InventoryRecord, Values } from '#model/record.ts';
import type { FailureGroup, JobState, TaskState } from '#store/jobs.ts';

/**
 * What the HTTP API says, as types: the console imports nothing else of the server. Times are ISO 8601 in UTC, names are
 * in snake_case as in the records, absent is `null`.
 */
export interface Reply<T> {
  readonly data: T;
  readonly meta: Meta;
}

export interface Meta {
  /** The servers are made up, and no cloud is called. */
  readonly demo: boolean;
  readonly took_ms: number;
  /** Of all pages. */
  readonly total?: number;
  /** `after` of the next page; absent on the last one. */
  readonly next?: string;
}

export interface ErrorReply {
  readonly error: ErrorReport;
}

/** GET /api/status */
export interface Status {
  readonly version: string;
  readonly demo: boolean;
  readonly servers: number;
  /** What the newest values were measured over. */
  readonly window: TimeWindow | null;
  readonly running: JobSummary | null;
  /** The newest job that is not running. */
  readonly last_job: JobSummary | null;
}

/** Half-open. */
export interface TimeWindow {
  readonly start: string;
  readonly end: string;
}

/** GET /api/summary */
export interface Summary {
  readonly servers: number;
  readonly by_provider: readonly SummaryGroup[];
  readonly by_account: readonly SummaryGroup[];
  readonly by_region: readonly SummaryGroup[];
  readonly by_state: readonly SummaryGroup[];
  /** Servers with a value. */
  readonly coverage: { readonly cpu: number; readonly memory: number };
  /** Servers by average cpu utilization. */
  readonly cpu_histogram: readonly HistogramBin[];
  /** Servers without a memory value, most first; null where the fleet is too large to read for it. */
  readonly memory_missing: readonly { readonly reason: MissingReason; readonly servers: number }[] | null;
}

export interface SummaryGroup {
  readonly name: string;
  readonly servers: number;
  readonly with_memory: number;
}

/** `[from, to)`; the last bin has no end. */
export interface HistogramBin {
  readonly from: number;
  readonly to: number | null;
  readonly servers: number;
}

/** A row of GET /api/servers */
export interface ServerRow {
  readonly id: number;
  readonly resource_id: string;
  readonly name: string;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly instance_type: string;
  readonly state: string;
  /** A key is here, or in `missing`, or was not asked for. */
  readonly values: Readonly<Partial<Record<MetricKey, Values>>>;
  readonly missing: Readonly<Partial<Record<MetricKey, MissingReason>>>;
  readonly updated_at: string;
  readonly last_seen: string;
}

/** GET /api/servers/:id */
export interface ServerDetail {
  readonly id: number;
  readonly record: InventoryRecord;
  readonly first_seen: string;
  readonly updated_at: string;
  readonly last_seen: string;
}

/** GET /api/servers/:id/history */
export interface ServerHistory {
  /** `2026-11-08`, UTC, oldest first. */
  readonly days: readonly string[];
  /** As long as `days`. A day without data is null; a key of which no day has data is absent. */
  readonly series: Readonly<Partial<Record<MetricKey, readonly (HistoryPoint | null)[]>>>;
}

export interface HistoryPoint {
  readonly avg: number;
  readonly max: number;
  /** Observed time. */
  readonly seconds: number;
}

/** A row of GET /api/jobs */
export interface JobSummary {
  readonly id: number;
  /** INTERRUPTED as soon as a running job was not heard of for too long. */
  readonly state: JobState;
  readonly demo: boolean;
  readonly counts: JobCounts;
  readonly planned: JobCost;
  readonly spent: JobCost;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly heartbeat_at: string;
}

export interface JobCounts {
  readonly servers: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
}

export interface JobCost {
  readonly calls: number;
  readonly metrics: number;
  readonly points: number;
  readonly usd: number;
  readonly usd_at_most: number;
}

/** GET /api/jobs/:id */
export interface JobDetail {
  readonly job: JobSummary;
  readonly tasks: readonly TaskRow[];
  readonly ledger: readonly LedgerRow[];
}

export interface TaskRow {
  readonly id: number;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly state: TaskState;
  readonly counts: JobCounts;
  readonly planned_servers: number;
  readonly done_servers: number;
  readonly error: ErrorReport | null;
  readonly failures: readonly FailureGroup[];
  readonly spent: JobCost;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

export interface LedgerRow {
  readonly account: string;
  readonly region: string;
  readonly api: string;
  readonly calls: number;
  readonly retried: number;
  readonly throttled: number;
  readonly failed: number;
  readonly usd: number;
  readonly usd_at_most: number;
}

/**
 * GET /api/jobs/:id/events, by event name. `snapshot` comes first and on each resumption, `change` at most four times a
 * second, `end` once the job does not run any more; then the stream ends.
 */
export interface JobEvents {
  readonly snapshot: Reply<JobDetail>;
  readonly change: Reply<JobChange>;
  readonly end: Reply<JobSummary>;
}

export interface JobChange {
  readonly job: JobSummary;
  /** Those that changed, whole. */
  readonly tasks: readonly TaskRow[];
  /** All lines; null where none changed. */
  readonly ledger: readonly LedgerRow[] | null;
}
