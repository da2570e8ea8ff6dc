import { z } from 'zod';
import type { Cost } from '#model/fleet.ts';
import { metricKeys } from '#model/metric.ts';
import { type MonitoringInfo, splitKey, type Values } from '#model/record.ts';
import type { Account } from '#store/accounts.ts';
import type { AuditEntry } from '#store/audit.ts';
import type { Change } from '#store/changes.ts';
import { type Job, type LedgerLine, ranMsOf, type Task } from '#store/jobs.ts';
import type { Json } from '#store/query/condition.ts';
import type { AccountRow } from '../../server/account-api.ts';
import type { AuditRow, JobCost, JobSummary, LedgerRow, ServerChange, ServerRow, TaskRow } from '../../server/api.ts';
import type { ListedServer } from '../server-columns.ts';

/*
 * What the HTTP API says, in the names that the store has for it: so that what is printed has one form, wherever it is from.
 * What a server does not tell is absent.
 */

/** A run as it is told to others. */
export interface SeenJob extends Omit<Job, 'options' | 'plan' | 'runsOn' | 'ownerPid' | 'cancelRequestedAt' | 'again'> {
  /** How long it ran, or has run so far. */
  readonly ranMs: number;
}
export type SeenTask = Omit<Task, 'job' | 'source' | 'maxUsd' | 'attempt' | 'worker' | 'heartbeatAt'>;
export type SeenChange = Omit<Change, 'resource'>;

/** Of one in the store. */
export function seenJob(job: Job): SeenJob {
  const { again: _, ...seen } = job;
  return { ...seen, ranMs: ranMsOf(job) };
}

export function jobOf(summary: JobSummary): SeenJob {
  // The store has what a run is limited to among its options, and the rest follows from what is here.
  const { id, state, demo, counts, started_at, finished_at, heartbeat_at, seconds, planned, spent } = summary;
  return {
    id,
    state,
    demo,
    counts,
    planned: costOf(planned),
    spent: costOf(spent),
    startedAt: Date.parse(started_at),
    ...(finished_at === null ? {} : { finishedAt: Date.parse(finished_at) }),
    heartbeatAt: Date.parse(heartbeat_at),
    ranMs: Math.round(seconds * 1000),
  };
}

export function taskOf(row: TaskRow): SeenTask {
  const { planned_servers, done_servers, started_at, finished_at, spent, ...task } = row;
  return {
    ...task,
    plannedServers: planned_servers,
    doneServers: done_servers,
    spent: costOf(spent),
    ...(started_at === null ? {} : { startedAt: Date.parse(started_at) }),
    ...(finished_at === null ? {} : { finishedAt: Date.parse(finished_at) }),
  };
}

export function ledgerLineOf({ usd_at_most, ...line }: LedgerRow): LedgerLine {
  return { ...line, usdAtMost: usd_at_most };
}

export function costOf({ usd_at_most, ...cost }: JobCost): Cost {
  return { ...cost, usdAtMost: usd_at_most };
}

export function accountOf({
  id,
  provider,
  account,
  name,
  regions,
  created_at,
  last_used_at,
  status,
}: AccountRow): Account {
  const { state, at, error } = status;
  const time = at === null ? 0 : Date.parse(at);
  return {
    id,
    provider,
    account,
    name,
    regions,
    createdAt: Date.parse(created_at),
    ...(last_used_at === null ? {} : { lastUsedAt: Date.parse(last_used_at) }),
    status:
      state === 'FAILED' && error !== null
        ? { state, at: time, error }
        : state === 'OK'
          ? { state, at: time }
          : { state: 'UNKNOWN' },
  };
}

const Detail: z.ZodType<Readonly<Record<string, Json>>> = z.record(z.string(), z.json());

export function auditEntryOf({ at, actor_id, from, target, detail, ...entry }: AuditRow): AuditEntry {
  return {
    ...entry,
    at: Date.parse(at),
    detail: Detail.parse(detail),
    ...(actor_id === null ? {} : { actorId: actor_id }),
    ...(from === null ? {} : { from }),
    ...(target === null ? {} : { target }),
  };
}

const Side: z.ZodType<Json> = z.json().default(null);

export function changeOf({ at, job, fields, ...change }: ServerChange): SeenChange {
  return {
    ...change,
    at: Date.parse(at),
    ...(job === null ? {} : { job }),
    fields: fields.map(({ path, from, to }) => ({ path, from: Side.parse(from), to: Side.parse(to) })),
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function serverOfRow(row: ServerRow): ListedServer {
  const monitoring: Record<string, Record<string, Values>> = {};
  const metrics: Writable<MonitoringInfo['metrics']> = {};
  for (const key of metricKeys) {
    const values = row.values[key];
    const missing = row.missing[key];
    const [section, name] = splitKey(key);
    if (values !== undefined) monitoring[section] = { ...monitoring[section], [name]: values };
    if (missing !== undefined) metrics[key] = { missing };
  }
  const isMeasured = Object.keys({ ...monitoring, ...metrics }).length > 0;
  return {
    provider: row.provider,
    account: row.account,
    region_code: row.region,
    name: row.name,
    instance_type: row.instance_type,
    reference: { resource_id: row.resource_id },
    data: {
      compute: { instance_state: row.state },
      monitoring,
      ...(isMeasured ? { monitoring_info: { metrics } } : {}),
    },
  };
}
