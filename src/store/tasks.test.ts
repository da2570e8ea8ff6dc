import { describe, expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { heartbeatLimitMs, type Job, type JobDraft, noCounts, type Task, type TaskDraft } from './jobs.ts';
import type { Store } from './store.ts';
import type { RecordChange, TaskClaim } from './tasks.ts';
import { openTestStore } from './testing/open-test-store.ts';

const task = (region: string, over: Partial<TaskDraft> = {}): TaskDraft => ({
  provider: 'aws',
  account: '123',
  region,
  plannedServers: 5,
  source: 'prod',
  ...over,
});

/** As a plugin's runs have them: no saved account is theirs. */
const pluginTask = (region: string, plugin: string): TaskDraft => ({
  provider: 'aws',
  account: plugin,
  region,
  plannedServers: 5,
});

const draft: JobDraft = {
  demo: false,
  options: {},
  plan: {},
  planned: noCost,
  runsOn: 'workers',
  ownerPid: 1,
  tasks: [task('eu-west-1'), task('us-east-1')],
};

const error = { code: 'unavailable', message: 'away' } as const;
const lost = { code: 'conflict' };

async function setUp(over: Partial<JobDraft> = {}) {
  const store = await openTestStore();
  const { job, tasks } = await store.jobs.create({ ...draft, ...over }, 1000);
  return { store, job, all: tasks };
}

async function begin(store: Store, found: Task | undefined, now = 2000): Promise<TaskClaim> {
  const claim = await store.tasks.begin(found?.id ?? 0, 'w1', now);
  if (claim === undefined) throw new Error('the task has ended');
  return claim;
}

const stateOf = async (store: Store, { id }: Job) => (await store.jobs.get(id)).job.state;

describe('a claim', () => {
  it('is lost as soon as the task is begun again: what it writes is refused, whole transactions among it', async () => {
    const { store, all } = await setUp();
    const first = await begin(store, all[0]);
    await store.tasks.progress(first, { doneServers: 2 });
    const second = await begin(store, all[0], 3000);
    expect(second.attempt).toBe(first.attempt + 1);
    await expect(store.tasks.progress(first, { doneServers: 3 })).rejects.toMatchObject(lost);
    await expect(store.tasks.end(first, { state: 'SUCCESS' }, 4000)).rejects.toMatchObject(lost);
    await expect(store.tasks.release(first)).rejects.toMatchObject(lost);
    const late = store.transaction(async (tx) => {
      await tx.settings.set('written', 'too late');
      await tx.tasks.progress(first, { doneServers: 3 });
    });
    await expect(late).rejects.toMatchObject(lost);
    expect(await store.settings.get('written')).toBeUndefined();
    await store.tasks.progress(second, { doneServers: 1 });
    expect((await store.tasks.find(first.task)).task).toMatchObject({ doneServers: 1, attempt: 2, worker: 'w1' });
  });

  it('knows what earlier attempts did and spent', async () => {
    const { store, all } = await setUp();
    const changes = (entries: [number, RecordChange][]) => new Map(entries);
    const first = await begin(store, all[0]);
    const spent = { ...noCost, calls: 7 };
    await store.tasks.progress(first, {
      spent,
      changes: changes([
        [1, 'created'],
        [2, 'unchanged'],
      ]),
    });
    await store.tasks.progress(first, {
      changes: changes([
        [3, 'updated'],
        [2, 'updated'],
      ]),
    });
    const again = await begin(store, all[0]);
    expect(again.spent).toEqual(spent);
    expect([...again.changes].toSorted()).toEqual([
      [1, 'created'],
      [2, 'updated'],
      [3, 'updated'],
    ]);
    expect((await store.tasks.find(again.task)).task).toMatchObject({ counts: noCounts, doneServers: 0, spent });
    await store.tasks.end(again, { state: 'SUCCESS' }, 5000);
    expect(await store.tasks.begin(again.task, 'w2', 6000)).toBeUndefined();
  });

  it('counts attempts that stored nothing, and remembers why', async () => {
    const { store, all } = await setUp();
    expect((await begin(store, all[0])).fruitless).toBe(1);
    const second = await begin(store, all[0]);
    expect(second).toMatchObject({ fruitless: 2 });
    await store.tasks.release(second, { error });
    const third = await begin(store, all[0]);
    expect(third).toMatchObject({ fruitless: 3, before: error });
    const told = async () => (await store.tasks.find(third.task)).task.error;
    expect(await told()).toEqual(error);
    await store.tasks.progress(third, { doneServers: 1 });
    expect(await told()).toBeNull();
    expect((await begin(store, all[0])).fruitless).toBe(1);
  });

  it('says how it stands', async () => {
    const { store, job, all } = await setUp();
    const mine = await begin(store, all[0]);
    const old = await begin(store, all[1]);
    await begin(store, all[1]);
    expect([...(await store.tasks.standings([mine, old]))]).toEqual([
      [mine.task, 'mine'],
      [old.task, 'lost'],
    ]);
    await store.jobs.cancel(job.id, 5000);
    expect((await store.tasks.standings([mine])).get(mine.task)).toBe('cancel');
  });
});

describe('a job on workers', () => {
  it('ends with its last task, and says what all of them came to', async () => {
    const { store, job, all } = await setUp();
    const counts = { ...noCounts, servers: 5, created: 5 };
    await store.tasks.end(
      await begin(store, all[0]),
      { state: 'SUCCESS', counts, spent: { ...noCost, calls: 2 } },
      3000,
    );
    await store.jobs.settle(job.id, 3000);
    expect(await stateOf(store, job)).toBe('RUNNING');
    await store.tasks.end(await begin(store, all[1]), { state: 'FAILURE', counts, error }, 4000);
    await store.jobs.settle(job.id, 4000);
    expect((await store.jobs.get(job.id)).job).toMatchObject({
      state: 'PARTIAL',
      finishedAt: 4000,
      counts: { servers: 10, created: 10 },
      spent: { calls: 2 },
    });
  });

  it('ends once, where its last tasks end at once', async () => {
    const { store, job, all } = await setUp({ tasks: Array.from({ length: 8 }, (_, at) => task(`r-${at}`)) });
    const claims = await Promise.all(all.map((each) => begin(store, each)));
    const counts = { ...noCounts, servers: 1 };
    await Promise.all(
      claims.map((claim) =>
        store.transaction(async (tx) => {
          await tx.tasks.end(claim, { state: 'SUCCESS', counts }, 3000);
          await tx.jobs.settle(job.id, 3000);
        }),
      ),
    );
    expect((await store.jobs.get(job.id)).job).toMatchObject({ state: 'SUCCESS', counts: { servers: 8 } });
  });

  it('is summed up while it runs, and is heard of', async () => {
    const { store, job, all } = await setUp();
    await store.tasks.progress(await begin(store, all[0]), { counts: { ...noCounts, servers: 3 } });
    await store.jobs.sumUp(60_000);
    expect((await store.jobs.get(job.id)).job).toMatchObject({
      state: 'RUNNING',
      counts: { servers: 3 },
      heartbeatAt: 60_000,
    });
    // Nobody interrupts it because it waits for a worker.
    expect(await store.jobs.adoptInterrupted(60_001 + heartbeatLimitMs)).toEqual([]);
    expect(await stateOf(store, job)).toBe('RUNNING');
  });

  it('is over at once where it is canceled before it began, and with its running tasks else', async () => {
    const { store, job, all } = await setUp();
    const claim = await begin(store, all[0]);
    expect(await store.jobs.cancel(job.id, 3000)).toMatchObject({ state: 'RUNNING', cancelRequestedAt: 3000 });
    expect((await store.jobs.get(job.id)).tasks.map(({ state }) => state)).toEqual(['RUNNING', 'CANCELED']);
    expect(await store.tasks.begin(all[1]?.id ?? 0, 'w2', 3500)).toBeUndefined();
    await store.tasks.end(claim, { state: 'CANCELED' }, 4000);
    await store.jobs.settle(job.id, 4000);
    expect(await stateOf(store, job)).toBe('CANCELED');
    const other = await store.jobs.create(draft, 5000);
    expect(await store.jobs.cancel(other.job.id, 6000)).toMatchObject({ state: 'CANCELED', finishedAt: 6000 });
  });

  it('ends where it was to end and all its workers have died', async () => {
    const { store, job, all } = await setUp();
    const claim = await begin(store, all[0]);
    await store.jobs.cancel(job.id, 3000);
    await store.jobs.adoptInterrupted(3000 + heartbeatLimitMs);
    expect(await stateOf(store, job)).toBe('RUNNING');
    await store.jobs.adoptInterrupted(3001 + heartbeatLimitMs);
    expect(await stateOf(store, job)).toBe('CANCELED');
    await expect(store.tasks.progress(claim, {})).rejects.toMatchObject(lost);
  });

  it('does again what failed, and keeps what did not', async () => {
    const { store, job, all } = await setUp({ tasks: [...draft.tasks, task('*', { account: 'gone', error })] });
    expect(all[2]).toMatchObject({ state: 'FAILURE', error });
    await expect(store.jobs.retry(job.id, { instead: [], tasks: [] }, 2000)).rejects.toMatchObject({
      code: 'conflict',
    });
    await store.tasks.end(await begin(store, all[0]), { state: 'SUCCESS' }, 3000);
    await store.tasks.end(await begin(store, all[1]), { state: 'PARTIAL', error }, 3000);
    await store.jobs.settle(job.id, 3000);
    const found = task('eu-north-1', { account: '456' });
    const pending = await store.jobs.retry(job.id, { instead: [all[2]?.id ?? 0], tasks: [found] }, 4000);
    expect(pending.map(({ region }) => region)).toEqual(['us-east-1', 'eu-north-1']);
    expect(await stateOf(store, job)).toBe('RUNNING');
    for (const each of pending) await store.tasks.end(await begin(store, each), { state: 'SUCCESS' }, 5000);
    await store.jobs.settle(job.id, 5000);
    expect(await stateOf(store, job)).toBe('SUCCESS');
    await expect(store.jobs.retry(job.id, { instead: [], tasks: [] }, 6000)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await stateOf(store, job)).toBe('SUCCESS');
  });

  it('tells who reads an account, or with whose secret', async () => {
    const { store, job, all } = await setUp();
    const open = (of: Parameters<Store['tasks']['open']>[0]) => store.tasks.open(of).then((found) => found.length);
    expect(await open({ accounts: ['123'] })).toBe(2);
    expect(await open({ sources: ['prod', 'other'] })).toBe(2);
    expect(await open({ accounts: ['124'], sources: ['other'] })).toBe(0);
    expect(await open({})).toBe(0);
    await store.tasks.end(await begin(store, all[0]), { state: 'SUCCESS' }, 3000);
    expect(await open({ accounts: ['123'] })).toBe(1);
    await store.jobs.cancel(job.id, 3000);
    expect(await open({ accounts: ['123'] })).toBe(0);
  });
});

describe('the line of one machine', () => {
  it('is in order, within the limits', async () => {
    const { store } = await setUp({
      tasks: [
        task('a'),
        task('b'),
        task('c'),
        task('d', { account: '456' }),
        task('e', { account: '456' }),
        task('f', { provider: 'azure' }),
      ],
    });
    await store.limits.set({ provider: 'aws', account: '123', tasks: 2 });
    await store.limits.set({ provider: 'aws', tasks: 3 });
    const regionOf = async (claim: TaskClaim | undefined) =>
      claim === undefined ? undefined : (await store.tasks.find(claim.task)).task.region;
    const begun: (TaskClaim | undefined)[] = [];
    for (let at = 0; at < 6; at++) begun.push(await store.tasks.beginNext('w1', 2000));
    expect(await Promise.all(begun.map(regionOf))).toEqual(['a', 'b', 'd', 'f', undefined, undefined]);
    if (begun[0] !== undefined) await store.tasks.end(begun[0], { state: 'SUCCESS' }, 3000);
    expect(await regionOf(await store.tasks.beginNext('w1', 3000))).toBe('c');
    await store.limits.remove({ provider: 'aws' });
    expect(await regionOf(await store.tasks.beginNext('w1', 3000))).toBe('e');
    expect(await store.limits.list()).toEqual([{ provider: 'aws', account: '123', tasks: 2 }]);
    await expect(store.limits.remove({ provider: 'aws' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('gives a plugin as many tasks as it says that it bears, or as was set', async () => {
    const { store } = await setUp({ tasks: [...'abcdef'].map((region) => pluginTask(region, 'theirs')) });
    const reach = { kind: 'endpoint', url: 'grpc://plugin:50051' } as const;
    const status = { state: 'OK', at: 1 } as const;
    const draft = { id: 'p', name: 'theirs', reach, options: {}, generation: 'v2', status } as const;
    await store.plugins.add({ ...draft, metadata: { concurrency: 2 } }, undefined, 1000);
    const begin = async () => {
      let begun = 0;
      while ((await store.tasks.beginNext('w1', 2000)) !== undefined) begun++;
      return begun;
    };
    expect(await begin()).toBe(2);
    // What it bears is what it said last.
    await store.plugins.update('p', { metadata: { concurrency: 3 } });
    expect(await begin()).toBe(1);
    await store.limits.set({ provider: 'plugin', account: 'theirs', tasks: 4 });
    expect(await begin()).toBe(1);
    expect(await store.limits.list()).toEqual([{ provider: 'plugin', account: 'theirs', tasks: 4 }]);
    await store.plugins.remove('theirs');
    expect(await store.limits.list()).toEqual([]);
    expect(await begin()).toBe(2);
  });

  it('takes no account for the plugin that has its name', async () => {
    const own = { account: 'shop' };
    const { store } = await setUp({
      tasks: [task('a', own), task('b', own), task('c', own), pluginTask('d', 'shop'), pluginTask('e', 'shop')],
    });
    await store.limits.set({ provider: 'plugin', account: 'shop', tasks: 1 });
    const regions: string[] = [];
    for (;;) {
      const claim = await store.tasks.beginNext('w1', 2000);
      if (claim === undefined) break;
      regions.push((await store.tasks.find(claim.task)).task.region);
    }
    expect(regions).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes a task from a worker that is silent', async () => {
    const { store, all } = await setUp();
    const dead = await begin(store, all[0], 1000);
    const alive = await begin(store, all[1], 1000);
    await store.tasks.beat([alive], 20_000);
    await store.tasks.releaseSilent(1001 + heartbeatLimitMs);
    await expect(store.tasks.progress(dead, {})).rejects.toMatchObject(lost);
    await store.tasks.progress(alive, {});
    expect(await store.tasks.beginNext('w2', 40_000)).toMatchObject({ task: dead.task });
  });
});
