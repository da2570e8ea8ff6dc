import { Command } from 'commander';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { account, keys, startCloud } from '#providers/aws/testing-fleet.fixture.ts';
import { noCounts } from '#store/jobs.ts';
import { openStore } from '#store/open.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { openData } from '../open-data.ts';
import { addJobCommand } from './job.ts';

const heard = captureOutput();
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function run(...words: string[]): Promise<void> {
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  addJobCommand(program);
  heard.out = '';
  await program.parseAsync(['--data', folder, 'job', ...words], { from: 'user' });
}

async function withJobs(count: number): Promise<void> {
  const store = await openStore({ folder });
  const draft = { demo: false, options: {}, plan: {}, planned: noCost, ownerPid: process.pid, tasks: [] };
  for (let at = 0; at < count; at++) await store.jobs.create({ ...draft, planned: { ...noCost, calls: at } }, at + 1);
  await store.close();
}

it('knows of jobs beyond those that it shows', async () => {
  await withJobs(60);
  await run('list', '-o', 'json');
  expect(JSON.parse(heard.out)).toMatchObject({
    data: { length: 50 },
    meta: { total: 60, warnings: ['50 of 60; --limit 0 shows all'] },
  });
  await run('list', '-o', 'json', '--limit', '0');
  expect(JSON.parse(heard.out)).toMatchObject({ data: { length: 60 }, meta: { total: 60, warnings: [] } });
  await run('list', '-o', 'json', '--filter', 'id:3');
  expect(JSON.parse(heard.out)).toMatchObject({ data: [{ id: 3 }], meta: { total: 1 } });
  await run('list', '-o', 'json', '--sort', 'id', '--limit', '1');
  expect(JSON.parse(heard.out)).toMatchObject({ data: [{ id: 1 }], meta: { total: 60 } });
});

it('tells how long a run took, without the time until it was gone on with', async () => {
  const store = await openStore({ folder });
  const draft = { demo: false, options: {}, plan: {}, planned: noCost, ownerPid: process.pid, tasks: [] };
  const { job } = await store.jobs.create(draft, 1000);
  const end = { state: 'FAILURE', counts: noCounts, spent: noCost } as const;
  await store.jobs.finish(job.id, end, 61_000);
  await store.jobs.resume(job.id, process.pid, 86_400_000);
  await store.jobs.finish(job.id, end, 86_465_000);
  await store.close();
  await run('list', '-o', 'json', '--fields', 'id,took');
  expect(JSON.parse(heard.out)).toMatchObject({ data: [{ id: 1, took: 125 }] });
  await run('show', '1');
  expect(heard.out).toContain('2 min 5 s');
});

it('has no run to watch where there is none', async () => {
  await expect(run('watch')).rejects.toMatchObject({
    code: 'not_found',
    message: 'there is no run yet',
    fix: expect.stringContaining('fleetgauge collect'),
  });
});

it('starts a run of some servers, chosen when it is planned', async () => {
  const cloud = await startCloud({ accounts: [{ ...account, regions: { 'eu-west-1': 3 } }] });
  onTestFinished(() => cloud.stop());
  {
    await using data = await openData({ folder });
    const draft = { provider: 'aws', account: account.id, name: 'prod', regions: ['eu-west-1'] };
    await addAccount(data.store, data.key, draft, { from: keys, endpoint: cloud.url }, Date.now());
  }
  const start = ['start', '--yes', '--days', '1', '--metrics', 'cpu.utilization'];
  await run(...start);
  const store = await openStore({ folder });
  onTestFinished(() => store.close());
  const [first] = (await store.inventory.list({ limit: 3 })).rows;
  const filter = `id:${first?.record.reference.resource_id}`;
  await run(...start, '--filter', filter);
  const [some, all] = await store.jobs.list({ limit: 2 });
  expect(all).toMatchObject({ state: 'SUCCESS', counts: { servers: 3 } });
  expect(some).toMatchObject({ state: 'SUCCESS', counts: { servers: 1 }, options: { filter, servers: [first?.id] } });
  await expect(run(...start, '--filter', 'name:nobody')).rejects.toMatchObject({ code: 'invalid_input' });
});
