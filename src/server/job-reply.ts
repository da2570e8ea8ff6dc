import { z } from 'zod';
import { limitOfJob, PluginOptions, RunOptions } from '#jobs/options.ts';
import type { Cost } from '#model/fleet.ts';
import { secondsLeft } from '#model/time-left.ts';
import {
  heartbeatLimitMs,
  type Job,
  type JobTally,
  type LedgerLine,
  ranMsOf,
  type Task,
  type TaskState,
  taskStates,
} from '#store/jobs.ts';
import type { JobCost, JobRow, JobScope, JobSummary, LedgerRow, TaskProblem, TaskRow } from './api.ts';
import { isoTime } from './iso-time.ts';

/** @param now epoch milliseconds; tells whether a running job is still alive */
export function jobSummary(job: Job, now: number): JobSummary {
  const isDead = job.state === 'RUNNING' && now - job.heartbeatAt > heartbeatLimitMs;
  const limit = limitOfJob(job);
  const state = isDead ? 'INTERRUPTED' : job.state;
  const seconds = ranMsOf(job) / 1000;
  const { metrics, calls } = job.spent;
  const left = state === 'RUNNING' ? secondsLeft({ seconds, calls, plannedCalls: job.planned.calls }) : undefined;
  return {
    id: job.id,
    state,
    demo: job.demo,
    selection: limit === undefined ? null : { servers: limit.servers, filter: limit.filter ?? null },
    counts: job.counts,
    planned: costReply(job.planned),
    spent: costReply(job.spent),
    started_at: isoTime(job.startedAt),
    finished_at: job.finishedAt === undefined ? null : isoTime(job.finishedAt),
    heartbeat_at: isoTime(job.heartbeatAt),
    seconds,
    seconds_left: left === undefined ? null : Math.round(left),
    metrics_per_second: metrics === 0 || seconds === 0 ? null : metrics / seconds,
  };
}

/** @param tally undefined where the job has no task */
export function jobRow(job: Job, tally: JobTally | undefined, now: number): JobRow {
  const { tasks = {}, places = [] } = tally ?? {};
  const sum = (states: readonly TaskState[]) => states.reduce((count, state) => count + (tasks[state] ?? 0), 0);
  return {
    ...jobSummary(job, now),
    scope: { ...scopeOf(job), places },
    tasks: {
      all: sum(taskStates),
      ended: sum(['SUCCESS', 'PARTIAL', 'FAILURE', 'CANCELED']),
      succeeded: sum(['SUCCESS']),
      failed: sum(['PARTIAL', 'FAILURE']),
    },
  };
}

const { accounts, regions, days, statistics } = RunOptions.shape;
/** Ten thousand servers beside it are not looked at. */
const RunScope = z.object({ accounts, regions, days, statistics });

function scopeOf({ options }: Job): Omit<JobScope, 'places'> {
  const plugin = PluginOptions.safeParse(options).data?.plugin ?? null;
  const run = plugin === null ? RunScope.safeParse(options).data : undefined;
  return { accounts: [], regions: [], days: null, statistics: [], ...run, plugin };
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
