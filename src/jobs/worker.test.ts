import { describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import { account, keys, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { agreeOnKey } from './agree-on-key.ts';
import { retryJob } from './start-job.ts';
import { fleet, openWorkshop, type Workshop } from './workshop.fixture.ts';

const servers = fleet['us-east-1'] + fleet['eu-west-1'];

async function tasksOf({ store }: Workshop, job: number) {
  return (await store.jobs.get(job)).tasks;
}

async function takeOne({ queue }: Workshop, worker = 'w') {
  const [taken] = await queue.take(worker, 1, worldNow);
  if (taken === undefined) throw new Error('there is a task');
  return taken;
}

describe('workers', () => {
  it('read a job together, and the one that ends its last task ends it', async () => {
    const shop = await openWorkshop();
    const started = await shop.startJob();
    expect(started).toMatchObject({ state: 'RUNNING', runsOn: 'workers', counts: { servers: 0 } });
    expect((await tasksOf(shop, started.id)).map(({ state, source }) => [state, source])).toEqual([
      ['PENDING', 'prod'],
      ['PENDING', 'prod'],
    ]);
    const job = await shop.work(started.id, 2);
    expect(job).toMatchObject({ state: 'SUCCESS', counts: { servers, created: servers, failed: 0 } });
    expect(await shop.store.inventory.count()).toBe(servers);
    expect(shop.reports).toEqual([]);
    expect(await shop.queue.take('w', 5, worldNow)).toEqual([]);
  });

  it('count each call that the cloud answered', async () => {
    const shop = await openWorkshop();
    const job = await shop.work((await shop.startJob()).id);
    const ledger = await shop.store.jobs.ledger(job.id);
    for (const [api, operation] of [
      ['cloudwatch:GetMetricData', 'GetMetricData'],
      ['cloudwatch:ListMetrics', 'ListMetrics'],
    ]) {
      const told = ledger.filter((line) => line.api === api).reduce((sum, { calls }) => sum + calls, 0);
      const asked = shop.cloud.stats.rows().filter((row) => row.operation === operation);
      expect(told).toBe(asked.reduce((sum, { calls }) => sum + calls, 0));
    }
    expect(job.spent.usd).toBeGreaterThan(0);
    expect(job.spent.usdAtMost).toBeLessThanOrEqual(job.planned.usdAtMost);
  });

  it('keep a job to its budget', async () => {
    const shop = await openWorkshop();
    await expect(shop.startJob({ maxCost: 0.0001 })).rejects.toMatchObject({ code: 'budget_exceeded' });
    const { planned } = await shop.startJob({ maxCost: 100 });
    const maxCost = planned.usdAtMost * 1.01;
    const [first] = await shop.store.jobs.list({ limit: 1 });
    await shop.store.jobs.cancel(first?.id ?? 0, worldNow);
    const job = await shop.work((await shop.startJob({ maxCost })).id);
    expect(job.state).toBe('SUCCESS');
    const tasks = await tasksOf(shop, job.id);
    expect(tasks.reduce((sum, task) => sum + (task.maxUsd ?? Number.NaN), 0)).toBeCloseTo(maxCost);
    for (const { maxUsd = 0, spent } of tasks) expect(spent.usdAtMost).toBeLessThanOrEqual(maxUsd);
  });

  it('go on where a worker that was stopped had to leave, and ask for nothing again', async () => {
    const whole = await openWorkshop();
    await whole.work((await whole.startJob()).id);

    const shop = await openWorkshop();
    const started = await shop.startJob();
    const stop = new AbortController();
    const taken = await takeOne(shop);
    const running = shop.run(taken, { stopping: stop.signal });
    await shop.asked();
    stop.abort();
    expect(await running).toBe('released');
    await taken.again();
    expect((await tasksOf(shop, started.id)).map(({ state }) => state)).toEqual(['PENDING', 'PENDING']);

    const job = await shop.work(started.id);
    expect(job).toMatchObject({ state: 'SUCCESS', counts: { servers, created: servers, unchanged: 0 } });
    expect(shop.queries()).toBe(whole.queries());
  });

  it('count nothing twice where two of them had the same task, and refuse what the first one writes late', async () => {
    const shop = await openWorkshop({ faults: { latencyMs: 30 } });
    const started = await shop.startJob({ regions: ['us-east-1'] });
    const taken = await takeOne(shop, 'slow');
    const slow = shop.run(taken).catch(CollectError.from);
    await shop.asked();
    const claim = await shop.store.tasks.begin(taken.claim.task, 'quick', worldNow);
    if (claim === undefined) throw new Error('it runs');
    expect(await slow).toMatchObject({ code: 'conflict' });
    expect(await shop.run({ ...taken, claim })).toBe('ended');
    const [task] = await tasksOf(shop, started.id);
    expect(task).toMatchObject({ state: 'SUCCESS', worker: 'quick', counts: { servers: 20, created: 20 } });
    expect((await shop.store.jobs.get(started.id)).job).toMatchObject({ state: 'SUCCESS', counts: { created: 20 } });
    const [line] = (await shop.store.jobs.ledger(started.id)).filter(({ api }) => api === 'cloudwatch:GetMetricData');
    const [asked] = shop.cloud.stats.rows().filter(({ operation }) => operation === 'GetMetricData');
    expect(line?.calls).toBeLessThanOrEqual(asked?.calls ?? 0);
  });

  it('end where the job is canceled, keep what was read, and go on later', async () => {
    const shop = await openWorkshop({ faults: { latencyMs: 100 } });
    const started = await shop.startJob({ concurrency: 1, regions: ['us-east-1'] });
    shop.cloud.stats.reset();
    const worked = shop.work(started.id);
    await shop.called('ListMetrics');
    // Three calls for metrics, one after the other, then take longer than a worker takes to see that its job is to end.
    shop.cloud.faults.set({ latencyMs: 700 });
    await shop.called('GetMetricData');
    await shop.store.jobs.cancel(started.id, worldNow);
    const job = await worked;
    expect(job.state).toBe('CANCELED');
    expect((await tasksOf(shop, job.id)).map(({ state }) => state)).toEqual(['CANCELED']);
    expect(job.counts.servers).toBe(await shop.store.inventory.count());

    shop.cloud.faults.set({ latencyMs: 0 });
    const again = await retryJob(job.id, shop.start);
    expect(again).toMatchObject({ id: job.id, state: 'RUNNING' });
    const created = fleet['us-east-1'];
    expect(await shop.work(job.id)).toMatchObject({ state: 'SUCCESS', counts: { servers: created, created } });
  });

  it('do again what a region refused, and only that', async () => {
    const shop = await openWorkshop({ faults: { deniedCloudwatch: ['*/eu-west-1'] } });
    const first = await shop.work((await shop.startJob()).id);
    expect(first.state).toBe('PARTIAL');
    shop.cloud.faults.set({ deniedCloudwatch: [] });
    shop.cloud.stats.reset();
    await retryJob(first.id, shop.start);
    expect(await shop.work(first.id)).toMatchObject({ state: 'SUCCESS', counts: { servers, created: servers } });
    const regions = shop.cloud.stats.rows().filter(({ operation }) => operation === 'GetMetricData');
    expect(regions.map(({ region }) => region)).toEqual(['eu-west-1']);
    await expect(retryJob(first.id, shop.start)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('do again a region that could not be planned, once it can be, and where its cost is agreed to', async () => {
    const shop = await openWorkshop({ faults: { deniedEc2: ['*/eu-west-1'] } });
    const first = await shop.work((await shop.startJob()).id);
    expect(first).toMatchObject({ state: 'PARTIAL', counts: { servers: fleet['us-east-1'] } });
    shop.cloud.faults.set({ deniedEc2: [] });
    shop.cloud.stats.reset();
    const agree = async () => {
      throw new CollectError('cancelled', 'no');
    };
    await expect(retryJob(first.id, { ...shop.start, agree })).rejects.toMatchObject({ code: 'cancelled' });
    expect((await shop.store.jobs.get(first.id)).job.state).toBe('PARTIAL');
    await retryJob(first.id, shop.start);
    expect(await shop.work(first.id)).toMatchObject({ state: 'SUCCESS', counts: { servers, created: servers } });
    const asked = shop.cloud.stats.rows().filter(({ operation }) => operation === 'GetMetricData');
    expect(asked.map(({ region }) => region)).toEqual(['eu-west-1']);
  });

  it('do again an account that did not let us in, once it does', async () => {
    const shop = await openWorkshop();
    const draft = { provider: 'aws', account: '1', name: 'locked', regions: [] };
    const wrong = { ...keys, secretAccessKey: 'aWrongSecretAccessKeyThatFits0000000' };
    await addAccount(shop.store, shop.vault.key, draft, { from: wrong, endpoint: shop.cloud.url }, worldNow);
    const first = await shop.startJob({ accounts: ['locked'] });
    expect(first).toMatchObject({ state: 'FAILURE' });
    const refused = { region: '*', state: 'FAILURE', error: { code: 'secret_rejected' } };
    expect(await tasksOf(shop, first.id)).toMatchObject([refused]);
    const still = await retryJob(first.id, shop.start).catch(CollectError.from);
    expect(still).toMatchObject({ code: 'not_found' });
    expect(await tasksOf(shop, first.id)).toMatchObject([refused]);

    const { id } = await shop.store.accounts.get('locked');
    await shop.store.accounts.remove(id);
    await addAccount(shop.store, shop.vault.key, draft, { from: keys, endpoint: shop.cloud.url }, worldNow);
    await retryJob(first.id, shop.start);
    expect(await shop.work(first.id)).toMatchObject({ state: 'SUCCESS', counts: { servers } });
    expect((await tasksOf(shop, first.id)).map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('give a task up that kills them each time', async () => {
    const shop = await openWorkshop();
    const started = await shop.startJob({ regions: ['eu-west-1'] });
    const [task] = await tasksOf(shop, started.id);
    for (let death = 0; death < 20; death++) await shop.store.tasks.begin(task?.id ?? 0, 'victim', worldNow);
    const claim = await shop.store.tasks.begin(task?.id ?? 0, 'last', worldNow);
    if (claim === undefined) throw new Error('it is open');
    expect(await shop.run({ claim, done: async () => {}, again: async () => {} })).toBe('ended');
    expect((await shop.store.jobs.get(started.id)).job.state).toBe('FAILURE');
    expect(await tasksOf(shop, started.id)).toMatchObject([
      { error: { message: 'given up after 20 attempts that could store nothing: its worker died each time' } },
    ]);
  });

  it('do not begin a second run over the same account', async () => {
    const shop = await openWorkshop();
    const first = await shop.startJob();
    const refused = await shop.startJob().catch(CollectError.from);
    expect(refused).toMatchObject({
      code: 'conflict',
      message: `job ${first.id} is reading account ${account.id} now (on workers)`,
    });
    const both = await Promise.allSettled([shop.work(first.id).then(() => shop.startJob()), shop.work(first.id)]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    const started = await Promise.allSettled([shop.startJob(), shop.startJob()]);
    expect(started.every(({ status }) => status === 'rejected')).toBe(true);
  });
});

it('lets only one of two begin a run at the same moment', async () => {
  const shop = await openWorkshop();
  const started = await Promise.allSettled([shop.startJob(), shop.startJob(), shop.startJob()]);
  expect(started.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
});

it('refuses a process that has another master key, before it opens a secret', async () => {
  const shop = await openWorkshop();
  await agreeOnKey(shop.store, shop.vault.key);
  await agreeOnKey(shop.store, shop.vault.key);
  const other = await masterKey({ folder: await temporaryFolder(), env: {} });
  await expect(agreeOnKey(shop.store, other)).rejects.toMatchObject({
    code: 'secret_rejected',
    message: expect.stringContaining(other.id),
    fix: expect.stringContaining('FLEETGAUGE_MASTER_KEY'),
  });
});
