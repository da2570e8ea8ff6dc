import { expect, it } from 'vitest';
import { z } from 'zod';
import { addAccount } from '#platform/secret/accounts.ts';
import { account, keys, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { JobSummary, Status } from './api.ts';
import { openRunServer, type RunServer } from './run-server.fixture.ts';

const run = { metrics: ['cpu.utilization'], max_cost: 1 };

async function finished({ ask, workshop }: RunServer, body: object): Promise<JobSummary> {
  const { id } = JobSummary.parse((await ask('POST', '/jobs', { ...run, ...body })).data);
  await workshop.work(id);
  return JobSummary.parse(z.object({ job: z.unknown() }).parse((await ask('GET', `/jobs/${id}`)).data).job);
}

const statusOf = async ({ ask }: RunServer) => Status.parse((await ask('GET', '/status')).data);

it('says of which window the values are: of a run that read them, not of one that failed since', async () => {
  const server = await openRunServer();
  const { id, state } = await finished(server, { days: 3 });
  expect(state).toBe('SUCCESS');
  const { window } = await statusOf(server);
  expect(Date.parse(window?.end ?? '') - Date.parse(window?.start ?? '')).toBe(3 * 86_400_000);
  server.workshop.cloud.faults.set({ deniedCloudwatch: ['*/*'] });
  const failed = await finished(server, { days: 7 });
  expect(failed.id).toBeGreaterThan(id);
  expect(failed.state).not.toBe('SUCCESS');
  expect(await statusOf(server)).toMatchObject({ window, last_job: { id: failed.id } });
});

/** A server with the accounts `prod` and `second`, all of which was read once for three days, in part. */
async function openPartial() {
  const server = await openRunServer({ faults: { deniedCloudwatch: ['*/eu-west-1'] } });
  const saved = await server.ask('POST', '/accounts', { provider: 'aws', name: 'second', secret: server.secret });
  expect(saved.status).toBe(201);
  const whole = await finished(server, { days: 3 });
  expect(whole.state).toBe('PARTIAL');
  server.workshop.cloud.faults.set({ deniedCloudwatch: [] });
  return { server, whole };
}

const daysOf = ({ window }: Status) => (Date.parse(window?.end ?? '') - Date.parse(window?.start ?? '')) / 86_400_000;

it.each([
  { of: 'one account', body: { accounts: ['prod'] } },
  { of: 'one region', body: { regions: ['us-east-1'] } },
])('takes no run of $of for one of the fleet', async ({ body }) => {
  const { server, whole } = await openPartial();
  expect(await finished(server, { ...body, days: 5 })).toMatchObject({ state: 'SUCCESS' });
  const status = await statusOf(server);
  expect(status.last_job).toMatchObject({ id: whole.id, state: 'PARTIAL' });
  expect(daysOf(status)).toBe(3);
});

it('takes a run that names all accounts for one of the fleet, also once there is another one', async () => {
  const { server } = await openPartial();
  const named = await finished(server, { accounts: ['second', 'prod'], days: 5 });
  const { store, vault, cloud } = server.workshop;
  const draft = { provider: 'aws', account: account.id, name: 'third', regions: [] };
  for (const add of [
    async () => {},
    () => addAccount(store, vault.key, draft, { from: keys, endpoint: cloud.url }, worldNow + 1),
  ]) {
    await add();
    const status = await statusOf(server);
    expect(status.last_job).toMatchObject({ id: named.id, state: 'SUCCESS' });
    expect(daysOf(status)).toBe(5);
  }
});

it('tells of the last run of some accounts where none was of the fleet', async () => {
  const server = await openRunServer();
  await server.ask('POST', '/accounts', { provider: 'aws', name: 'second', secret: server.secret });
  const { id } = await finished(server, { accounts: ['prod'], days: 3 });
  expect(await statusOf(server)).toMatchObject({ last_job: { id, state: 'SUCCESS' } });
});
