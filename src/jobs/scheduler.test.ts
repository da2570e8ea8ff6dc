import { expect, it } from 'vitest';
import type { CollectError } from '#model/errors.ts';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { ScheduleDraft } from '#store/schedules.ts';
import { runDueSchedules } from './scheduler.ts';
import { openWorkshop, type Workshop } from './workshop.fixture.ts';

const hourMs = 3_600_000;
const hourly: ScheduleDraft = {
  name: 'hourly',
  times: { cron: '0 * * * *' },
  timeZone: 'UTC',
  options: { accounts: ['prod'], days: 1 },
};

/** Looks for what is due, as a server at that time would. */
async function look(shop: Workshop, now: number): Promise<readonly CollectError[]> {
  const reports: CollectError[] = [];
  const vault = { ...shop.vault, now: () => now };
  await runDueSchedules({ ...shop.start, vault, report: (error) => reports.push(error) });
  return reports;
}

const jobs = ({ store }: Workshop) => store.jobs.list({ limit: 50 });

it('begins a run when it is due, and none before', async () => {
  const shop = await openWorkshop();
  await shop.store.schedules.add(hourly, worldNow + 1);
  await look(shop, worldNow + hourMs - 1);
  expect(await jobs(shop)).toEqual([]);
  await look(shop, worldNow + hourMs);
  const [job] = await jobs(shop);
  expect(job).toMatchObject({ state: 'RUNNING', runsOn: 'workers', options: { days: 1 } });
  expect(await shop.store.schedules.list()).toMatchObject([
    { lastRunAt: worldNow + hourMs, lastJob: job?.id, error: null },
  ]);
});

it('is written down in the audit log, as what begins runs and as what could not', async () => {
  const shop = await openWorkshop();
  await shop.store.schedules.add(hourly, worldNow + 1);
  const lost = { ...hourly, name: 'a lost one', options: { accounts: ['gone'], days: 1 } };
  await shop.store.schedules.add(lost, worldNow + 1);
  await look(shop, worldNow + hourMs);
  const [job] = await jobs(shop);
  const event = { action: 'job.start', at: worldNow + hourMs };
  expect((await shop.store.audit.list({ limit: 9 })).toReversed()).toMatchObject([
    { ...event, actor: 'schedule a lost one', outcome: 'failed', detail: { code: 'not_found' } },
    { ...event, actor: 'schedule hourly', target: String(job?.id), outcome: 'ok' },
  ]);
});

it('begins it once, however many servers look at once', async () => {
  const shop = await openWorkshop();
  await shop.store.schedules.add(hourly, worldNow + 1);
  await Promise.all([1, 2, 3, 4].map(() => look(shop, worldNow + hourMs)));
  expect(await jobs(shop)).toHaveLength(1);
  await look(shop, worldNow + hourMs + 1);
  expect(await jobs(shop)).toHaveLength(1);
});

it('catches up once with what was missed', async () => {
  const shop = await openWorkshop();
  await shop.store.schedules.add(hourly, worldNow + 1);
  const late = worldNow + 30 * hourMs + 1000;
  await look(shop, late);
  const [job] = await jobs(shop);
  await shop.work(job?.id ?? 0);
  await look(shop, late + 1000);
  expect(await jobs(shop)).toHaveLength(1);
  await look(shop, late + hourMs);
  expect(await jobs(shop)).toHaveLength(2);
});

it('waits while another run reads its accounts, and runs then', async () => {
  const shop = await openWorkshop();
  const schedule = await shop.store.schedules.add(hourly, worldNow + 1);
  const first = await shop.startJob();
  const before = shop.cloud.stats.rows().length;
  await look(shop, worldNow + hourMs);
  expect(await jobs(shop)).toHaveLength(1);
  expect(shop.cloud.stats.rows().length).toBe(before);
  expect(await shop.store.schedules.list()).toEqual([schedule]);
  await shop.work(first.id);
  await look(shop, worldNow + hourMs + 60_000);
  expect(await jobs(shop)).toHaveLength(2);
});

it('tells why a run could not be begun, and tries again at the next time alone', async () => {
  const shop = await openWorkshop();
  await shop.store.schedules.add({ ...hourly, options: { accounts: ['gone'] } }, worldNow + 1);
  const error = { code: 'not_found' };
  expect(await look(shop, worldNow + hourMs)).toMatchObject([error]);
  expect(await shop.store.schedules.list()).toMatchObject([{ lastRunAt: worldNow + hourMs, error }]);
  expect(await look(shop, worldNow + hourMs + 60_000)).toEqual([]);
  expect(await look(shop, worldNow + 2 * hourMs)).toMatchObject([error]);
  expect(await jobs(shop)).toEqual([]);
});

it('leaves a run to another server where the one that had it has died', async () => {
  const shop = await openWorkshop();
  const schedule = await shop.store.schedules.add(hourly, worldNow + 1);
  const due = worldNow + hourMs;
  expect(await shop.store.schedules.lease(schedule, due + 30_000, due)).toBe(true);
  await look(shop, due + 30_000);
  expect(await jobs(shop)).toEqual([]);
  await look(shop, due + 30_001);
  expect(await jobs(shop)).toHaveLength(1);
});
