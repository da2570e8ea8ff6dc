import { expect, it } from 'vitest';
import { z } from 'zod';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { server as known } from '#store/testing/servers.ts';
import { JobSummary, ServerRow, Status } from './api.ts';
import { PlanReply } from './run-api.ts';
import { account, openRunServer, type RunServer } from './run-server.fixture.ts';

const run = { metrics: ['cpu.utilization'], days: 2 };

/** A server whose fleet has been read once, for one day. */
async function openKnown() {
  const server = await openRunServer();
  const { id } = await begin(server, { days: 1 });
  const { data } = await server.ask('GET', `/servers?account=${account.id}&limit=100`);
  return { ...server, whole: id, rows: z.array(ServerRow).parse(data) };
}

async function begin({ ask, workshop }: RunServer, body: object): Promise<JobSummary> {
  const { data } = await ask('POST', '/jobs', { ...run, ...body, max_cost: 1 });
  const { id } = JobSummary.parse(data);
  await workshop.work(id);
  return JobSummary.parse(z.object({ job: z.unknown() }).parse((await ask('GET', `/jobs/${id}`)).data).job);
}

it('are planned and begun for servers that were picked, by their ids', async () => {
  const server = await openKnown();
  const picked = server.rows.filter(({ region }) => region === 'us-east-1').slice(0, 2);
  const servers = picked.map(({ id }) => id);
  const plan = PlanReply.parse((await server.ask('POST', '/plan', { ...run, servers })).data);
  expect(plan).toMatchObject({ servers: 2, selection: { servers: 2, filter: null, unopened: [] } });
  expect(plan.places.map(({ region }) => region)).toEqual(['us-east-1']);
  const job = await begin(server, { servers });
  expect(job).toMatchObject({ state: 'SUCCESS', selection: { servers: 2, filter: null }, counts: { servers: 2 } });
});

it('are planned and begun for what a filter finds', async () => {
  const server = await openKnown();
  const filter = `account:${account.id} region:eu-west-1`;
  const plan = PlanReply.parse((await server.ask('POST', '/plan', { ...run, filter })).data);
  expect(plan).toMatchObject({ servers: 5, selection: { servers: 5, filter, unopened: [] } });
  const job = await begin(server, { filter });
  expect(job).toMatchObject({ state: 'SUCCESS', selection: { servers: 5, filter }, counts: { servers: 5 } });
});

it('leave what is told of the fleet to the last run of all of it', async () => {
  const server = await openKnown();
  const { id } = await begin(server, { filter: 'region:eu-west-1' });
  const status = Status.parse((await server.ask('GET', '/status')).data);
  expect(status.last_job).toMatchObject({ id: server.whole, selection: null });
  const { start, end } = status.window ?? { start: '', end: '' };
  expect(Date.parse(end) - Date.parse(start)).toBe(86_400_000);
  expect((await server.ask('GET', '/jobs?limit=2')).data).toMatchObject([{ id }, { id: server.whole }]);
  expect((await server.ask('GET', '/accounts')).data).toMatchObject([{ name: 'prod', last_job: id }]);
});

it.each([
  [{ filter: 'name:nobody' }, 'invalid_input'],
  [{ filter: 'cpu:much' }, 'invalid_query'],
  [{ filter: 'region:eu-west-1', servers: [1] }, 'invalid_input'],
  [{ servers: [] }, 'invalid_query'],
  [{ servers: [987_654] }, 'invalid_input'],
])('are refused with a reason: %j', async (body, code) => {
  const { ask } = await openRunServer();
  for (const path of ['/plan', '/jobs'])
    expect(await ask('POST', path, { ...run, ...body })).toMatchObject({ status: 400, body: { error: { code } } });
});

it('may be of as many servers as a run can be limited to', async () => {
  const server = await openKnown();
  const [first] = server.rows;
  const elsewhere = Array.from({ length: 9_999 }, (_, at) => ({ record: known(`i-${at}`, { account: '999' }) }));
  const servers = [first?.id, ...(await server.workshop.store.inventory.put(elsewhere, worldNow))];
  const told = await server.ask('POST', '/plan', { ...run, servers });
  const unopened = [{ provider: 'aws', account: '999', region: '*', servers: 9_999 }];
  expect(told).toMatchObject({ status: 200, body: { data: { servers: 1, selection: { servers: 10_000, unopened } } } });
  expect((await server.ask('POST', '/plan', { ...run, servers: [...servers, 1] })).status).toBe(400);
});

it('are refused where some of the servers are none, and say which', async () => {
  const server = await openKnown();
  const servers = [server.rows[0]?.id, 987_654, 987_655];
  const error = { code: 'invalid_input', where: 'servers: 987654, 987655' };
  expect(await server.ask('POST', '/plan', { ...run, servers })).toMatchObject({ status: 400, body: { error } });
});

it('begin by themselves too, each of what its filter finds then', async () => {
  const { ask } = await openKnown();
  const filter = 'region:eu-west-1';
  const added = await ask('POST', '/schedules', { name: 'eu', times: { hours: [3] }, run: { filter }, max_cost: 1 });
  expect(added).toMatchObject({ status: 201, body: { data: { name: 'eu', selection: { servers: null, filter } } } });
  const wrong = { name: 'us', times: { hours: [3] }, run: { filter: 'cpu:much' }, max_cost: 1 };
  expect(await ask('POST', '/schedules', wrong)).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_query' } },
  });
});

it('begin by themselves of picked servers, which the schedule says', async () => {
  const { ask, rows } = await openKnown();
  const servers = rows.slice(0, 2).map(({ id }) => id);
  const draft = { times: { hours: [3] }, max_cost: 1 };
  await ask('POST', '/schedules', { ...draft, name: 'all', run });
  await ask('POST', '/schedules', { ...draft, name: 'two', run: { ...run, servers } });
  expect((await ask('GET', '/schedules')).data).toMatchObject([
    { name: 'all', selection: null },
    { name: 'two', selection: { servers: 2, filter: null } },
  ]);
});
