import { type Db, PgBoss } from 'pg-boss';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ClusterStore, QueueAccess } from '#store/cluster.ts';
import { createPool } from '#store/postgres/pool.ts';
import { storeError } from '#store/postgres/postgres-error.ts';
import type { Store } from '#store/store.ts';
import { lanesOf } from './lanes.ts';
import type { TakenTask, TaskQueue } from './task-queue.ts';

const queueName = 'tasks';
const where = 'the queue';
const connections = 3;

/** A worker that is silent for so long has died. The least that pg-boss takes. */
const heartbeatSeconds = 10;
/** How often dead workers are looked for. */
const superviseSeconds = 5;

const queueOptions = {
  heartbeatSeconds,
  // The heartbeat tells whether a task is alive, however long it takes.
  expireInSeconds: 24 * 3600,
  // Our own count of attempts in vain ends a task.
  retryLimit: 1_000_000,
  retryDelay: 0,
  retentionSeconds: 30 * 24 * 3600,
  deleteAfterSeconds: 3600,
};

const Entry = z.object({ task: z.int() });

export interface BossOptions {
  /** Whether this process looks after the queue, or is a short guest. */
  readonly supervises: boolean;
  /** Told of what goes wrong in the background; it goes on by itself. */
  readonly report: (error: CollectError) => void;
}

/**
 * The queue of many machines: pg-boss, in the database of the store.
 *
 * @throws CollectError `store_failed` where it cannot be made there
 */
export async function bossQueue(
  store: Store,
  { queue: { url, schema } }: ClusterStore,
  { supervises, report }: BossOptions,
): Promise<TaskQueue> {
  const pool = createPool(url, { size: connections, name: 'fleetgauge queue' });
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema,
    supervise: supervises,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    schedule: false,
    registerInstance: false,
    monitorVacuum: false,
  });
  boss.on('error', (error) => report(storeError(error, where)));
  const close = async () => {
    await boss.stop({ graceful: false });
    await pool.end();
  };
  try {
    await boss.start();
    await boss.createQueue(queueName, { policy: 'singleton', ...queueOptions });
  } catch (caught) {
    await close().catch(() => {});
    throw storeError(caught, where);
  }

  const settled = (id: string, retryCount: number) => ({
    done: async () => {
      await told(boss.complete(queueName, { id, retryCount }));
    },
    again: async () => {
      await told(boss.fail(queueName, { id, retryCount }));
    },
  });

  return {
    async add(tx, tasks) {
      const access = tx.cluster?.queue;
      if (access === undefined) throw new CollectError('internal', 'the queue is in another store');
      const limits = await tx.limits.inForce(tasks.map(({ account }) => account));
      const lanes = lanesOf(tasks, limits);
      const entries = tasks.map((task) => ({ data: { task: task.id }, singletonKey: lanes.get(task) ?? '' }));
      await boss.insert(queueName, entries, { db: within(access) });
    },
    async take(worker, count, now) {
      const entries = await told(boss.fetch(queueName, { batchSize: count, includeMetadata: true }));
      const taken: (Taken | undefined)[] = await Promise.all(
        entries.map(async ({ id, retryCount, data }) => {
          const settle = settled(id, retryCount);
          // A task that was canceled and is done again has two entries: the second one finds it begun by the first.
          const onlyFree = retryCount === 0;
          const claim = await beginTask(store, Entry.parse(data).task, worker, now, onlyFree);
          if (claim !== undefined) return { claim, id, retryCount, ...settle };
          await settle.done();
        }),
      );
      return taken.filter((each) => each !== undefined);
    },
    async beat(taken) {
      const own = taken.filter(isTaken).map(({ id, retryCount }) => ({ id, retryCount }));
      if (own.length > 0) await told(boss.touch(queueName, own));
    },
    close,
  };
}

interface Taken extends TakenTask {
  readonly id: string;
  readonly retryCount: number;
}

function isTaken(task: TakenTask): task is Taken {
  return 'id' in task && 'retryCount' in task;
}

/** Undefined where the task has ended, or is gone. */
async function beginTask(store: Store, task: number, worker: string, now: number, onlyFree: boolean) {
  try {
    return await store.tasks.begin(task, worker, now, onlyFree);
  } catch (caught) {
    if (CollectError.from(caught).code === 'not_found') return undefined;
    throw caught;
  }
}

/** Runs statements of pg-boss in a transaction of ours. */
function within(access: QueueAccess): Db {
  return {
    executeSql: async (text, values) => {
      const { rows } = await access.execute(text, values);
      return { rows: [...rows] };
    },
  };
}

/** What pg-boss answers; its errors are PostgreSQL's. */
async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (caught) {
    throw storeError(caught, where);
  }
}
