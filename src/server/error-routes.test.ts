import { expect, it } from 'vitest';
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
