import { describe, expect, it } from 'vitest';
import { type Budget, writeBudget } from '#platform/budget/budget.ts';
import { monthOf, monthStanding } from '#platform/budget/month.ts';
import { account, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { Task } from '#store/jobs.ts';
import { RunOptions } from './options.ts';
import { runDueSchedules } from './scheduler.ts';
import { planJob, retryJob, startJob } from './start-job.ts';
import { openWorkshop, type Workshop, worldClock } from './workshop.fixture.ts';

const options = RunOptions.parse({ accounts: ['prod'], days: 2 });

async function withBudget(budget: Partial<Budget>) {
  const shop = await openWorkshop();
  const planned = (await planJob(options, shop.start)).cost.usdAtMost;
  expect(planned).toBeGreaterThan(0);
  const set = (next: Partial<Budget>) =>
    writeBudget(shop.store, { run_usd: null, month_usd: null, warn_percent: 80, ...next }, worldNow);
  await set(budget);
  return { shop, planned, set };
}

const standing = ({ store }: Workshop) => monthStanding(store, worldNow);
const tooDear = { code: 'budget_exceeded' };

/** A job of this month that has ended, and what it cost. */
async function spent({ store }: Workshop, usd: number, at = worldNow - 1000): Promise<void> {
  const cost = { calls: 1, metrics: 1, points: 0, usd, usdAtMost: usd };
  const { job } = await store.jobs.create(
    { demo: false, options: {}, plan: {}, planned: cost, ownerPid: 1, tasks: [] },
    at,
  );
  const line = { account: account.id, region: 'eu-west-1', api: 'cloudwatch:GetMetricData', calls: 1 };
  await store.jobs.addToLedger(job.id, [{ ...line, retried: 0, throttled: 0, failed: 0, usd, usdAtMost: usd }]);
  await store.jobs.finish(
    job.id,
    { state: 'SUCCESS', counts: { servers: 0, created: 0, updated: 0, unchanged: 0, failed: 0 }, spent: cost },
    at,
  );
}

describe('a run', () => {
  it('begins below what a run may cost, and may come to no more', async () => {
    const { shop, planned, set } = await withBudget({});
    await set({ run_usd: planned * 2 });
    const job = await startJob(options, shop.start);
    const { tasks } = await shop.store.jobs.get(job.id);
    expect(sumOf(tasks)).toBeCloseTo(planned * 2, 9);
  });

  it('does not begin above it, and reads nothing', async () => {
    const { shop, planned, set } = await withBudget({});
    await set({ run_usd: planned / 2 });
    await expect(startJob(options, shop.start)).rejects.toMatchObject({
      ...tooDear,
      where: 'budget guard',
      fix: expect.stringContaining('--over-budget'),
    });
    expect(await shop.store.jobs.list({ limit: 9 })).toEqual([]);
    expect(shop.queries()).toBe(0);
  });

  it('is held by the smaller of what it was given and what the budget says', async () => {
    const { shop, planned, set } = await withBudget({});
    await set({ run_usd: planned * 4 });
    const job = await startJob({ ...options, maxCost: planned * 1.5 }, shop.start);
    expect(sumOf((await shop.store.jobs.get(job.id)).tasks)).toBeCloseTo(planned * 1.5, 9);
  });

  it('passes the budget where an admin lets it', async () => {
    const { shop, planned, set } = await withBudget({});
    await set({ run_usd: planned / 2, month_usd: planned / 2 });
    const job = await startJob(options, { ...shop.start, overBudget: true });
    expect(await shop.work(job.id)).toMatchObject({ state: 'SUCCESS' });
  });

  it('costs no more than it may, region by region', async () => {
    const { shop, planned, set } = await withBudget({});
    await set({ run_usd: planned });
    const job = await startJob(options, shop.start);
    const { tasks } = await shop.store.jobs.get(job.id);
    const most = new Map(tasks.map((task) => [task.region, task.maxUsd ?? 0]));
    expect(await shop.work(job.id)).toMatchObject({ state: 'SUCCESS' });
    for (const task of (await shop.store.jobs.get(job.id)).tasks) {
      expect(task.spent.usdAtMost).toBeLessThanOrEqual((most.get(task.region) ?? 0) * (1 + 1e-9));
    }
  });
});

describe('the month', () => {
  it('is full for who comes last: what was spent and what running runs may spend count', async () => {
    const { shop, planned, set } = await withBudget({});
    await spent(shop, 3);
    await set({ month_usd: 3 + planned * 1.1 });
    const first = await startJob({ ...options, regions: ['eu-west-1'] }, shop.start);
    const { spending } = await standing(shop);
    expect(spending.usdAtMost).toBeCloseTo(3, 9);
    expect(spending.heldUsd).toBeCloseTo(sumOf((await shop.store.jobs.get(first.id)).tasks), 9);
    await shop.store.jobs.cancel(first.id, worldNow);
    expect((await standing(shop)).spending.heldUsd).toBe(0);
    await spent(shop, planned);
    await expect(startJob(options, shop.start)).rejects.toMatchObject({
      ...tooDear,
      message: expect.stringContaining('the month has'),
    });
  });

  it('begins anew on the first of the next one, UTC', async () => {
    const { shop, set } = await withBudget({});
    const { from } = monthOf(worldNow);
    await spent(shop, 7, from - 1);
    await spent(shop, 2, from);
    await set({ month_usd: 8, warn_percent: 25 });
    expect(await standing(shop)).toMatchObject({ spending: { usd: 2, heldUsd: 0 }, leftUsd: 6, isWarning: true });
    await set({ month_usd: 8, warn_percent: 26 });
    expect(await standing(shop)).toMatchObject({ isWarning: false });
  });

  it('warns from the part that was set, and never without a limit', async () => {
    const { shop } = await withBudget({});
    await spent(shop, 100);
    expect(await standing(shop)).toMatchObject({ leftUsd: null, isWarning: false });
  });

  it('does not let a run go on that nothing limits, or that began in another month', async () => {
    const { shop, planned, set } = await withBudget({});
    const job = await startJob(options, shop.start);
    await shop.store.jobs.cancel(job.id, worldNow);
    await set({ month_usd: planned * 3 });
    const refusal = { ...tooDear, fix: expect.stringContaining('new run') };
    await expect(retryJob(job.id, shop.start)).rejects.toMatchObject(refusal);
    // Nor where it has spent all that it was planned to.
    const line = { account: account.id, region: 'eu-west-1', api: 'cloudwatch:GetMetricData', calls: 1 };
    const cost = { retried: 0, throttled: 0, failed: 0, usd: planned, usdAtMost: planned };
    await shop.store.jobs.addToLedger(job.id, [{ ...line, ...cost }]);
    await expect(retryJob(job.id, shop.start)).rejects.toMatchObject(refusal);
    expect((await shop.store.jobs.get(job.id)).job.state).toBe('CANCELED');
    const next = monthOf(worldNow).to + 1000;
    const later = { ...shop.start, vault: { ...shop.vault, now: () => next } };
    await expect(retryJob(job.id, later)).rejects.toMatchObject({ code: 'conflict' });
    expect((await retryJob(job.id, { ...later, overBudget: true })).state).toBe('RUNNING');
  });
});

it('is obeyed by schedules, which say why they did not run', async () => {
  const { shop, planned, set } = await withBudget({});
  await set({ month_usd: planned / 2 });
  const hourly = { name: 'hourly', times: { cron: '0 * * * *' }, timeZone: 'UTC', options };
  await shop.store.schedules.add(hourly, worldNow - 3_600_000);
  const reports: unknown[] = [];
  await runDueSchedules({ ...shop.start, report: (error) => reports.push(error) });
  expect(reports).toMatchObject([tooDear]);
  expect(await shop.store.jobs.list({ limit: 9 })).toEqual([]);
  expect(await shop.store.schedules.list()).toMatchObject([
    { lastRunAt: worldNow, error: { ...tooDear, message: expect.stringContaining('the month has') } },
  ]);
});

it('keeps what a task was busy with', async () => {
  const shop = await openWorkshop();
  await startJob(options, shop.start);
  const [taken] = await shop.queue.take('w', 1, worldNow);
  if (taken === undefined) throw new Error('a task is there to be taken');
  const begun = performance.now();
  await shop.run(taken, { clock: { ...worldClock, now: () => worldNow + (performance.now() - begun) } });
  const { phases } = (await shop.store.tasks.find(taken.claim.task)).task;
  expect(phases.map(([phase]) => phase)).toEqual(expect.arrayContaining(['discovery', 'metrics', 'write']));
  expect(phases.every(([, from, to]) => to > from)).toBe(true);
});

function sumOf(tasks: readonly Task[]): number {
  return tasks.reduce((sum, { maxUsd = 0 }) => sum + maxUsd, 0);
}
