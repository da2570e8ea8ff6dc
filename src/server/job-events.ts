import { setTimeout as delay } from 'node:timers/promises';
import type { JobId, JobStore } from '#store/jobs.ts';
import type { JobChange, JobDetail, JobSummary, LedgerRow, TaskRow } from './api.ts';
import { jobSummary, ledgerRow, taskRow } from './job-reply.ts';

export type JobEvent =
  | { readonly name: 'snapshot'; readonly data: JobDetail }
  | { readonly name: 'change'; readonly data: JobChange }
  | { readonly name: 'end'; readonly data: JobSummary };

/** @throws CollectError `not_found` */
export async function readJob(jobs: JobStore, id: JobId, now: number): Promise<JobDetail> {
  const [{ job, tasks }, ledger] = await Promise.all([jobs.get(id), jobs.ledger(id)]);
  return { job: jobSummary(job, now), tasks: tasks.map(taskRow), ledger: ledger.map(ledgerRow) };
}

/**
 * What happens to a job from now on: the snapshot, then what changed, until it does not run any more.
 *
 * @param pollMs between two looks at the store
 * @param signal ends it early, without an `end`
 */
export async function* watchJob(
  jobs: JobStore,
  snapshot: JobDetail,
  now: () => number,
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<JobEvent> {
  yield { name: 'snapshot', data: snapshot };
  let seen = snapshot;
  while (seen.job.state === 'RUNNING') {
    await pause(pollMs, signal);
    if (signal.aborted) return;
    const current = await readJob(jobs, snapshot.job.id, now());
    const change = changeBetween(seen, current);
    if (change !== undefined) yield { name: 'change', data: change };
    seen = current;
  }
  yield { name: 'end', data: seen.job };
}

function changeBetween(before: JobDetail, after: JobDetail): JobChange | undefined {
  const seen = new Map(before.tasks.map((task) => [task.id, JSON.stringify(task)]));
  const tasks: TaskRow[] = after.tasks.filter((task) => seen.get(task.id) !== JSON.stringify(task));
  const ledger: readonly LedgerRow[] | null = isSame(before.ledger, after.ledger) ? null : after.ledger;
  if (tasks.length === 0 && ledger === null && isSame(before.job, after.job)) return undefined;
  return { job: after.job, tasks, ledger };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
