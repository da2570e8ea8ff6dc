import type { Selectable } from 'kysely';
import { z } from 'zod';
import { CostSchema, CountsSchema, ErrorReportSchema, FailureGroupsSchema, PhaseSpansSchema } from '../job-schema.ts';
import type { Job, Task } from '../jobs.ts';
import { parseStored } from './stored-json.ts';
import type { JobTable, TaskTable } from './tables.ts';

export function jobOf(row: Selectable<JobTable>): Job {
  const where = `job ${row.id}`;
  return {
    id: row.id,
    state: row.state,
    demo: row.demo !== 0,
    options: parseStored(z.unknown(), row.options, where),
    plan: parseStored(z.unknown(), row.plan, where),
    counts: parseStored(CountsSchema, row.counts, where),
    planned: parseStored(CostSchema, row.planned, where),
    spent: parseStored(CostSchema, row.spent, where),
    startedAt: row.started_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    runsOn: row.runs_on,
    ownerPid: row.owner_pid,
    heartbeatAt: row.heartbeat_at,
    ...(row.cancel_requested_at === null ? {} : { cancelRequestedAt: row.cancel_requested_at }),
    ...(row.resumed_at === null ? {} : { again: { at: row.resumed_at, ranMs: row.ran_ms } }),
  };
}

export function taskOf(row: Selectable<TaskTable>): Task {
  const where = `task ${row.id}`;
  return {
    id: row.id,
    job: row.job,
    provider: row.provider,
    account: row.account,
    region: row.region,
    state: row.state,
    counts: parseStored(CountsSchema, row.counts, where),
    plannedServers: row.planned_servers,
    doneServers: row.done_servers,
    error: row.error === null ? null : parseStored(ErrorReportSchema, row.error, where),
    failures: parseStored(FailureGroupsSchema, row.failures, where),
    spent: parseStored(CostSchema, row.spent, where),
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.source === null ? {} : { source: row.source }),
    ...(row.max_usd === null ? {} : { maxUsd: row.max_usd }),
    attempt: row.attempt,
    ...(row.worker === null ? {} : { worker: row.worker }),
    ...(row.heartbeat_at === null ? {} : { heartbeatAt: row.heartbeat_at }),
    phases: parseStored(PhaseSpansSchema, row.phases, where),
  };
}
