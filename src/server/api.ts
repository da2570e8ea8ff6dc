import { z } from 'zod';
import { type ErrorCode, errorCodes, type ErrorReport as Report } from '#model/errors.ts';
import { metricKeys } from '#model/metric.ts';
import { type MissingReason as Missing, missingReasons } from '#model/missing.ts';
import type { InventoryRecord as Inventoried } from '#model/record.ts';
import { statistics } from '#model/statistic.ts';
import { auditOutcomes } from '#store/audit.ts';
import { recordEvents } from '#store/changes.ts';
import { jobStates, taskPhases, taskStates } from '#store/jobs.ts';

/*
 * What the HTTP API says: routes answer by these schemas, the OpenAPI document is made of them, and the console takes their
 * types and nothing else of the server. Times are ISO 8601 in UTC, names are in snake_case as in the records, absent is `null`.
 */

const time = z.iso.datetime();
const count = z.int();

const codes = Object.keys(errorCodes).filter((code): code is ErrorCode => Object.hasOwn(errorCodes, code));
export const ErrorCodeName = z.enum(codes);

export const ErrorReport: z.ZodType<Report> = z
  .strictObject({
    code: ErrorCodeName,
    message: z.string(),
    where: z.string().exactOptional().describe('Which one: account, region, field.'),
    fix: z.string().exactOptional().describe('What the reader can do about it.'),
  })
  .describe('What went wrong.');
export type ErrorReport = z.infer<typeof ErrorReport>;

export const ErrorReply = z.strictObject({
  error: ErrorReport,
  request_id: z
    .string()
    .describe('As in the X-Request-Id header of the answer: of the request, where it looks like an id, or else made.'),
});
export type ErrorReply = z.infer<typeof ErrorReply>;

export const Meta = z
  .strictObject({
    demo: z.boolean().describe('The servers are made up, and no cloud is called.'),
    took_ms: z.number(),
    total: count.exactOptional().describe('Of all pages.'),
    next: z
      .string()
      .exactOptional()
      .describe('`cursor` of the next page, whose address is in the Link header; absent on the last one.'),
  })
  .readonly();
export type Meta = z.infer<typeof Meta>;

export interface Reply<T> {
  readonly data: T;
  readonly meta: Meta;
}

export const JobCounts = z
  .strictObject({ servers: count, created: count, updated: count, unchanged: count, failed: count })
  .readonly();
export type JobCounts = z.infer<typeof JobCounts>;

export const JobCost = z
  .strictObject({ calls: count, metrics: count, points: count, usd: z.number(), usd_at_most: z.number() })
  .readonly();
export type JobCost = z.infer<typeof JobCost>;

export const JobSelection = z
  .strictObject({ servers: count, filter: z.string().nullable().describe('Null where they were picked.') })
  .readonly()
  .describe('The servers that a run is limited to; null for all that there is.');
export type JobSelection = z.infer<typeof JobSelection>;

const jobFields = {
  id: count,
  state: z.enum(jobStates).describe('INTERRUPTED as soon as a running job was not heard of for too long.'),
  demo: z.boolean(),
  selection: JobSelection.nullable(),
  counts: JobCounts,
  planned: JobCost,
  spent: JobCost,
  started_at: time,
  finished_at: time.nullable(),
  heartbeat_at: time,
  seconds: z.number().describe('How long it ran, or has run so far; without the time between its end and a retry.'),
  seconds_left: count
    .nullable()
    .describe(
      'How long it runs yet, as of `heartbeat_at`, at the pace of its calls so far; null where it does not run, or too little of it is done to tell.',
    ),
  metrics_per_second: z.number().nullable().describe('Read, on average of the run; null where none was.'),
};

export const JobSummary = z.strictObject(jobFields).readonly();
export type JobSummary = z.infer<typeof JobSummary>;

export const JobScope = z
  .strictObject({
    places: z
      .array(z.strictObject({ provider: z.string(), accounts: count }).readonly())
      .readonly()
      .describe('How many accounts of which providers it read, or was to.'),
    accounts: z.array(z.string()).readonly().describe('Saved accounts that were named; all where empty.'),
    regions: z.array(z.string()).readonly().describe('That were named; all where empty.'),
    days: count.nullable().describe('Its window; null where a plugin chose it.'),
    statistics: z.array(z.enum(statistics)).readonly().describe('None are known of a plugin.'),
    plugin: z.string().nullable().describe('The plugin that did it, in the place of accounts.'),
  })
  .readonly()
  .describe('What a run was to read.');
export type JobScope = z.infer<typeof JobScope>;

export const JobTasks = z
  .strictObject({
    all: count,
    ended: count,
    succeeded: count,
    failed: count.describe('Wholly or in part.'),
  })
  .readonly()
  .describe('A task is a region of an account.');
export type JobTasks = z.infer<typeof JobTasks>;

export const JobRow = z.strictObject({ ...jobFields, scope: JobScope, tasks: JobTasks }).readonly();
export type JobRow = z.infer<typeof JobRow>;

export const RunCounts = z
  .strictObject({
    all: count,
    states: z.partialRecord(z.enum(jobStates), count).readonly().describe('A state that no run is in is absent.'),
    schedules: count.describe('Of all accounts.'),
  })
  .readonly();
export type RunCounts = z.infer<typeof RunCounts>;

export const TimeWindow = z.strictObject({ start: z.string(), end: z.string() }).readonly().describe('Half-open.');
export type TimeWindow = z.infer<typeof TimeWindow>;

export const Status = z
  .strictObject({
    version: z.string(),
    demo: z.boolean(),
    servers: count,
    window: TimeWindow.nullable().describe('What the newest values were measured over.'),
    running: JobSummary.nullable(),
    last_job: JobSummary.nullable().describe(
      'The newest job of all accounts and regions that is not running; where none is known, one of some of them. Never one that is limited to a selection of servers.',
    ),
  })
  .readonly();
export type Status = z.infer<typeof Status>;

const reasons = Object.keys(missingReasons).filter((reason): reason is Missing =>
  Object.hasOwn(missingReasons, reason),
);
export const MissingReason = z.enum(reasons).describe('Why a key has no value.');
export type MissingReason = z.infer<typeof MissingReason>;

export const SummaryGroup = z.strictObject({ name: z.string(), servers: count, with_memory: count }).readonly();
export type SummaryGroup = z.infer<typeof SummaryGroup>;

export const HistogramBin = z
  .strictObject({ from: z.number(), to: z.number().nullable(), servers: count })
  .readonly()
  .describe('`[from, to)`; the last bin has no end.');
export type HistogramBin = z.infer<typeof HistogramBin>;

export const Summary = z
  .strictObject({
    servers: count,
    by_provider: z.array(SummaryGroup).readonly(),
    by_account: z.array(SummaryGroup).readonly(),
    by_region: z.array(SummaryGroup).readonly(),
    by_state: z.array(SummaryGroup).readonly(),
    coverage: z
      .strictObject({ cpu: count, memory: count, disk: count, network: count })
      .readonly()
      .describe('Servers with a value; of disk and network, of any of their metrics.'),
    cpu_histogram: z.array(HistogramBin).readonly().describe('Servers by average cpu utilization.'),
    memory_missing: z
      .array(z.strictObject({ reason: MissingReason, servers: count }).readonly())
      .readonly()
      .nullable()
      .describe('Servers without a memory value, most first; null where the fleet is too large to read for it.'),
  })
  .readonly();
export type Summary = z.infer<typeof Summary>;

export const Values = z
  .partialRecord(z.enum(statistics), z.number())
  .readonly()
  .describe('A value per statistic, in the unit of the metric; a statistic that is not known is absent.');
export type Values = z.infer<typeof Values>;

const metricKey = z.enum(metricKeys);

export const ServerRow = z
  .strictObject({
    id: count,
    resource_id: z.string(),
    name: z.string(),
    provider: z.string(),
    account: z.string(),
    region: z.string(),
    instance_type: z.string(),
    state: z.string().describe('ABSENT where a complete run proved that the server is gone.'),
    values: z
      .partialRecord(metricKey, Values)
      .readonly()
      .describe('A key is here, or in `missing`, or was not asked for.'),
    missing: z.partialRecord(metricKey, MissingReason).readonly(),
    trend: z
      .array(z.number().nullable())
      .readonly()
      .exactOptional()
      .describe('Where it was asked for: average cpu utilization by day in percent, oldest first; null without data.'),
    updated_at: time,
    last_seen: time,
    absent_since: time.nullable().describe('Since when complete runs have not found it any more.'),
  })
  .readonly();
export type ServerRow = z.infer<typeof ServerRow>;

const MeasuredInfo = z.looseObject({
  source: z.string(),
  period: z.number().describe('Seconds.'),
  coverage: z.number().describe('Observed part of the window, 0 to 1.'),
  resolution: z.number().exactOptional().describe('Seconds: of the points that percentiles are of.'),
  incomplete: MissingReason.exactOptional(),
  max_is: z.literal('upper_bound').exactOptional(),
});

export const InventoryRecord: z.ZodType<Inventoried> = z
  .looseObject({
    provider: z.string(),
    cloud_service_group: z.string(),
    cloud_service_type: z.string(),
    account: z.string(),
    region_code: z.string(),
    name: z.string(),
    instance_type: z.string(),
    reference: z.looseObject({ resource_id: z.string(), external_link: z.string().exactOptional() }),
    tags: z.record(z.string(), z.string()),
    data: z.looseObject({
      compute: z.record(z.string(), z.string()).exactOptional(),
      hardware: z.looseObject({ core: z.number().exactOptional(), memory: z.number().exactOptional() }).exactOptional(),
      monitoring: z.record(z.string(), z.record(z.string(), Values)).exactOptional(),
      monitoring_info: z
        .looseObject({
          window: z.looseObject({ start: z.string(), end: z.string() }),
          collected_at: z.string(),
          metrics: z.partialRecord(metricKey, z.union([MeasuredInfo, z.looseObject({ missing: MissingReason })])),
        })
        .exactOptional(),
    }),
    metadata: z.record(z.string(), z.unknown()),
  })
  .describe('The record, as Cloudforet names its fields; what other collectors added to it is there too.');
export type InventoryRecord = z.infer<typeof InventoryRecord>;

export const ServerDetail = z
  .strictObject({
    id: count,
    record: InventoryRecord,
    first_seen: time,
    updated_at: time,
    last_seen: time,
    absent_since: time.nullable().describe('Since when complete runs have not found it any more.'),
  })
  .readonly();
export type ServerDetail = z.infer<typeof ServerDetail>;

export const HistoryPoint = z
  .strictObject({
    avg: z.number(),
    max: z.number(),
    min: z.number().nullable().describe('Null where the minimum was not asked for.'),
    p95: z.number().nullable().describe('Within 0.5 %; null where points were not read.'),
    seconds: z.number().describe('Observed time.'),
  })
  .readonly();
export type HistoryPoint = z.infer<typeof HistoryPoint>;

export const HistoryChange = z
  .strictObject({
    at: time.describe('When a run found it.'),
    what: z.enum(['size', 'state', 'absent', 'seen_again']),
    from: z.string().nullable().describe('Of a size or a state; null where there was nothing.'),
    to: z.string().nullable(),
    job: count.nullable().describe('The job that found it.'),
  })
  .readonly();
export type HistoryChange = z.infer<typeof HistoryChange>;

export const SizeStretch = z
  .strictObject({
    instance_type: z.string().nullable(),
    days: count.describe('With data.'),
    cpu: z
      .strictObject({ avg: z.number(), p50: z.number().nullable(), p95: z.number().nullable(), max: z.number() })
      .readonly()
      .nullable()
      .describe('In percent; quantiles within 0.5 %, null where points were not read; null without data.'),
  })
  .readonly();
export type SizeStretch = z.infer<typeof SizeStretch>;

export const ServerHistory = z
  .strictObject({
    days: z.array(z.string()).readonly().describe('`2026-11-08`, UTC, oldest first.'),
    series: z
      .partialRecord(metricKey, z.array(HistoryPoint.nullable()).readonly())
      .readonly()
      .describe('As long as `days`. A day without data is null; a key of which no day has data is absent.'),
    changes: z
      .array(HistoryChange)
      .readonly()
      .describe('Of its size and its state since the first day, the newest 100 at most, oldest first.'),
    sizes: z
      .array(SizeStretch)
      .readonly()
      .describe(
        'CPU of each size that it had, oldest first; empty where it has changed none. Days that may have seen two ' +
          'sizes count for neither: from the run before a change to the one that found it.',
      ),
  })
  .readonly();
export type ServerHistory = z.infer<typeof ServerHistory>;

const FieldChange = z.strictObject({
  path: z.string().describe('`data.compute.instance_state`'),
  from: z.unknown().describe('Null where there was nothing.'),
  to: z.unknown().describe('Null where nothing is left.'),
});

export const ServerChange = z
  .strictObject({
    id: count,
    at: time,
    event: z.enum(recordEvents),
    job: count.nullable().describe('The job that found it.'),
    fields: z.array(FieldChange).readonly().describe('What changed; never what was measured.'),
  })
  .readonly();
export type ServerChange = z.infer<typeof ServerChange>;

export const FailureGroup = z.strictObject({ reason: z.string(), count, error: ErrorReport }).readonly();
export type FailureGroup = z.infer<typeof FailureGroup>;

export const TaskRow = z
  .strictObject({
    id: count,
    provider: z.string(),
    account: z.string(),
    region: z.string(),
    state: z.enum(taskStates),
    counts: JobCounts,
    planned_servers: count,
    done_servers: count,
    error: ErrorReport.nullable(),
    failures: z.array(FailureGroup).readonly(),
    spent: JobCost,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    phases: z
      .array(z.tuple([z.enum(taskPhases), count, count]).readonly())
      .readonly()
      .describe(
        'What it was busy with, from when to when, in epoch milliseconds, by all attempts; the last may go on.',
      ),
  })
  .readonly();
export type TaskRow = z.infer<typeof TaskRow>;

export const LedgerRow = z
  .strictObject({
    account: z.string(),
    region: z.string(),
    api: z.string(),
    calls: count,
    retried: count,
    throttled: count,
    failed: count,
    usd: z.number(),
    usd_at_most: z.number(),
  })
  .readonly();
export type LedgerRow = z.infer<typeof LedgerRow>;

export const JobDetail = z
  .strictObject({ job: JobSummary, tasks: z.array(TaskRow).readonly(), ledger: z.array(LedgerRow).readonly() })
  .readonly();
export type JobDetail = z.infer<typeof JobDetail>;

export const JobChange = z
  .strictObject({
    job: JobSummary,
    tasks: z.array(TaskRow).readonly().describe('Those that changed, whole.'),
    ledger: z.array(LedgerRow).readonly().nullable().describe('All lines; null where none changed.'),
  })
  .readonly();
export type JobChange = z.infer<typeof JobChange>;

/**
 * GET /api/jobs/:id/events, by event name. `snapshot` comes first and on each resumption, `change` at most four times a
 * second, `end` once the job does not run any more; then the stream ends.
 */
export interface JobEvents {
  readonly snapshot: Reply<JobDetail>;
  readonly change: Reply<JobChange>;
  readonly end: Reply<JobSummary>;
}

export const TaskProblem = z
  .strictObject({
    task: count,
    job: count,
    provider: z.string(),
    account: z.string(),
    region: z.string(),
    state: z.enum(taskStates),
    finished_at: time.nullable(),
    error: ErrorReport.nullable().describe('What ended the task.'),
    failures: z.array(FailureGroup).readonly().describe('Of some of its servers, by cause.'),
  })
  .readonly();
export type TaskProblem = z.infer<typeof TaskProblem>;

export const AuditRow = z
  .strictObject({
    id: count,
    at: time,
    actor: z.string().describe('A user or service account by name; `local` for whoever sits at the machine.'),
    actor_id: z.string().nullable(),
    from: z.string().nullable().describe('An address, or the terminal of a host.'),
    action: z.string(),
    target: z.string().nullable(),
    outcome: z.enum(auditOutcomes),
    detail: z.record(z.string(), z.unknown()).describe('Never a secret.'),
  })
  .readonly();
export type AuditRow = z.infer<typeof AuditRow>;
