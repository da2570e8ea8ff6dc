import { expect, it } from 'vitest';
import { z } from 'zod';
import { noCost } from '#model/fleet.ts';
import { noCounts } from '#store/jobs.ts';
import { JobDetail, JobRow, JobSummary, TaskProblem } from './api.ts';
import { PlanReply } from './run-api.ts';
import { account, openRunServer } from './run-server.fixture.ts';

const run = { accounts: ['prod'], metrics: ['cpu.utilization'], days: 2 };

it('plans what a run would cost, as the command line does', async () => {
  const { ask, workshop } = await openRunServer();
  const { status, data } = await ask('POST', '/plan', run);
  expect(status).toBe(200);
  const plan = PlanReply.parse(data);
  expect(plan).toMatchObject({ servers: 25, metrics: 1, statistics: ['avg', 'max'] });
  expect(plan.places.map(({ region, servers }) => [region, servers])).toEqual([
    ['eu-west-1', 5],
    ['us-east-1', 20],
  ]);
  expect(plan.cost.usd).toBeGreaterThan(0);
  expect(plan.quota).toMatchObject({
    place: expect.stringMatching(`^${account.id}/`),
    api: 'cloudwatch:GetMetricData',
  });
  expect(plan.prices).toContainEqual(expect.objectContaining({ provider: 'aws', per: 1000 }));
  expect(workshop.queries()).toBe(0);
});

it('begins a run that was agreed to, refuses a second one, and comes to its records', async () => {
  const { ask, workshop } = await openRunServer();
  const { cost } = PlanReply.parse((await ask('POST', '/plan', run)).data);
  const begun = await ask('POST', '/jobs', { ...run, max_cost: cost.usd_at_most });
  expect(begun).toMatchObject({ status: 201, body: { data: { state: 'RUNNING', demo: false, planned: cost } } });
  const { id } = JobSummary.parse(begun.data);
  expect(await workshop.store.audit.list({ limit: 1 })).toMatchObject([
    { action: 'job.start', actor: 'ci-admin', target: String(id), outcome: 'ok' },
  ]);
  const second = await ask('POST', '/jobs', { ...run, max_cost: 1 });
  expect(second).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  const ended = await workshop.work(id);
  expect(ended).toMatchObject({ state: 'SUCCESS', counts: { servers: 25, failed: 0 } });
  const servers = await ask('GET', `/servers?account=${account.id}&limit=100`);
  expect(servers.meta?.total).toBe(25);
});

it.each([undefined, 0, 0.000001])('begins nothing that costs more than was agreed to: %s', async (max_cost) => {
  const { ask, workshop } = await openRunServer();
  const told = await ask('POST', '/jobs', { ...run, ...(max_cost === undefined ? {} : { max_cost }) });
  expect(told).toMatchObject({ status: 409, body: { error: { code: 'budget_exceeded' } } });
  expect(workshop.queries()).toBe(0);
});

it('cancels a run', async () => {
  const { ask } = await openRunServer();
  const { data } = await ask('POST', '/jobs', { ...run, max_cost: 1 });
  const told = await ask('POST', `/jobs/${JobSummary.parse(data).id}/cancel`);
  // Nobody works on it: it ends at once.
  expect(told).toMatchObject({ status: 200, body: { data: { state: 'CANCELED' } } });
});

it('does again what failed, once the cause is gone', async () => {
  const { ask, workshop } = await openRunServer({ faults: { deniedCloudwatch: ['*/eu-west-1'] } });
  const { data } = await ask('POST', '/jobs', { ...run, max_cost: 1 });
  const { id } = JobSummary.parse(data);
  expect(await workshop.work(id)).toMatchObject({ state: 'PARTIAL' });
  const errors = await ask('GET', '/errors');
  expect(z.array(TaskProblem).parse(errors.data)[0]).toMatchObject({ region: 'eu-west-1' });
  workshop.cloud.faults.set({ deniedCloudwatch: [] });
  const retried = await ask('POST', `/jobs/${id}/retry`, {});
  expect(retried).toMatchObject({ status: 200, body: { data: { state: 'RUNNING' } } });
  expect(await workshop.work(id)).toMatchObject({ state: 'SUCCESS', counts: { servers: 25 } });
  expect(await ask('POST', `/jobs/${id}/retry`, {})).toMatchObject({ status: 404 });
});

it('does again all that is named of more than a page, and counts it', async () => {
  const { ask, workshop } = await openRunServer();
  const { jobs } = workshop.store;
  const tasks = Array.from({ length: 1500 }, (_, at) => ({
    provider: 'aws',
    account: account.id,
    region: `region-${at}`,
    plannedServers: 1,
    source: 'prod',
  }));
  const options = { accounts: ['prod'], days: 7, statistics: ['avg', 'max', 'p95'] };
  const draft = { demo: false, options, plan: {}, planned: noCost, runsOn: 'workers', ownerPid: 1, tasks } as const;
  const made = await jobs.create(draft, Date.now());
  await jobs.cancel(made.job.id, Date.now());
  const wanted = made.tasks.slice(100).map(({ id }) => id);
  const retried = await ask('POST', `/jobs/${made.job.id}/retry`, { tasks: wanted });
  expect(retried).toMatchObject({ status: 200, body: { data: { state: 'RUNNING' } } });
  const [row] = z.array(JobRow).parse((await ask('GET', '/jobs?source=prod')).data);
  expect(row).toMatchObject({
    tasks: { all: 1500, ended: 100, succeeded: 0, failed: 0 },
    scope: { accounts: ['prod'], days: 7, statistics: ['avg', 'max', 'p95'], plugin: null },
  });
  expect(row?.scope.places).toEqual([{ provider: 'aws', accounts: 1 }]);
  expect((await ask('GET', '/jobs?source=lab')).data).toEqual([]);
  const { data: counts } = await ask('GET', '/jobs/counts?source=prod');
  expect(counts).toEqual({ all: 1, states: { RUNNING: 1 }, schedules: 0 });
  expect((await ask('GET', '/jobs/counts?source=lab')).data).toEqual({ all: 0, states: {}, schedules: 0 });
  const tooMany = Array.from({ length: 10_001 }, (_, at) => at + 1);
  expect(await ask('POST', `/jobs/${made.job.id}/retry`, { tasks: tooMany })).toMatchObject({ status: 400 });
});

it('tells how long a running run takes yet, at its pace, and what it reads a second', async () => {
  const { ask, workshop } = await openRunServer();
  const { jobs } = workshop.store;
  const { id, started_at, planned } = JobSummary.parse((await ask('POST', '/jobs', { ...run, max_cost: 1 })).data);
  const seen = async () => JobDetail.parse((await ask('GET', `/jobs/${id}`)).data).job;
  expect(await seen()).toMatchObject({ seconds_left: null, metrics_per_second: null });
  const spent = { ...noCost, calls: planned.calls / 2, metrics: 400 };
  await jobs.heartbeat(id, Date.parse(started_at) + 20_000, { counts: noCounts, spent });
  expect(await seen()).toMatchObject({ seconds: 20, seconds_left: 20, metrics_per_second: 20 });
  await jobs.cancel(id, Date.parse(started_at) + 20_000);
  expect((await seen()).seconds_left).toBeNull();
});

it('tells how long a run took, without the time until it was done again', async () => {
  const { ask, workshop } = await openRunServer();
  const { jobs } = workshop.store;
  const { id, started_at } = JobSummary.parse((await ask('POST', '/jobs', { ...run, max_cost: 1 })).data);
  const began = Date.parse(started_at);
  await jobs.cancel(id, began + 4000);
  await jobs.retry(id, { instead: [], tasks: [] }, began + 86_400_000);
  await jobs.cancel(id, began + 86_401_500);
  const { job } = JobDetail.parse((await ask('GET', `/jobs/${id}`)).data);
  expect(job).toMatchObject({ state: 'CANCELED', started_at, seconds: 5.5 });
});

it('keeps schedules, each with what its runs may cost', async () => {
  const {
    ask,
    keys,
    workshop: { store },
  } = await openRunServer();
  const schedule = { name: 'nightly', times: { cron: '0 3 * * *' }, time_zone: 'Asia/Seoul', run, max_cost: 0.5 };
  const added = await ask('POST', '/schedules', schedule, keys.operator);
  expect(added).toMatchObject({
    status: 201,
    body: { data: { name: 'nightly', next_at: '2026-11-18T18:00:00.000Z', max_cost: 0.5, accounts: ['prod'] } },
  });
  expect(await ask('POST', '/schedules', schedule)).toMatchObject({ status: 409 });
  expect(await ask('POST', '/schedules', { ...schedule, name: 'x', times: { cron: '0 3 30 2 *' } })).toMatchObject({
    status: 400,
  });
  expect(await ask('POST', '/schedules', { ...schedule, name: 'x', max_cost: undefined })).toMatchObject({
    status: 400,
  });
  expect((await ask('GET', '/schedules', undefined, keys.viewer)).data).toHaveLength(1);
  const byPlugin = { name: 'plugin', times: { hours: [4] }, collector: 'theirs' };
  expect(await ask('POST', '/schedules', byPlugin)).toMatchObject({ status: 404 });
  const reach = { kind: 'endpoint', url: 'grpc://127.0.0.1:1' } as const;
  const status = { state: 'OK', at: 1 } as const;
  const plugin = { id: 'p', name: 'theirs', reach, options: {}, metadata: {}, generation: 'v2', status } as const;
  await store.plugins.add(plugin, undefined, 1);
  expect(await ask('POST', '/schedules', { ...byPlugin, max_cost: 1 })).toMatchObject({ status: 400 });
  expect(await ask('POST', '/schedules', byPlugin)).toMatchObject({
    status: 201,
    body: { data: { collector: 'theirs', accounts: [], max_cost: null } },
  });
  expect((await ask('DELETE', '/schedules/plugin')).status).toBe(200);
  expect((await ask('DELETE', '/schedules/nightly', undefined, keys.viewer)).status).toBe(403);
  expect((await ask('DELETE', '/schedules/nightly')).status).toBe(200);
  expect((await ask('GET', '/schedules')).data).toEqual([]);
});

it('leaves runs to operators', async () => {
  const { ask, keys } = await openRunServer();
  for (const path of ['/plan', '/jobs', '/jobs/1/cancel', '/jobs/1/retry', '/schedules'])
    expect([path, (await ask('POST', path, {}, keys.viewer)).status]).toEqual([path, 403]);
  expect((await ask('POST', '/plan', run, keys.operator)).status).toBe(200);
});
