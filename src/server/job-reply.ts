import { limitOfJob } from '#jobs/options.ts';
import type { Cost } from '#model/fleet.ts';
import { heartbeatLimitMs, type Job, type LedgerLine, ranMsOf, type Task } from '#store/jobs.ts';
import type { JobCost, JobSummary, LedgerRow, TaskProblem, TaskRow } from './api.ts';
import { isoTime } from './iso-time.ts';

/** @param now epoch milliseconds; tells whether a running job is still alive */
export function jobSummary(job: Job, now: number): JobSummary {
  const isDead = job.state === 'RUNNING' && now - job.heartbeatAt > heartbeatLimitMs;
  const limit = limitOfJob(job);
  return {
    id: job.id,
    state: isDead ? 'INTERRUPTED' : job.state,
    demo: job.demo,
    selection: limit === undefined ? null : { servers: limit.servers, filter: limit.filter ?? null },
    counts: job.counts,
    planned: costReply(job.planned),
    spent: costReply(job.spent),
    started_at: isoTime(job.startedAt),
    finished_at: job.finishedAt === undefined ? null : isoTime(job.finishedAt),
    heartbeat_at: isoTime(job.heartbeatAt),
    seconds: ranMsOf(job) / 1000,
  };
}

export function taskRow(task: Task): TaskRow {
  return {
    id: task.id,
    provider: task.provider,
    account: task.account,
    region: task.region,
    state: task.state,
    counts: task.counts,
    planned_servers: task.plannedServers,
    done_servers: task.doneServers,
    error: task.error,
    failures: task.failures,
    spent: costReply(task.spent),
    started_at: task.startedAt === undefined ? null : isoTime(task.startedAt),
    finished_at: task.finishedAt === undefined ? null : isoTime(task.finishedAt),
    phases: task.phases.map(([phase, from, to]) => [phase, Math.round(from), Math.round(to)] as const),
  };
}

export function taskProblem(task: Task): TaskProblem {
  const { id, job, provider, account, region, state, error, failures, finishedAt } = task;
  const finished_at = finishedAt === undefined ? null : isoTime(finishedAt);
  return { task: id, job, provider, account, region, state, finished_at, error, failures };
}

export function ledgerRow({ usdAtMost, ...line }: LedgerLine): LedgerRow {
  return { ...line, usd_at_most: usdAtMost };
}

export function costReply({ usdAtMost, ...cost }: Cost): JobCost {
  return { ...cost, usd_at_most: usdAtMost };
}
