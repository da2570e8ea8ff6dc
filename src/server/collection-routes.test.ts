import { expect, it } from 'vitest';
import { runDueSchedules } from '#jobs/scheduler.ts';
import { firstCollection } from '#platform/collection/settings.ts';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { CollectionReply } from './collection-api.ts';
import { PlanReply, type RunBody } from './run-api.ts';
import { openRunServer, type RunServer } from './run-server.fixture.ts';

const dayMs = 86_400_000;
const run = { accounts: ['prod'], metrics: ['cpu.utilization'] } satisfies RunBody;
const wanted = { ...firstCollection, days: 3, statistics: ['avg', 'max', 'p95'], concurrency: 4 } as const;

async function planOf({ ask }: RunServer, body: RunBody) {
  const { window, statistics, cost } = PlanReply.parse((await ask('POST', '/plan', body)).data);
  const days = (Date.parse(window.end) - Date.parse(window.start)) / dayMs;
  return { days, statistics, points: cost.points };
}

it('is what everybody may see, and an admin sets', async () => {
  const { ask, keys } = await openRunServer();
  expect((await ask('GET', '/collection', undefined, keys.viewer)).data).toEqual(firstCollection);
  expect((await ask('PUT', '/collection', wanted, keys.operator)).status).toBe(403);
  const set = await ask('PUT', '/collection', { ...wanted, statistics: ['p95'] });
  expect(CollectionReply.parse(set.data)).toEqual(wanted);
  expect((await ask('GET', '/collection', undefined, keys.viewer)).data).toEqual(wanted);
  const { data } = await ask('GET', '/audit');
  expect(data).toContainEqual(
    expect.objectContaining({ action: 'collection.set', detail: expect.objectContaining({ days: 3, keep_days: 455 }) }),
  );
});

it.each([
  { ...wanted, days: 0 },
  { ...wanted, days: 456 },
  { ...wanted, concurrency: 65 },
  { ...wanted, keep_days: 89 },
  { ...wanted, keep_audit_days: 4000 },
  { ...wanted, statistics: ['median'] },
  { days: 14 },
])('is never what means nothing: %j', async (settings) => {
  const { ask } = await openRunServer();
  expect((await ask('PUT', '/collection', settings)).status).toBe(400);
  expect((await ask('GET', '/collection')).data).toEqual(firstCollection);
});

it('keeps what was measured for no fewer days than runs ask for', async () => {
  const { ask } = await openRunServer();
  const refused = await ask('PUT', '/collection', { ...wanted, days: 120, keep_days: 90 });
  const error = { code: 'invalid_input', where: 'days', fix: expect.stringContaining('90 days at most') };
  expect(refused).toMatchObject({ status: 400, body: { error } });
  expect((await ask('PUT', '/collection', { ...wanted, days: 90, keep_days: 90 })).status).toBe(200);
  const long = { ...run, days: 91 };
  const schedule = { name: 'long', times: { hours: [3] }, run: long, max_cost: 1 };
  for (const [path, body] of Object.entries({
    '/plan': long,
    '/jobs': { ...long, max_cost: 1 },
    '/schedules': schedule,
  }))
    expect(await ask('POST', path, body)).toMatchObject({ status: 400, body: { error } });
  expect(await planOf({ ask } as RunServer, { ...run, days: 90 })).toMatchObject({ days: 90 });
});

it('is what a run reads that says nothing, and another one costs what the plan says', async () => {
  const site = await openRunServer();
  const first = await planOf(site, run);
  expect(first).toMatchObject({ days: 14, statistics: ['avg', 'max'] });
  const dearer = await planOf(site, { ...run, statistics: ['p95'] });
  expect(dearer.points).toBeGreaterThan(first.points);
  await site.ask('PUT', '/collection', { ...wanted, days: 14 });
  expect(await planOf(site, run)).toEqual(dearer);
  await site.ask('PUT', '/collection', wanted);
  expect(await planOf(site, run)).toMatchObject({ days: 3, statistics: ['avg', 'max', 'p95'] });
  expect(await planOf(site, { ...run, days: 5, statistics: [] })).toMatchObject({
    days: 5,
    statistics: ['avg', 'max'],
  });
  const begun = await site.ask('POST', '/jobs', { ...run, max_cost: 1 });
  expect(begun.status).toBe(201);
  const [job] = await site.workshop.store.jobs.list({ limit: 1 });
  expect(job?.options).toMatchObject({ days: 3, statistics: ['avg', 'max', 'p95'], concurrency: 4 });
});

it('is what a schedule reads that says nothing, as it is set when that runs', async () => {
  const { ask, workshop } = await openRunServer();
  const times = { cron: '0 * * * *' };
  await ask('POST', '/schedules', { name: 'follows', times, run, max_cost: 1 });
  await ask('PUT', '/collection', wanted);
  const { store, vault, start } = workshop;
  const later = { ...vault, now: () => worldNow + 3_600_000 };
  await runDueSchedules({ ...start, vault: later, report: (error) => workshop.reports.push(error) });
  const [job] = await store.jobs.list({ limit: 1 });
  expect(workshop.reports).toEqual([]);
  expect(job?.options).toMatchObject({ days: 3, statistics: ['avg', 'max', 'p95'], concurrency: 4 });
  await ask('DELETE', '/schedules/follows');
  await ask('POST', '/schedules', { name: 'own', times, run: { ...run, days: 2, statistics: [] }, max_cost: 1 });
  const [own] = await store.schedules.list();
  expect(own?.options).toMatchObject({ days: 2, statistics: ['avg', 'max'] });
  expect(own?.options).not.toHaveProperty('concurrency');
});
