import { expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { AccountDetail } from './account-api.ts';
import { openRunServer } from './run-server.fixture.ts';

const nobody = { runs: [], opens: [], last_job: null };

/** A server with the account `prod`, and what puts a run of an account by its name into its store. */
async function openWithRuns() {
  const server = await openRunServer();
  const { jobs } = server.workshop.store;
  const run = async (source: string, read: readonly string[], options: object = {}) => {
    const tasks = read.map((account) => ({ provider: 'aws', account, region: 'eu-west-1', plannedServers: 1, source }));
    const draft = { demo: false, options, plan: null, planned: noCost, ownerPid: process.pid, tasks };
    const { job } = await jobs.create(draft, worldNow);
    await jobs.finish(job.id, { state: 'SUCCESS', counts: job.counts, spent: noCost }, worldNow);
    return job.id;
  };
  const detail = async (path: string) => AccountDetail.parse((await server.ask('GET', path)).data);
  return { ...server, run, detail };
}

it('finds the runs of an account among however many of others', async () => {
  const { ask, run, detail } = await openWithRuns();
  const own: number[] = [];
  for (let at = 0; at < 12; at += 1) own.unshift(await run('prod', ['1']));
  for (let at = 0; at < 60; at += 1) await run('other', ['3']);
  const [last] = own;
  expect((await ask('GET', '/accounts')).data).toMatchObject([{ name: 'prod', last_job: last }]);
  const { runs, ...prod } = await detail('/accounts/prod');
  expect(runs.map(({ id }) => id)).toEqual(own.slice(0, 10));
  expect(prod).toMatchObject({ last_job: last, opens: ['1'] });
  expect((await ask('DELETE', '/accounts/prod')).data).toMatchObject({ last_job: last });
});

it('counts runs of selected servers, and leaves what an account opens to the last run of all of it', async () => {
  const { run, detail } = await openWithRuns();
  const some = { servers: [7] };
  const first = await run('prod', ['1'], some);
  expect(await detail('/accounts/prod')).toMatchObject({ runs: [{ id: first }], opens: ['1'], last_job: first });
  const whole = await run('prod', ['2', '1', '3']);
  const last = await run('prod', ['3'], some);
  const ids = [last, whole, first].map((id) => ({ id }));
  expect(await detail('/accounts/prod')).toMatchObject({ runs: ids, opens: ['1', '2', '3'], last_job: last });
});

it('says of an account that no run has read it, whatever those of all accounts have', async () => {
  const { ask, secret, run, detail } = await openWithRuns();
  await ask('POST', '/accounts', { provider: 'aws', name: 'second', secret });
  await run('prod', ['1']);
  expect(await detail('/accounts/second')).toMatchObject(nobody);
  expect((await ask('GET', '/accounts')).data).toMatchObject([{ last_job: expect.any(Number) }, { last_job: null }]);
});

it('tells the last run of an account whose secret was replaced', async () => {
  const { ask, secret, run } = await openWithRuns();
  const last = await run('prod', ['1']);
  const given = { from: { secretAccessKey: secret.from.secretAccessKey } };
  const { data } = await ask('POST', '/accounts/prod/rotate', { secret: given });
  expect(data).toMatchObject({ is_replaced: true, account: { name: 'prod', last_job: last } });
});
