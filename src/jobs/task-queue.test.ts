import { describe, expect, it, onTestFinished } from 'vitest';
import { noCost } from '#model/fleet.ts';
import type { Task, TaskDraft } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { lanesOf } from './lanes.ts';
import { openQueue } from './open-queue.ts';
import type { TakenTask, TaskQueue } from './task-queue.ts';

const now = 1_000_000;

async function setUp() {
  const store = await openTestStore();
  const failed: unknown[] = [];
  const queue = await openQueue(store, { supervises: false, report: (error) => failed.push(error) });
  onTestFinished(async () => {
    await queue.close();
    await store.close();
    expect(failed).toEqual([]);
  });
  return { store, queue };
}

const drafts = (...places: string[]): TaskDraft[] =>
  places.map((place) => {
    const [provider = '', account = '', region = ''] = place.split(' ');
    return { provider, account, region, plannedServers: 1 };
  });

function start(store: Store, queue: TaskQueue, tasks: readonly TaskDraft[]) {
  return store.transaction(async (tx) => {
    const draft = {
      demo: false,
      options: {},
      plan: {},
      planned: noCost,
      runsOn: 'workers',
      ownerPid: 1,
      tasks,
    } as const;
    const created = await tx.jobs.create(draft, now);
    await queue.add(tx, created.tasks);
    return created;
  });
}

async function finish(store: Store, taken: TakenTask | undefined): Promise<void> {
  if (taken === undefined) throw new Error('there is a task');
  await store.tasks.end(taken.claim, { state: 'SUCCESS' }, now);
  await taken.done();
}

const idsOf = (tasks: readonly TakenTask[]) => tasks.map(({ claim }) => claim.task);

describe('a queue', () => {
  it('gives each task to one worker', async () => {
    const { store, queue } = await setUp();
    const { tasks } = await start(store, queue, drafts(...Array.from({ length: 12 }, (_, n) => `aws 1 r${n}`)));
    const taken = await Promise.all(['a', 'b', 'c'].map((worker) => queue.take(worker, 5, now)));
    const rest = await queue.take('d', 5, now);
    const ids = [...taken.flat(), ...rest].map(({ claim }) => claim.task);
    expect(ids.toSorted((a, b) => a - b)).toEqual(tasks.map(({ id }) => id));
    expect((await store.tasks.find(ids[0] ?? 0)).task).toMatchObject({ state: 'RUNNING', worker: expect.any(String) });
    expect(await queue.take('e', 5, now)).toEqual([]);
  });

  it('has nothing of a transaction that failed', async () => {
    const { store, queue } = await setUp();
    const failing = store.transaction(async (tx) => {
      const draft = { demo: false, options: {}, plan: {}, planned: noCost, runsOn: 'workers', ownerPid: 1 } as const;
      const { tasks } = await tx.jobs.create({ ...draft, tasks: drafts('aws 1 r1') }, now);
      await queue.add(tx, tasks);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await queue.take('a', 5, now)).toEqual([]);
    expect(await store.jobs.list({ limit: 5 })).toEqual([]);
  });

  it('brings back what was released, and nothing else', async () => {
    const { store, queue } = await setUp();
    await start(store, queue, drafts('aws 1 r1', 'aws 1 r2'));
    const [first, second] = await queue.take('a', 2, now);
    await finish(store, first);
    if (second === undefined) throw new Error('there are two');
    await store.tasks.release(second.claim);
    await second.again();
    const again = await queue.take('b', 2, now);
    expect(idsOf(again)).toEqual([second.claim.task]);
    expect(again[0]?.claim.attempt).toBe(2);
    await queue.beat(again, now);
    await finish(store, again[0]);
    expect(await queue.take('a', 2, now)).toEqual([]);
  });

  it('leaves out what was canceled', async () => {
    const { store, queue } = await setUp();
    const { job } = await start(store, queue, drafts('aws 1 r1', 'aws 1 r2'));
    await store.jobs.cancel(job.id, now);
    expect(await queue.take('a', 2, now)).toEqual([]);
  });

  it('gives what was canceled and is to be done again to one worker, whatever the limits are by then', async () => {
    const { store, queue } = await setUp();
    const { job, tasks } = await start(store, queue, drafts('aws 1 r1'));
    await store.jobs.cancel(job.id, now);
    await store.limits.set({ provider: 'aws', tasks: 1 });
    await store.transaction(async (tx) => {
      await queue.add(tx, await tx.jobs.retry(job.id, { instead: [], tasks: [] }, now));
    });
    const taken = [...(await queue.take('a', 1, now)), ...(await queue.take('b', 1, now))];
    expect(idsOf(taken)).toEqual(tasks.map(({ id }) => id));
    await finish(store, taken[0]);
    expect(await queue.take('b', 1, now)).toEqual([]);
  });

  it.each([
    { limits: [{ provider: 'aws', account: '1', tasks: 2 }] },
    { limits: [{ provider: 'aws', tasks: 2 }] },
    {
      limits: [
        { provider: 'aws', tasks: 3 },
        { provider: 'aws', account: '1', tasks: 1 },
      ],
    },
  ])('keeps to the limits $limits', async ({ limits }) => {
    const { store, queue } = await setUp();
    for (const limit of limits) await store.limits.set(limit);
    const places = [1, 2, 3, 4].flatMap((n) => [`aws 1 r${n}`, `aws 2 r${n}`]);
    const { tasks } = await start(store, queue, drafts(...places, 'azure 1 global'));
    const running: TakenTask[] = [];
    for (let done = 0; done < tasks.length; done++) {
      running.push(...(await queue.take('a', 1, now)), ...(await queue.take('b', 4, now)));
      expect(running.length).toBeGreaterThan(0);
      const found = await Promise.all(running.map(({ claim }) => store.tasks.find(claim.task)));
      for (const limit of limits) {
        const own = found.filter(
          ({ task }) => task.provider === limit.provider && task.account === (limit.account ?? task.account),
        );
        expect(own.length).toBeLessThanOrEqual(limit.tasks);
      }
      await finish(store, running.shift());
    }
  });
});

describe('lanes', () => {
  const task = (id: number, account: string, plannedServers = 1): Task => ({
    id,
    job: 1,
    provider: 'aws',
    account,
    region: `r${id}`,
    state: 'PENDING',
    counts: { servers: 0, created: 0, updated: 0, unchanged: 0, failed: 0 },
    plannedServers,
    doneServers: 0,
    error: null,
    failures: [],
    phases: [],
    spent: noCost,
    attempt: 0,
  });

  it('are one each where nothing is limited', () => {
    const tasks = [task(1, 'a'), task(2, 'a')];
    expect(new Set(lanesOf(tasks, []).values()).size).toBe(2);
  });

  it('share the work of a limited account', () => {
    const tasks = [8, 1, 1, 1, 1, 4].map((servers, at) => task(at, 'a', servers));
    const lanes = lanesOf(tasks, [{ provider: 'aws', account: 'a', tasks: 2 }]);
    const load = new Map<string, number>();
    for (const [{ plannedServers }, lane] of lanes) load.set(lane, (load.get(lane) ?? 0) + plannedServers);
    expect([...load.values()].toSorted()).toEqual([7, 9]);
  });

  it('are few for a limited plugin, whatever cloud it reads', () => {
    const tasks = [task(1, 'theirs'), task(2, 'theirs'), task(3, 'theirs')];
    expect(new Set(lanesOf(tasks, [{ provider: 'plugin', account: 'theirs', tasks: 2 }]).values()).size).toBe(2);
    expect(new Set(lanesOf(tasks, [{ provider: 'plugin', account: 'other', tasks: 2 }]).values()).size).toBe(3);
  });

  it('spread the accounts of a limited provider', () => {
    const tasks = Array.from({ length: 200 }, (_, at) => task(at, `account ${at}`));
    const lanes = new Set(lanesOf(tasks, [{ provider: 'aws', tasks: 10 }]).values());
    expect(lanes.size).toBe(10);
  });
});
