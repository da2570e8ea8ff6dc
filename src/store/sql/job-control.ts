import { CollectError } from '#model/errors.ts';
import { addCosts, type Cost } from '#model/fleet.ts';
import {
  addCounts,
  isOpen,
  type Job,
  type JobId,
  type JobWithTasks,
  noCounts,
  type RetryDraft,
  ranMsOf,
  stateOfTasks,
  type Task,
  type TaskId,
} from '../jobs.ts';
import { addTasks, getJob, updateJob } from './job-rows.ts';
import type { SqlSession } from './session.ts';

export async function settleJob(tx: SqlSession, id: JobId, now: number): Promise<void> {
  // The row is written before the tasks are read: the workers that end the last two tasks take turns here.
  const running = await tx.db
    .updateTable('job')
    .set({ heartbeat_at: now })
    .where('id', '=', id)
    .where('state', '=', 'RUNNING')
    .where('runs_on', '=', 'workers')
    .returning('id')
    .executeTakeFirst();
  if (running === undefined) return;
  const open = await tx.db
    .selectFrom('task')
    .select('id')
    .where('job', '=', id)
    .where('state', 'in', ['PENDING', 'RUNNING'])
    .limit(1)
    .executeTakeFirst();
  if (open !== undefined) return;
  const { tasks } = await getJob(tx, id);
  await updateJob(tx, id, { ...sumOf(tasks), state: stateOfTasks(tasks), finished_at: now });
}

/** Jobs are summed up no more often than this, however many workers there are. */
const sumUpMs = 3_000;

export async function sumUpJobs(session: SqlSession, now: number): Promise<void> {
  const stale = await session.db
    .selectFrom('job')
    .select('id')
    .where('state', '=', 'RUNNING')
    .where('runs_on', '=', 'workers')
    .where('heartbeat_at', '<', now - sumUpMs)
    .execute();
  for (const { id } of stale) {
    await session.transaction(async (tx) => {
      const { tasks } = await getJob(tx, id);
      await tx.db
        .updateTable('job')
        .set({ ...sumOf(tasks), heartbeat_at: now })
        .where('id', '=', id)
        .where('state', '=', 'RUNNING')
        .execute();
    });
  }
}

function sumOf(tasks: readonly Task[]) {
  return {
    counts: JSON.stringify(tasks.map((task) => task.counts).reduce(addCounts, noCounts)),
    spent: JSON.stringify(addCosts(tasks.map((task) => task.spent))),
  };
}

export async function cancelJob(tx: SqlSession, id: JobId, now: number): Promise<Job> {
  const { job } = await getJob(tx, id);
  if (job.state !== 'RUNNING') return job;
  await updateJob(tx, id, { cancel_requested_at: now });
  if (job.runsOn === 'process') return (await getJob(tx, id)).job;
  await tx.db
    .updateTable('task')
    .set({ state: 'CANCELED', finished_at: now })
    .where('job', '=', id)
    .where('state', '=', 'PENDING')
    .execute();
  await settleJob(tx, id, now);
  return (await getJob(tx, id)).job;
}

export async function retryJob(
  tx: SqlSession,
  id: JobId,
  { instead, tasks, only }: RetryDraft,
  now: number,
): Promise<readonly Task[]> {
  const ended = await endedJob(tx, id);
  if (instead.length > 0) await tx.db.deleteFrom('task').where('job', '=', id).where('id', 'in', instead).execute();
  if (only !== undefined) await cancelOthers(tx, id, only, now);
  let again = tx.db
    .updateTable('task')
    .set({ state: 'PENDING', fruitless: 0 })
    .where('job', '=', id)
    .where('state', '!=', 'SUCCESS');
  if (only !== undefined) again = again.where('id', 'in', only);
  await again.execute();
  await addTasks(tx, id, tasks, now);
  await updateJob(tx, id, {
    state: 'RUNNING',
    runs_on: 'workers',
    finished_at: null,
    cancel_requested_at: null,
    heartbeat_at: now,
    resumed_at: now,
    ran_ms: ranMsOf(ended),
  });
  const pending = (await getJob(tx, id)).tasks.filter(isOpen);
  if (pending.length > 0) return pending;
  throw new CollectError('not_found', 'nothing of this job is left to be done again', { where: `job ${id}` });
}

/** What an interrupted job has not begun is not done along with others. */
async function cancelOthers(tx: SqlSession, id: JobId, others: readonly TaskId[], now: number): Promise<void> {
  await tx.db
    .updateTable('task')
    .set({ state: 'CANCELED', finished_at: now })
    .where('job', '=', id)
    .where('state', 'in', ['PENDING', 'RUNNING'])
    .where('id', 'not in', others)
    .execute();
}

export async function resumeJob(tx: SqlSession, id: JobId, ownerPid: number, now: number): Promise<JobWithTasks> {
  const ended = await endedJob(tx, id);
  await updateJob(tx, id, {
    state: 'RUNNING',
    runs_on: 'process',
    finished_at: null,
    cancel_requested_at: null,
    owner_pid: ownerPid,
    heartbeat_at: now,
    resumed_at: now,
    ran_ms: ranMsOf(ended),
  });
  await tx.db
    .updateTable('task')
    .set({ state: 'PENDING' })
    .where('job', '=', id)
    .where('state', 'in', ['RUNNING', 'CANCELED'])
    .execute();
  return getJob(tx, id);
}

/** @param silentSince a job that was last heard of before has nobody */
export async function adoptInterrupted(tx: SqlSession, silentSince: number, now: number): Promise<readonly Job[]> {
  const silent = () => tx.db.updateTable('job').where('state', '=', 'RUNNING').where('heartbeat_at', '<', silentSince);
  const dead = await silent()
    .where('runs_on', '=', 'process')
    .set({ state: 'INTERRUPTED', finished_at: now })
    .returning('id')
    .execute();
  const canceled = await silent()
    .where('runs_on', '=', 'workers')
    .where('cancel_requested_at', 'is not', null)
    .set({ heartbeat_at: now })
    .returning('id')
    .execute();
  const found: Job[] = [];
  for (const { id } of dead) found.push(await sumUpDead(tx, id));
  await endAttempts(tx, dead, { state: 'PENDING' });
  await endAttempts(tx, canceled, { state: 'CANCELED', finished_at: now });
  for (const { id } of canceled) await settleJob(tx, id, now);
  return found;
}

/** What a job spent after its last heartbeat, its tasks tell. */
async function sumUpDead(tx: SqlSession, id: JobId): Promise<Job> {
  const { job, tasks } = await getJob(tx, id);
  const own = addCosts(tasks.map((task) => task.spent));
  const spent = mostOf(job.spent, own);
  await updateJob(tx, id, { spent: JSON.stringify(spent) });
  return { ...job, spent };
}

function mostOf(a: Cost, b: Cost): Cost {
  return {
    calls: Math.max(a.calls, b.calls),
    metrics: Math.max(a.metrics, b.metrics),
    points: Math.max(a.points, b.points),
    usd: Math.max(a.usd, b.usd),
    usdAtMost: Math.max(a.usdAtMost, b.usdAtMost),
  };
}

/** Tasks of these jobs that have not ended are lost to whoever has them. */
async function endAttempts(
  tx: SqlSession,
  jobs: readonly { readonly id: JobId }[],
  end: { readonly state: 'PENDING' } | { readonly state: 'CANCELED'; readonly finished_at: number },
): Promise<void> {
  if (jobs.length === 0) return;
  await tx.db
    .updateTable('task')
    .set((eb) => ({ ...end, attempt: eb('attempt', '+', 1) }))
    .where(
      'job',
      'in',
      jobs.map(({ id }) => id),
    )
    .where('state', 'in', ['PENDING', 'RUNNING'])
    .execute();
}

/** @throws CollectError `conflict` where it runs */
async function endedJob(tx: SqlSession, id: JobId): Promise<Job> {
  const { job } = await getJob(tx, id);
  if (job.state !== 'RUNNING') return job;
  const where = job.runsOn === 'workers' ? 'on workers' : `process ${job.ownerPid}`;
  throw new CollectError('conflict', `job ${id} is running already`, { where });
}
