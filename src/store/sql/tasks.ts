import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { RecordId } from '../inventory.ts';
import { CostSchema, ErrorReportSchema, PhaseSpansSchema } from '../job-schema.ts';
import { heartbeatLimitMs, type TaskId } from '../jobs.ts';
import { ofPlugins } from '../limits.ts';
import type {
  RecordChange,
  RecordChanges,
  TaskClaim,
  TaskEnd,
  TaskLeft,
  TaskProgress,
  TaskStanding,
  TaskStore,
} from '../tasks.ts';
import { jobOf, taskOf } from './job-row.ts';
import { nothingDone } from './job-rows.ts';
import { blockedBy, limitsInForce } from './limits.ts';
import type { SqlSession } from './session.ts';
import { takeTurn } from './settings.ts';
import { parseStored } from './stored-json.ts';
import type { TaskTable } from './tables.ts';

export function sqlTasks(session: SqlSession): TaskStore {
  return {
    begin: (task, worker, now, onlyFree = false) =>
      session.transaction((tx) => beginTask(tx, task, worker, now, onlyFree)),
    progress: (claim, progress) => session.transaction((tx) => progressTask(tx, claim, progress)),
    async notePhases({ task, attempt }, phases) {
      await session.transaction((tx) =>
        tx.db
          .updateTable('task')
          .set({ phases: JSON.stringify(phases) })
          .where('id', '=', task)
          .where('attempt', '=', attempt)
          .where('state', '=', 'RUNNING')
          .execute(),
      );
    },
    end: (claim, end, now) => session.transaction((tx) => endTask(tx, claim, end, now)),
    release: (claim, left = {}) => session.transaction((tx) => releaseTask(tx, claim, left)),
    standings: (claims) => readStandings(session, claims),
    beat: (claims, now) => session.transaction((tx) => beat(tx, claims, now)),
    async beginNext(worker, now) {
      // Who looks in vain, as an idle worker does twice a second, writes nothing.
      const isIdle = (await pendingTasks(session).limit(1).execute()).length === 0;
      return isIdle ? undefined : session.transaction((tx) => beginNext(tx, worker, now));
    },
    async releaseSilent(now) {
      const isSilent = (await silentTasks(session, now).limit(1).execute()).length > 0;
      if (isSilent) await session.transaction((tx) => releaseSilent(tx, now));
    },
    find: (task) => session.transaction((tx) => findTask(tx, task)),
    async open({ accounts = [], sources = [] }) {
      if (accounts.length + sources.length === 0) return [];
      const rows = await session.db
        .selectFrom('task')
        .innerJoin('job', 'job.id', 'task.job')
        .selectAll('task')
        .where('job.state', '=', 'RUNNING')
        .where('task.state', 'in', ['PENDING', 'RUNNING'])
        .where((eb) =>
          eb.or([
            ...(accounts.length === 0 ? [] : [eb('task.account', 'in', accounts)]),
            ...(sources.length === 0 ? [] : [eb('task.source', 'in', sources)]),
          ]),
        )
        .orderBy('task.id')
        .execute();
      return rows.map(taskOf);
    },
  };
}

async function beginTask(
  tx: SqlSession,
  id: TaskId,
  worker: string,
  now: number,
  onlyFree: boolean,
): Promise<TaskClaim | undefined> {
  const before = await tx.db.selectFrom('task').select(['error']).where('id', '=', id).executeTakeFirst();
  if (before === undefined) throw unknownTask(id);
  const begun = await tx.db
    .updateTable('task')
    .set((eb) => ({
      ...nothingDone,
      // Why the attempt before did not get on is told until this one does.
      error: eb.ref('error'),
      state: 'RUNNING',
      started_at: now,
      worker,
      heartbeat_at: now,
      attempt: eb('attempt', '+', 1),
      fruitless: eb('fruitless', '+', 1),
    }))
    .where('id', '=', id)
    .where('state', 'in', onlyFree ? ['PENDING'] : ['PENDING', 'RUNNING'])
    .returning(['job', 'attempt', 'fruitless', 'spent', 'phases'])
    .executeTakeFirst();
  if (begun === undefined) return undefined;
  const { job, attempt, fruitless, spent, phases } = begun;
  const where = `task ${id}`;
  return {
    task: id,
    job,
    attempt,
    fruitless,
    ...(before.error === null ? {} : { before: parseStored(ErrorReportSchema, before.error, where) }),
    spent: parseStored(CostSchema, spent, where),
    changes: await readChanges(tx, id),
    phases: parseStored(PhaseSpansSchema, phases, where),
  };
}

async function findTask({ db }: SqlSession, id: TaskId) {
  const task = await db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
  if (task === undefined) throw unknownTask(id);
  const job = await db.selectFrom('job').selectAll().where('id', '=', task.job).executeTakeFirstOrThrow();
  return { task: taskOf(task), job: jobOf(job) };
}

async function progressTask(tx: SqlSession, claim: TaskClaim, progress: TaskProgress): Promise<void> {
  await updateClaimed(tx, claim, { ...columnsOf(progress), fruitless: 0, error: null });
  if (progress.changes !== undefined && progress.changes.size > 0) {
    await tx.db
      .insertInto('task_batch')
      .values({ task: claim.task, changes: changesText(progress.changes) })
      .execute();
  }
}

async function endTask(tx: SqlSession, claim: TaskClaim, end: TaskEnd, now: number): Promise<void> {
  const { state, error } = end;
  await updateClaimed(tx, claim, {
    ...columnsOf(end),
    state,
    error: error === undefined ? null : JSON.stringify(error),
    finished_at: now,
  });
  // What has ended well is not begun again.
  if (state === 'SUCCESS') await tx.db.deleteFrom('task_batch').where('task', '=', claim.task).execute();
}

async function releaseTask(tx: SqlSession, claim: TaskClaim, { error, ...left }: TaskLeft): Promise<void> {
  await updateClaimed(tx, claim, {
    ...columnsOf(left),
    state: 'PENDING',
    ...(error === undefined ? { fruitless: 0 } : { error: JSON.stringify(error) }),
  });
}

function columnsOf(progress: TaskProgress): Partial<TaskTable> {
  const { counts, plannedServers, doneServers, failures, spent, phases } = progress;
  return {
    ...(counts === undefined ? {} : { counts: JSON.stringify(counts) }),
    ...(plannedServers === undefined ? {} : { planned_servers: plannedServers }),
    ...(doneServers === undefined ? {} : { done_servers: doneServers }),
    ...(failures === undefined ? {} : { failures: JSON.stringify(failures) }),
    ...(spent === undefined ? {} : { spent: JSON.stringify(spent) }),
    ...(phases === undefined ? {} : { phases: JSON.stringify(phases) }),
  };
}

async function updateClaimed(
  { db }: SqlSession,
  { task, attempt }: TaskClaim,
  values: Partial<Omit<TaskTable, 'id'>>,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('task')
    .set(values)
    .where('id', '=', task)
    .where('attempt', '=', attempt)
    .where('state', '=', 'RUNNING')
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 1n) return;
  throw new CollectError('conflict', 'another worker has taken this task over, or it was ended', {
    where: `task ${task}, attempt ${attempt}`,
  });
}

async function readStandings(
  { db }: SqlSession,
  claims: readonly TaskClaim[],
): Promise<ReadonlyMap<TaskId, TaskStanding>> {
  if (claims.length === 0) return new Map();
  const rows = await db
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job')
    .select(['task.id', 'task.attempt', 'task.state', 'job.cancel_requested_at'])
    .where(
      'task.id',
      'in',
      claims.map(({ task }) => task),
    )
    .execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    claims.map(({ task, attempt }): [TaskId, TaskStanding] => {
      const row = found.get(task);
      if (row?.attempt !== attempt || row.state !== 'RUNNING') return [task, 'lost'];
      return [task, row.cancel_requested_at === null ? 'mine' : 'cancel'];
    }),
  );
}

async function beat({ db }: SqlSession, claims: readonly TaskClaim[], now: number): Promise<void> {
  if (claims.length === 0) return;
  await db
    .updateTable('task')
    .set({ heartbeat_at: now })
    .where((eb) => eb.or(claims.map(({ task, attempt }) => eb.and([eb('id', '=', task), eb('attempt', '=', attempt)]))))
    .execute();
}

function pendingTasks({ db }: SqlSession) {
  return db
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job')
    .select('task.id')
    .where('job.state', '=', 'RUNNING')
    .where('job.runs_on', '=', 'workers')
    .where('task.state', '=', 'PENDING');
}

async function beginNext(tx: SqlSession, worker: string, now: number): Promise<TaskClaim | undefined> {
  await takeTurn(tx);
  const running = await tx.db
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job')
    .select(['task.provider', 'task.account', 'task.source'])
    .where('job.runs_on', '=', 'workers')
    .where('task.state', '=', 'RUNNING')
    .execute();
  const limits = await limitsInForce(
    tx,
    running.map(({ account }) => account),
  );
  const blocked = blockedBy(limits, running);
  const next = await pendingTasks(tx)
    .where((eb) =>
      eb.not(
        eb.or(
          blocked.map(({ provider, account }) =>
            eb.and([
              provider === ofPlugins && account !== undefined
                ? eb('task.source', 'is', null)
                : eb('task.provider', '=', provider),
              ...(account === undefined ? [] : [eb('task.account', '=', account)]),
            ]),
          ),
        ),
      ),
    )
    .orderBy('task.id')
    .limit(1)
    .executeTakeFirst();
  return next === undefined ? undefined : beginTask(tx, next.id, worker, now, true);
}

function silentTasks({ db }: SqlSession, now: number) {
  return db
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job')
    .select('task.id')
    .where('job.runs_on', '=', 'workers')
    .where('task.state', '=', 'RUNNING')
    .where('task.heartbeat_at', '<', now - heartbeatLimitMs);
}

async function releaseSilent(tx: SqlSession, now: number): Promise<void> {
  await tx.db
    .updateTable('task')
    .set((eb) => ({ state: 'PENDING', attempt: eb('attempt', '+', 1) }))
    .where('id', 'in', silentTasks(tx, now))
    .execute();
}

const StoredChanges = z.object({
  created: z.array(z.number()),
  updated: z.array(z.number()),
  unchanged: z.array(z.number()),
});

/** Ids by what became of them, which is a third as long as pairs. */
function changesText(changes: RecordChanges): string {
  const ids = (wanted: RecordChange) => [...changes].flatMap(([id, change]) => (change === wanted ? [id] : []));
  return JSON.stringify({ created: ids('created'), updated: ids('updated'), unchanged: ids('unchanged') });
}

async function readChanges({ db }: SqlSession, task: TaskId): Promise<RecordChanges> {
  const rows = await db.selectFrom('task_batch').select('changes').where('task', '=', task).orderBy('id').execute();
  const found = new Map<RecordId, RecordChange>();
  for (const { changes } of rows) {
    const { created, updated, unchanged } = parseStored(StoredChanges, changes, `task ${task}`);
    for (const id of unchanged) found.set(id, 'unchanged');
    for (const id of updated) found.set(id, 'updated');
    for (const id of created) found.set(id, 'created');
  }
  return found;
}

function unknownTask(id: TaskId): CollectError {
  return new CollectError('not_found', 'there is no such task', { where: String(id) });
}
