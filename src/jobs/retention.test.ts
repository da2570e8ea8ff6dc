import { expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { dayAt } from '#model/window.ts';
import { firstCollection } from '#platform/collection/settings.ts';
import { mergeBatch } from '#platform/inventory/inventory.ts';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { noCounts } from '#store/jobs.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { measured } from '#store/testing/servers.ts';
import { RunOptions } from './options.ts';
import { forgetOld, keptOf } from './retention.ts';
import { planJob } from './start-job.ts';
import { openWorkshop } from './workshop.fixture.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const usual = keptOf(firstCollection);
const today = dayAt(now / 1000);

it('keeps so many days before today, and forgets those before', async () => {
  const store = await openTestStore();
  const [outcome] = await mergeBatch(store, [measured('i-1', 2)], now);
  const resourceId = outcome !== undefined && outcome.change !== 'failed' ? outcome.id : 0;
  const cells = new Map([['cpu.utilization', { sum: 86_400, seconds: 86_400, max: 2 }]] as const);
  const days = new Map([today - 31, today - 30, today - 1].map((day) => [day, cells]));
  await store.history.write([{ resourceId, days }]);
  expect((await forgetOld(store, { ...usual, historyDays: 30 }, now)).resourceDays).toBe(1);
  const left = await store.history.read([resourceId], { from: today - 40, to: today });
  expect([...(left.get(resourceId)?.keys() ?? [])]).toEqual([today - 30, today - 1]);
  await store.close();
});

it('keeps all that a run of so many days would ask for again, and begins none of more', async () => {
  const { store, vault, start, startJob, work } = await openWorkshop();
  const options = RunOptions.parse({ metrics: ['cpu.utilization'], regions: ['eu-west-1'], days: 90 });
  await work((await startJob(options)).id);
  for (const at of [worldNow, Date.parse('2026-11-19T00:05:00Z')]) {
    await forgetOld(store, { ...usual, historyDays: 90 }, at);
    const plan = await planJob(options, { ...start, vault: { ...vault, now: () => at } });
    expect(plan).toMatchObject({ servers: 5, cost: { metrics: 0, points: 0 } });
  }
  const longer = planJob({ ...options, days: 91 }, { ...start, keptDays: 90 });
  await expect(longer).rejects.toMatchObject({ code: 'invalid_input', where: 'days' });
});

it('forgets old changes and audit entries, in any number, each after its own time, and says so in the log', async () => {
  const store = await openTestStore();
  const [outcome] = await mergeBatch(store, [measured('i-1', 2)], now);
  const resource = outcome !== undefined && outcome.change !== 'failed' ? outcome.id : 0;
  const day = 86_400_000;
  const many = Array.from({ length: 6_001 }, () => ({ resource, event: 'changed', fields: [] }) as const);
  await store.changes.add(many, now - 401 * day);
  await store.changes.add(many.slice(0, 2), now - 399 * day);
  const entry = { actor: 'ann', action: 'user.add', outcome: 'ok', detail: {} } as const;
  for (const age of [731, 729]) await store.audit.add(entry, now - age * day);
  expect(await forgetOld(store, usual, now)).toEqual({ resourceDays: 0, changes: 6_001, jobs: 0, auditEntries: 1 });
  expect(await store.changes.list({ resource, limit: 9_999 })).toHaveLength(3);
  expect(await store.audit.list({ limit: 9 })).toMatchObject([
    { actor: 'retention', action: 'audit.forget', detail: { entries: 1, kept_days: 730 } },
    { actor: 'ann', at: now - 729 * day },
  ]);
  await store.close();
});

it('forgets old runs, but not what was last read of a place, nor what they called', async () => {
  const store = await openTestStore();
  const day = 86_400_000;
  const line = { account: '1', api: 'ec2:DescribeInstances', calls: 2, retried: 1, throttled: 0, failed: 0 };
  let options: object = {};
  const run = async (age: number, ...regions: string[]) => {
    const at = now - age * day;
    const tasks = regions.map((region) => ({ provider: 'aws', account: '1', region, plannedServers: 1 }));
    const { job } = await store.jobs.create(
      { demo: false, options, plan: {}, planned: noCost, ownerPid: 1, tasks },
      at,
    );
    await store.jobs.addToLedger(job.id, [{ ...line, region: 'r', usd: 0.5, usdAtMost: 1 }]);
    if (age > 0) await store.jobs.finish(job.id, { state: 'SUCCESS', counts: noCounts, spent: noCost }, at);
    return job.id;
  };
  const runs = [
    await run(402, 'eu-west-1', 'us-east-1'),
    await run(402, 'eu-west-1', 'us-east-2'),
    await run(401, 'eu-west-1', 'us-east-1'),
    await run(399, 'eu-west-1'),
    await run(0, 'us-east-1'),
  ];
  const before = await store.jobs.totals();
  expect(before.calls).toMatchObject([{ calls: 10, retried: 5, usd: 2.5 }]);
  expect(await forgetOld(store, usual, now)).toMatchObject({ jobs: 2 });
  const left = (await store.jobs.list({ limit: 9 })).map(({ id }) => id);
  expect(left).toEqual([runs[4], runs[3], runs[1]]);
  expect(await store.jobs.ledger(runs[0] ?? 0)).toEqual([]);
  expect((await store.jobs.totals()).calls).toEqual(before.calls);
  await run(400.5, 'us-east-2');
  expect(await forgetOld(store, usual, now)).toMatchObject({ jobs: 1 });
  expect((await store.jobs.totals()).calls).toMatchObject([{ calls: 12 }]);
  // Of some of its servers only: the place as a whole was not looked at.
  options = { servers: [1] };
  await run(0, 'us-east-2');
  expect(await forgetOld(store, usual, now)).toMatchObject({ jobs: 0 });
  await store.close();
});
