import { CollectError } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import {
  heartbeatLimitMs,
  type JobDraft,
  type JobId,
  type JobStore,
  type JobWithTasks,
  noCounts,
  type TaskId,
  type TaskProgress,
} from '../jobs.ts';
import { jobOf, taskOf } from './job-row.ts';
import { addToLedger, readLedger } from './ledger.ts';
import type { SqlSession } from './session.ts';
import type { JobTable, TaskTable } from './tables.ts';

export function sqlJobs(session: SqlSession): JobStore {
  return {
    create: (draft, now) => session.transaction((tx) => createJob(tx, draft, now)),
    startTask: (task, now) => updateTask(session, task, { state: 'RUNNING', started_at: now, ...nothingDone }),
    progressTask: (task, progress) => updateTask(session, task, columnsOf(progress)),
    finishTask: (task, end, now) =>
      updateTask(session, task, {
        ...columnsOf(end),
        state: end.state,
        error: end.error === undefined ? null : JSON.stringify(end.error),
        finished_at: now,
      }),
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
    adoptInterrupted: (now) => session.transaction((tx) => adoptInterrupted(tx, now)),
    latestResumable: ({ demo } = { demo: false }) => session.transaction((tx) => latestResumable(tx, demo)),
    resume: (job, ownerPid, now) => session.transaction((tx) => resumeJob(tx, job, ownerPid, now)),
    get: (job) => session.transaction((tx) => getJob(tx, job)),
    async list({ limit, before }) {
      let query = session.db.selectFrom('job').selectAll().orderBy('id', 'desc').limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await query.execute()).map(jobOf);
    },
    addToLedger: (job, lines) => session.transaction((tx) => addToLedger(tx, job, lines)),
    ledger: (job) => readLedger(session, job),
  };
}

const nothingDone = {
  counts: JSON.stringify(noCounts),
  done_servers: 0,
  error: null,
  failures: '[]',
  spent: JSON.stringify(noCost),
  finished_at: null,
} as const satisfies Partial<TaskTable>;

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
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const { provider, account, region, plannedServers } of draft.tasks) {
    await tx.db
      .insertInto('task')
      .values({
        job: id,
        provider,
        account,
        region,
        state: 'PENDING',
        planned_servers: plannedServers,
        started_at: null,
        ...nothingDone,
      })
      .execute();
  }
  return getJob(tx, id);
}

/** `undefined` is not JSON; it is kept as null. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value ?? null);
}

function columnsOf(progress: TaskProgress): Partial<TaskTable> {
  const { counts, plannedServers, doneServers, failures, spent } = progress;
  return {
    ...(counts === undefined ? {} : { counts: JSON.stringify(counts) }),
    ...(plannedServers === undefined ? {} : { planned_servers: plannedServers }),
    ...(doneServers === undefined ? {} : { done_servers: doneServers }),
    ...(failures === undefined ? {} : { failures: JSON.stringify(failures) }),
    ...(spent === undefined ? {} : { spent: JSON.stringify(spent) }),
  };
}

async function updateTask(session: SqlSession, id: TaskId, values: Partial<Omit<TaskTable, 'id'>>): Promise<void> {
  if (Object.keys(values).length === 0) return;
  const { numUpdatedRows } = await session.transaction((tx) =>
    tx.db.updateTable('task').set(values).where('id', '=', id).executeTakeFirstOrThrow(),
  );
  if (numUpdatedRows === 0n) throw new CollectError('not_found', 'there is no such task', { where: String(id) });
}

async function updateJob(session: SqlSession, id: JobId, values: Partial<Omit<JobTable, 'id'>>): Promise<void> {
  const { numUpdatedRows } = await session.transaction((tx) =>
    tx.db.updateTable('job').set(values).where('id', '=', id).executeTakeFirstOrThrow(),
  );
  if (numUpdatedRows === 0n) throw unknownJob(id);
}

async function getJob(tx: SqlSession, id: JobId): Promise<JobWithTasks> {
  const job = await tx.db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
  if (job === undefined) throw unknownJob(id);
  const tasks = await tx.db.selectFrom('task').selectAll().where('job', '=', id).orderBy('id').execute();
  return { job: jobOf(job), tasks: tasks.map(taskOf) };
}

async function adoptInterrupted(tx: SqlSession, now: number) {
  const rows = await tx.db
    .updateTable('job')
    .set({ state: 'INTERRUPTED', finished_at: now })
    .where('state', '=', 'RUNNING')
    .where('heartbeat_at', '<', now - heartbeatLimitMs)
    .returningAll()
    .execute();
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  await tx.db
    .updateTable('task')
    .set({ state: 'PENDING' })
    .where('job', 'in', ids)
    .where('state', '=', 'RUNNING')
    .execute();
  return rows.map(jobOf);
}

async function latestResumable(tx: SqlSession, demo: boolean): Promise<JobWithTasks | undefined> {
  const newest = await tx.db
    .selectFrom('job')
    .select('id')
    .where('demo', '=', demo ? 1 : 0)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return undefined;
  const found = await getJob(tx, newest.id);
  const unfinished = found.tasks.some((task) => task.state === 'PENDING' || task.state === 'CANCELED');
  return found.job.state !== 'RUNNING' && unfinished ? found : undefined;
}

async function resumeJob(tx: SqlSession, id: JobId, ownerPid: number, now: number): Promise<JobWithTasks> {
  const { job } = await getJob(tx, id);
  if (job.state === 'RUNNING') {
    throw new CollectError('conflict', `job ${id} is running already`, { where: `process ${job.ownerPid}` });
  }
  await updateJob(tx, id, { state: 'RUNNING', finished_at: null, owner_pid: ownerPid, heartbeat_at: now });
  await tx.db
    .updateTable('task')
    .set({ state: 'PENDING' })
    .where('job', '=', id)
    .where('state', 'in', ['RUNNING', 'CANCELED'])
    .execute();
  return getJob(tx, id);
}

function unknownJob(id: JobId): CollectError {
  return new CollectError('not_found', 'there is no such job', { where: String(id) });
}
