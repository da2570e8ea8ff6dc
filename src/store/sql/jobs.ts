import { sql } from 'kysely';
import { noCost } from '#model/fleet.ts';
import {
  heartbeatLimitMs,
  type JobDraft,
  type JobStore,
  type JobWithTasks,
  noCounts,
  type Task,
  type TaskId,
} from '../jobs.ts';
import { forgetJobs } from './forget-jobs.ts';
import { adoptInterrupted, cancelJob, resumeJob, retryJob, settleJob, sumUpJobs } from './job-control.ts';
import { jobOf, taskOf } from './job-row.ts';
import { addTasks, getJob, limitedJobs, updateJob } from './job-rows.ts';
import { countJobs, jobsOfSource, tallyJobs } from './job-tally.ts';
import { readTotals } from './job-totals.ts';
import { addToLedger, readLedger } from './ledger.ts';
import type { SqlSession } from './session.ts';
import { takeTurn } from './settings.ts';
import { readSpending } from './spending.ts';

export function sqlJobs(session: SqlSession): JobStore {
  return {
    create: (draft, now) => session.transaction((tx) => createJob(tx, draft, now)),
    takeTurn: () => takeTurn(session),
    settle: (job, now) => session.transaction((tx) => settleJob(tx, job, now)),
    sumUp: (now) => sumUpJobs(session, now),
    cancel: (job, now) => session.transaction((tx) => cancelJob(tx, job, now)),
    retry: (job, more, now) => session.transaction((tx) => retryJob(tx, job, more, now)),
    finish: (job, { state, counts, spent }, now) =>
      updateJob(session, job, {
        state,
        counts: JSON.stringify(counts),
        spent: JSON.stringify(spent),
        finished_at: now,
        heartbeat_at: now,
      }),
    heartbeat: (job, now, soFar) =>
      updateJob(session, job, {
        heartbeat_at: now,
        ...(soFar === undefined ? {} : { counts: JSON.stringify(soFar.counts), spent: JSON.stringify(soFar.spent) }),
      }),
    adoptInterrupted: (now) => session.transaction((tx) => adoptInterrupted(tx, now - heartbeatLimitMs, now)),
    latestResumable: ({ demo } = { demo: false }) => session.transaction((tx) => latestResumable(tx, demo)),
    resume: (job, ownerPid, now) => session.transaction((tx) => resumeJob(tx, job, ownerPid, now)),
    get: (job) => session.transaction((tx) => getJob(tx, job)),
    async list({ limit, before, states, source }) {
      let query = session.db.selectFrom('job').selectAll().orderBy('id', 'desc').limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      if (states !== undefined) query = query.where('state', 'in', states);
      if (source !== undefined) query = query.where('id', 'in', jobsOfSource(session.db, source));
      return (await query.execute()).map(jobOf);
    },
    countByState: (of) => countJobs(session, of),
    tally: (jobs) => tallyJobs(session, jobs),
    problems: (page) => readProblems(session, page),
    newestTasks: (from) => readNewest(session, from),
    forget: (before) => forgetJobs(session, before),
    totals: () => readTotals(session),
    spending: (of, now) => session.transaction((tx) => readSpending(tx, of, now)),
    addToLedger: (job, lines) => session.transaction((tx) => addToLedger(tx, job, lines)),
    ledger: (job) => readLedger(session, job),
  };
}

async function createJob(tx: SqlSession, draft: JobDraft, now: number): Promise<JobWithTasks> {
  const { id } = await tx.db
    .insertInto('job')
    .values({
      state: 'RUNNING',
      demo: draft.demo ? 1 : 0,
      options: jsonOf(draft.options),
      plan: jsonOf(draft.plan),
      counts: JSON.stringify(noCounts),
      planned: JSON.stringify(draft.planned),
      spent: JSON.stringify(noCost),
      started_at: now,
      finished_at: null,
      owner_pid: draft.ownerPid,
      heartbeat_at: now,
      runs_on: draft.runsOn ?? 'process',
      cancel_requested_at: null,
      resumed_at: null,
      ran_ms: 0,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await addTasks(tx, id, draft.tasks, now);
  return getJob(tx, id);
}

/** `undefined` is not JSON; it is kept as null. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value ?? null);
}

async function readProblems(
  { db }: SqlSession,
  { limit, before, job, since }: Parameters<JobStore['problems']>[0],
): Promise<Task[]> {
  let query = db
    .selectFrom('task')
    .selectAll()
    .where((eb) => eb.or([eb('error', 'is not', null), eb('failures', '!=', '[]')]))
    .orderBy('id', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('id', '<', before);
  if (job !== undefined) query = query.where('job', '=', job);
  if (since !== undefined) {
    query = query.where((eb) => eb.or([eb('finished_at', 'is', null), eb('finished_at', '>=', since)]));
  }
  return (await query.execute()).map(taskOf);
}

/**
 * A number for what a limited job is limited to: its filter, whatever that found, or its servers. PostgreSQL refuses JSON of a
 * character that it cannot hold; options that may have one, which JSON writes as `\u`, are compared whole.
 */
const limitOf = sql<number>`dense_rank() OVER (ORDER BY CASE
  WHEN replace(options, '\\u', '') <> options THEN options
  ELSE coalesce('filter ' || (json(options) ->> 'filter'), json(options) ->> 'servers')
END)`;

async function readNewest({ db }: SqlSession, from: TaskId): ReturnType<JobStore['newestTasks']> {
  const rows = await db
    .with(
      (cte) => cte('limited').materialized(),
      () => limitedJobs(db).select(limitOf.as('limit')),
    )
    .selectFrom('task')
    .leftJoin('limited', 'limited.id', 'task.job')
    .select(['task.id', 'job', 'source', 'provider', 'account', 'region', 'limit'])
    .where('task.id', 'in', ({ selectFrom }) =>
      selectFrom('job')
        // Job by job SQLite reads an index alone, which an inner join does not have it do.
        .crossJoin('task')
        .leftJoin('limited', 'limited.id', 'job.id')
        .select(({ fn }) => fn.max('task.id').as('id'))
        .whereRef('task.job', '=', 'job.id')
        .where('task.id', '>=', from)
        .groupBy(['provider', 'account', 'region', 'limit']),
    )
    .execute();
  return rows.map(({ source, limit, ...row }) => ({
    ...row,
    ...(source === null ? {} : { source }),
    ...(limit === null ? {} : { limit }),
  }));
}

async function latestResumable(tx: SqlSession, demo: boolean): Promise<JobWithTasks | undefined> {
  const newest = await tx.db
    .selectFrom('job')
    .select('id')
    .where('demo', '=', demo ? 1 : 0)
    // A plugin's own work is not ours to go on with.
    .where('options', 'not like', '{"plugin":%')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return undefined;
  const found = await getJob(tx, newest.id);
  const unfinished = found.tasks.some((task) => task.state === 'PENDING' || task.state === 'CANCELED');
  return found.job.state !== 'RUNNING' && unfinished ? found : undefined;
}
