import type { Insertable } from 'kysely';
import { CollectError } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import { type JobId, type JobWithTasks, noCounts, type TaskDraft } from '../jobs.ts';
import { jobOf, taskOf } from './job-row.ts';
import type { SqlSession } from './session.ts';
import type { JobTable, TaskTable } from './tables.ts';

/** A task as its next attempt finds it. */
export const nothingDone = {
  counts: JSON.stringify(noCounts),
  done_servers: 0,
  error: null,
  failures: '[]',
  finished_at: null,
} as const satisfies Partial<TaskTable>;

export async function getJob(tx: SqlSession, id: JobId): Promise<JobWithTasks> {
  const job = await tx.db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
  if (job === undefined) throw unknownJob(id);
  const tasks = await tx.db.selectFrom('task').selectAll().where('job', '=', id).orderBy('id').execute();
  return { job: jobOf(job), tasks: tasks.map(taskOf) };
}

/** @throws CollectError `not_found` */
export async function updateJob(session: SqlSession, id: JobId, values: Partial<Omit<JobTable, 'id'>>): Promise<void> {
  const { numUpdatedRows } = await session.transaction((tx) =>
    tx.db.updateTable('job').set(values).where('id', '=', id).executeTakeFirstOrThrow(),
  );
  if (numUpdatedRows === 0n) throw unknownJob(id);
}

/** Databases limit how many values a statement takes. */
const rowsAtOnce = 500;

/** Pending tasks, and those that have failed already. */
export async function addTasks(tx: SqlSession, job: JobId, drafts: readonly TaskDraft[], now: number): Promise<void> {
  for (let at = 0; at < drafts.length; at += rowsAtOnce) {
    const rows = drafts.slice(at, at + rowsAtOnce).map((draft) => rowOf(job, draft, now));
    await tx.db.insertInto('task').values(rows).execute();
  }
}

function rowOf(job: JobId, draft: TaskDraft, now: number): Insertable<TaskTable> {
  const { provider, account, region, plannedServers, source, maxUsd, error } = draft;
  return {
    ...nothingDone,
    job,
    provider,
    account,
    region,
    state: error === undefined ? 'PENDING' : 'FAILURE',
    planned_servers: plannedServers,
    spent: JSON.stringify(noCost),
    started_at: null,
    source: source ?? null,
    max_usd: maxUsd ?? null,
    attempt: 0,
    fruitless: 0,
    worker: null,
    heartbeat_at: null,
    phases: '[]',
    ...(error === undefined ? {} : { error: JSON.stringify(error), finished_at: now }),
  };
}

function unknownJob(id: JobId): CollectError {
  return new CollectError('not_found', 'there is no such job', { where: String(id) });
}

/** Those of some servers, as `RunOptions` say it. In a text of JSON a quotation mark has a backslash, so that no filter is taken for it. */
export function limitedJobs(db: SqlSession['db']) {
  return db.selectFrom('job').select('id').where('options', 'like', '%"servers":[%');
}
