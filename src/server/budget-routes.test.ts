import { expect, it } from 'vitest';
import { z } from 'zod';
import { JobRow, JobSummary } from './api.ts';
import { BudgetReply } from './budget-api.ts';
import { JobDuration } from './job-duration-routes.ts';
import { PlanReply } from './run-api.ts';
import { openRunServer } from './run-server.fixture.ts';

const run = { accounts: ['prod'], metrics: ['cpu.utilization'], days: 2 };
/** What the run of the sample fleet, which goes on, was planned to cost. */
const sample = 0.5;
const none = { run_usd: null, month_usd: null, warn_percent: 80 };

it('holds nothing until an admin says so, and tells everybody', async () => {
  const { ask, keys } = await openRunServer();
  const before = await ask('GET', '/budget', undefined, keys.viewer);
  expect(before).toMatchObject({
    status: 200,
    body: {
      data: { budget: none, month: { start: '2026-11-01T00:00:00.000Z', usd: 0, held_usd: sample, left_usd: null } },
    },
  });
  const budget = { run_usd: 5, month_usd: 50, warn_percent: 70 };
  expect((await ask('PUT', '/budget', budget, keys.operator)).status).toBe(403);
  const set = await ask('PUT', '/budget', budget);
  expect(set).toMatchObject({
    status: 200,
    body: { data: { budget, month: { left_usd: 50 - sample, is_warning: false } } },
  });
  const after = await ask('GET', '/budget', undefined, keys.viewer);
  expect(BudgetReply.parse(after.data).budget).toEqual(budget);
  const { data } = await ask('GET', '/audit');
  expect(data).toContainEqual(
    expect.objectContaining({ action: 'budget.set', outcome: 'ok', detail: expect.objectContaining(budget) }),
  );
});

it.each([{ ...none, run_usd: 0 }, { ...none, month_usd: -1 }, { ...none, warn_percent: 0 }, { run_usd: 1 }])(
  'takes no budget that means nothing: %j',
  async (budget) => {
    const { ask } = await openRunServer();
    expect((await ask('PUT', '/budget', budget)).status).toBe(400);
  },
);

it('says in the plan that a run would not begin, and does not begin it unless an admin lets it', async () => {
  const { ask, keys, workshop } = await openRunServer();
  const { cost, budget } = PlanReply.parse((await ask('POST', '/plan', run)).data);
  expect(budget).toMatchObject({ refusal: null, month: { left_usd: null } });
  await ask('PUT', '/budget', { ...none, month_usd: sample + cost.usd_at_most / 2 });
  const { budget: refused } = PlanReply.parse((await ask('POST', '/plan', run)).data);
  expect(refused.refusal).toMatchObject({ code: 'budget_exceeded', where: 'budget guard' });
  const start = { ...run, max_cost: cost.usd_at_most };
  expect(await ask('POST', '/jobs', start)).toMatchObject({ status: 409, body: { error: refused.refusal } });
  const passing = { ...start, over_budget: true };
  expect(await ask('POST', '/jobs', passing, keys.operator)).toMatchObject({
    status: 403,
    body: { error: { code: 'access_denied' } },
  });
  expect(workshop.queries()).toBe(0);
  const begun = await ask('POST', '/jobs', passing);
  expect(begun.status).toBe(201);
  const { data } = await ask('GET', '/audit');
  expect(data).toContainEqual(
    expect.objectContaining({
      action: 'job.start',
      outcome: 'ok',
      detail: expect.objectContaining({ over_budget: true }),
    }),
  );
  const month = async () => BudgetReply.parse((await ask('GET', '/budget')).data).month;
  const held = await month();
  expect(held).toMatchObject({ usd: 0, left_usd: 0 });
  expect(held.held_usd).toBeCloseTo(sample + cost.usd_at_most, 9);
  await workshop.work(JobSummary.parse(begun.data).id);
  const spent = await month();
  expect(spent.held_usd).toBeCloseTo(sample, 9);
  expect(spent.usd).toBeGreaterThan(0);
  expect(spent.is_warning).toBe(false);
  await ask('PUT', '/budget', { ...none, month_usd: spent.usd_at_most });
  expect((await month()).is_warning).toBe(true);
});

it('tells how long runs took, oldest first, and lists those of one state', async () => {
  const { ask, workshop } = await openRunServer();
  const begin = async (days: number) =>
    JobSummary.parse((await ask('POST', '/jobs', { ...run, days, max_cost: 1 })).data).id;
  const first = await begin(2);
  await workshop.work(first);
  const second = await begin(5);
  await ask('POST', `/jobs/${second}/cancel`);
  const { data } = await ask('GET', '/jobs/durations');
  expect(z.array(JobDuration).parse(data).slice(-2)).toMatchObject([
    { id: first, state: 'SUCCESS', servers: 25, seconds: 0 },
    { id: second, state: 'CANCELED', servers: 0 },
  ]);
  const idsOf = async (query: string) =>
    z
      .array(JobRow)
      .parse((await ask('GET', `/jobs?${query}`)).data)
      .map(({ id }) => id);
  expect(await idsOf('state=CANCELED')).toEqual([second]);
  expect(await idsOf('state=SUCCESS')).toEqual([first]);
  expect(await idsOf('state=FAILURE')).toEqual([]);
  expect((await ask('GET', '/jobs?state=BROKEN')).status).toBe(400);
});
