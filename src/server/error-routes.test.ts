import { expect, it } from 'vitest';
import type { RunPlan } from '#jobs/plan-run.ts';
import { retryJob } from '#jobs/start-job.ts';
import { CollectError } from '#model/errors.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { JobSummary } from './api.ts';
import { ErrorSummary } from './error-api.ts';
import { account, openRunServer } from './run-server.fixture.ts';

const run = { accounts: ['prod'], metrics: ['cpu.utilization'], days: 2, max_cost: 1 };

async function openFailed() {
  const opened = await openRunServer({ faults: { deniedCloudwatch: ['*/eu-west-1', '*/us-east-1'] } });
  const { id } = JobSummary.parse((await opened.ask('POST', '/jobs', run)).data);
  await opened.workshop.work(id);
  return { ...opened, id };
}

it('tells where errors are, and their causes', async () => {
  const { ask, workshop, id } = await openFailed();
  const summary = ErrorSummary.parse((await ask('GET', '/errors/summary?since=all')).data);
  const { counts } = (await workshop.store.jobs.get(id)).job;
  const unread = counts.failed;
  const cell = { provider: 'aws', account: account.id, times: 1, is_open: true, codes: ['access_denied'] };
  expect(summary.cells).toHaveLength(2);
  expect(summary.cells).toContainEqual({ ...cell, region: 'eu-west-1' });
  expect(summary.causes).toMatchObject([
    { code: 'access_denied', places: 2, open: 2, servers: unread, jobs: [id], fix_count: 1 },
  ]);
  expect(summary.retry).toEqual({ tasks: 2, jobs: 1 });
  const narrowed = (await ask('GET', '/errors/summary?since=all&region=us-east-1&code=access_denied')).data;
  expect(narrowed).toMatchObject({ cell_count: 1, retry: { tasks: 1, jobs: 1 } });
  expect((await ask('GET', '/errors/summary?code=timeout')).data).toMatchObject({
    cells: [],
    retry: { tasks: 0 },
  });
  expect((await ask('GET', '/errors/summary?code=nonsense')).status).toBe(400);
});

it('does exactly what is asked for again, and leaves the rest as it is', async () => {
  const { ask, workshop, id } = await openFailed();
  workshop.cloud.faults.set({ deniedCloudwatch: [] });
  workshop.cloud.stats.reset();
  const told = await ask('POST', '/errors/retry', { since: 'all', region: 'eu-west-1' });
  expect(told).toMatchObject({ status: 200, body: { data: { retried: [{ job: id, tasks: 1 }], refused: [] } } });
  expect(await workshop.work(id)).toMatchObject({ state: 'PARTIAL' });
  const { tasks } = await workshop.store.jobs.get(id);
  expect(tasks.map(({ region, state }) => [region, state]).toSorted()).toEqual([
    ['eu-west-1', 'SUCCESS'],
    ['us-east-1', 'FAILURE'],
  ]);
  const asked = workshop.cloud.stats.rows().filter(({ operation }) => operation === 'GetMetricData');
  expect(asked.map(({ region }) => region)).toEqual(['eu-west-1']);
});

it('spends no more than was agreed to over all runs, and is written down by run', async () => {
  const other = { ...account, id: '300000000004', accessKeyId: 'AKIADEMOCONTRACT0004' };
  const cloud = { accounts: [account, other], faults: { deniedEc2: ['*/eu-west-1'] } };
  const { ask, secret, workshop } = await openRunServer(cloud);
  const { store, vault, start } = workshop;
  const draft = { provider: 'aws', account: other.id, name: 'second', regions: [] };
  const from = { ...secret.from, accessKeyId: other.accessKeyId };
  await addAccount(store, vault.key, draft, { ...secret, from }, 1);
  const begin = (name: string) => workshop.startJob({ accounts: [name], regions: ['eu-west-1'] });
  const [first, second] = [await begin('prod'), await begin('second')];
  workshop.cloud.faults.set({ deniedEc2: [] });
  let cost = 0;
  const agree = async (plan: RunPlan) => {
    cost = plan.cost.usdAtMost;
    throw new CollectError('cancelled', 'only asked');
  };
  await expect(retryJob(first.id, { ...start, agree })).rejects.toMatchObject({ code: 'cancelled' });
  expect(cost).toBeGreaterThan(0);

  const { data } = await ask('POST', '/errors/retry', { since: 'all', max_cost: cost * 1.5 });
  expect(data).toMatchObject({
    retried: [{ job: second.id, tasks: 1 }],
    refused: [{ job: first.id, error: { code: 'budget_exceeded' } }],
  });
  expect(await store.audit.list({ limit: 9 })).toMatchObject([
    { action: 'job.retry', target: `${first.id}`, outcome: 'refused', detail: { code: 'budget_exceeded' } },
    { action: 'job.retry', target: `${second.id}`, outcome: 'ok' },
  ]);
  expect((await ask('POST', '/errors/retry', { since: 'all', code: 'timeout' })).status).toBe(200);
  expect(await store.audit.list({ limit: 9 })).toHaveLength(2);
});

it('tells which run could not be begun again, and why', async () => {
  const { ask, id } = await openFailed();
  await ask('POST', '/errors/retry', { since: 'all', region: 'eu-west-1' });
  const { data } = await ask('POST', '/errors/retry', { since: 'all', region: 'us-east-1' });
  expect(data).toMatchObject({ retried: [], refused: [{ job: id, error: { code: 'conflict' } }] });
});

it('is for operators', async () => {
  const { ask, keys } = await openRunServer();
  expect((await ask('POST', '/errors/retry', {}, keys.viewer)).status).toBe(403);
  const told = await ask('POST', '/errors/retry', {}, keys.operator);
  expect(told).toMatchObject({ status: 200, body: { data: { retried: [], refused: [] } } });
});
