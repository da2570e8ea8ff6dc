import { expect, it, onTestFinished } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { registerPlugin } from '#platform/plugin/registry.ts';
import { type Behaviour, type Seen, serveLyingPlugin } from '#platform/plugin/testing/lying-plugin.ts';
import { keyOf } from '#platform/secret/master-key.fixture.ts';
import { rewrapSecrets, secretsByKey } from '#platform/secret/rotate.ts';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { Store } from '#store/store.ts';
import { runDueSchedules } from './scheduler.ts';
import { retryJob } from './start-job.ts';
import { startPluginJob } from './start-plugin-job.ts';
import { openWorkshop, type Workshop } from './workshop.fixture.ts';

const never = new AbortController().signal;

interface Shop extends Workshop {
  readonly seen: Seen;
  /** Ends the plugin. */
  leave(): Promise<void>;
}

/** A workshop where a plugin is registered, which does as it is told. */
async function openShop(options: Behaviour): Promise<Shop> {
  const shop = await openWorkshop();
  const stop = new AbortController();
  const seen: Seen = { sent: 0, open: 0, requests: [] };
  const { port, closed } = await serveLyingPlugin({ signal: stop.signal, seen });
  const leave = async () => {
    stop.abort();
    await closed;
  };
  onTestFinished(leave);
  const { store, key, plugins } = shop.vault;
  const reach = { kind: 'endpoint', url: `grpc://127.0.0.1:${port}` } as const;
  const registration = { name: 'theirs', reach, options: { ...options }, secret: { data: { key: 'right' } } };
  await registerPlugin({ store, key, host: plugins.host }, registration, never);
  return { ...shop, seen, leave };
}

const parts = [
  { region: 'eu-west-1', count: 250, prefix: 'eu-' },
  { region: 'us-east-1', count: 30, prefix: 'us-' },
];

async function takeOne({ queue }: Workshop, worker: string) {
  const [taken] = await queue.take(worker, 1, worldNow);
  if (taken === undefined) throw new Error('there is a task');
  return taken;
}

const tasksOf = async ({ store }: Workshop, job: number) => (await store.jobs.get(job)).tasks;

it('a plugin is collected by workers, each part by one of them', async () => {
  const shop = await openShop({ tasks: parts });
  const begun = await startPluginJob({ plugin: 'theirs' }, shop.start);
  expect(begun).toMatchObject({ state: 'RUNNING', runsOn: 'workers', options: { plugin: 'theirs' } });
  expect(JSON.stringify(begun.plan)).not.toContain('prefix');
  await expect(startPluginJob({ plugin: 'theirs' }, shop.start)).rejects.toMatchObject({ code: 'conflict' });
  const job = await shop.work(begun.id, 2);
  expect(job).toMatchObject({ state: 'SUCCESS', counts: { servers: 280, created: 280, failed: 0 } });
  expect((await tasksOf(shop, job.id)).map(({ region, counts }) => [region, counts.created])).toEqual([
    ['eu-west-1', 250],
    ['us-east-1', 30],
  ]);
  expect(await shop.store.inventory.count()).toBe(280);
  expect(await shop.store.plugins.get('theirs')).toMatchObject({ lastJob: job.id, status: { state: 'OK' } });
  // What it bears at once holds over all workers.
  expect(await shop.store.limits.list()).toEqual([]);
  expect(await shop.store.limits.inForce(['theirs'])).toEqual([{ provider: 'plugin', account: 'theirs', tasks: 2 }]);
});

it('what its tasks are to collect is sealed under a new master key, too', async () => {
  const shop = await openShop({ tasks: parts });
  const { id } = await startPluginJob({ plugin: 'theirs' }, shop.start);
  const before = (await secretsByKey(shop.store)).get(shop.vault.key.id);
  expect(before).toBeGreaterThan(1);
  for (const next of [await keyOf(2, 1), await keyOf(3, 2)]) {
    const outcome = await rewrapSecrets(shop.store, next, never);
    expect(outcome).toMatchObject({ rewrapped: before, failed: [] });
  }
  const key = await keyOf(3);
  expect([...(await secretsByKey(shop.store)).keys()]).toEqual([key.id]);
  const taken = await takeOne(shop, 'knows the new key alone');
  expect(await shop.run(taken, { vault: { ...shop.vault, key } })).toBe('ended');
  await taken.done();
  expect(await tasksOf(shop, id)).toContainEqual(expect.objectContaining({ state: 'SUCCESS' }));
});

it('what a worker had stored before it died is not counted twice', async () => {
  const shop = await openShop({ count: 450 });
  const { id } = await startPluginJob({ plugin: 'theirs' }, shop.start);
  const taken = await takeOne(shop, 'dies');
  // It stores its first batch, and is not heard of from its second one on.
  const [stored, died] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
  let batches = 0;
  const store: Store = {
    ...shop.store,
    transaction: (work) => {
      if (batches++ === 0) return shop.store.transaction(work);
      stored.resolve();
      return died.promise;
    },
  };
  const dying = shop.run(taken, { vault: { ...shop.vault, store } }).catch(CollectError.from);
  await stored.promise;
  expect(await tasksOf(shop, id)).toMatchObject([{ state: 'RUNNING', counts: { created: 200 } }]);

  const claim = await shop.store.tasks.begin(taken.claim.task, 'lives', worldNow);
  if (claim === undefined) throw new Error('it runs');
  expect(await shop.run({ ...taken, claim })).toBe('ended');
  await taken.done();
  died.reject(new CollectError('conflict', 'it wakes up too late'));
  expect(await dying).toMatchObject({ code: 'conflict' });
  const { job, tasks } = await shop.store.jobs.get(id);
  const counts = { servers: 450, created: 450, updated: 0, unchanged: 0, failed: 0 };
  expect(job).toMatchObject({ state: 'SUCCESS', counts });
  expect(tasks).toMatchObject([{ state: 'SUCCESS', worker: 'lives', counts }]);
  expect(await shop.store.inventory.count()).toBe(450);
  expect(shop.seen.requests).toHaveLength(2);
});

it('a worker that is stopped leaves its task to another one', async () => {
  const shop = await openShop({ count: 10, lie: 'hang' });
  const { id } = await startPluginJob({ plugin: 'theirs' }, shop.start);
  const taken = await takeOne(shop, 'stops');
  const stop = new AbortController();
  const running = shop.run(taken, { stopping: stop.signal });
  await expect.poll(() => shop.seen.sent).toBe(10);
  stop.abort();
  expect(await running).toBe('released');
  expect(await tasksOf(shop, id)).toMatchObject([{ state: 'PENDING' }]);
  await taken.again();
  await shop.store.jobs.cancel(id, worldNow);
  expect((await shop.store.jobs.get(id)).job.state).toBe('CANCELED');
});

it('a plugin that fails leaves a job that says why', async () => {
  const shop = await openShop({
    tasks: [
      { region: 'eu-west-1', lie: 'break' },
      { region: 'us-east-1', count: 3 },
    ],
  });
  const job = await shop.work((await startPluginJob({ plugin: 'theirs' }, shop.start)).id);
  expect(job).toMatchObject({ state: 'PARTIAL', counts: { created: 3 } });
  const asked = shop.seen.requests.length;
  expect(await retryJob(job.id, shop.start)).toMatchObject({ state: 'RUNNING' });
  expect(await shop.work(job.id)).toMatchObject({ state: 'PARTIAL', counts: { created: 3 } });
  // The part that failed, and no other.
  expect(shop.seen.requests.slice(asked)).toMatchObject([{ task_options: { region: 'eu-west-1' } }]);
  expect(await shop.store.plugins.get('theirs')).toMatchObject({ status: { state: 'FAILED' } });
  await shop.store.plugins.remove('theirs');
  await expect(startPluginJob({ plugin: 'theirs' }, shop.start)).rejects.toMatchObject({ code: 'not_found' });
});

it('a plugin that is away by the time its task begins is known to have failed', async () => {
  const shop = await openShop({ tasks: parts });
  const { id } = await startPluginJob({ plugin: 'theirs' }, shop.start);
  expect(await shop.store.plugins.get('theirs')).toMatchObject({ status: { state: 'OK' } });
  await shop.leave();
  expect(await shop.work(id)).toMatchObject({ state: 'FAILURE' });
  const status = { state: 'FAILED', error: { code: 'unavailable' } };
  expect(await shop.store.plugins.get('theirs')).toMatchObject({ status });
});

it('a schedule begins it when it is due', async () => {
  const shop = await openShop({ tasks: parts });
  const times = { cron: '0 * * * *' };
  const options = { plugin: 'theirs' };
  await shop.store.schedules.add({ name: 'hourly', times, timeZone: 'UTC', options }, worldNow + 1);
  const vault = { ...shop.vault, now: () => worldNow + 3_600_000 };
  const context = { ...shop.start, vault, report: (error: CollectError) => void shop.reports.push(error) };
  await runDueSchedules(context);
  const [job] = await shop.store.jobs.list({ limit: 9 });
  expect(await shop.work(job?.id ?? 0)).toMatchObject({ state: 'SUCCESS', counts: { created: 280 } });
  expect(shop.reports).toEqual([]);
  expect(await shop.store.audit.list({ limit: 1 })).toMatchObject([
    { actor: 'schedule hourly', action: 'job.start', target: String(job?.id), outcome: 'ok' },
  ]);
});
