import { Command } from 'commander';
import { beforeEach, expect, it } from 'vitest';
import { firstCollection, writeCollection } from '#platform/collection/settings.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { account, keys } from '#providers/aws/testing-fleet.fixture.ts';
import { openStore } from '#store/open.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { openData } from '../open-data.ts';
import { addScheduleCommand } from './schedule.ts';

const heard = captureOutput();
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  await using data = await openData({ folder });
  const draft = { provider: 'aws', account: account.id, name: 'prod', regions: [] };
  await addAccount(data.store, data.key, draft, { from: keys }, Date.now());
});

async function run(...words: readonly string[]): Promise<void> {
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  addScheduleCommand(program);
  await program.parseAsync(['--data', folder, 'schedule', ...words], { from: 'user' });
}

/** The options of each schedule. */
async function kept() {
  const store = await openStore({ folder });
  const schedules = await store.schedules.list();
  await store.close();
  return schedules.map(({ options }) => options);
}

const nightly = ['add', 'nightly', '--hours', '3', '--yes'];

it('keeps the filter itself, so that each run reads what fits by then', async () => {
  await run(...nightly, '--filter', 'provider:aws -tag.env:test');
  const [options] = await kept();
  expect(options).toMatchObject({ filter: 'provider:aws -tag.env:test' });
  expect(options).not.toHaveProperty('servers');
});

it('says which servers the runs of each are of', async () => {
  await run(...nightly);
  await run('add', 'tests', '--hours', '4', '--yes', '--filter', 'tag.env:test');
  const store = await openStore({ folder });
  const two = { name: 'two', times: { hours: [5] }, timeZone: 'UTC', options: { servers: [1, 2] } };
  await store.schedules.add(two, Date.now());
  await store.close();
  await run('list', '--output', 'csv');
  const rows = heard.out
    .trim()
    .split('\n')
    .map((row) => row.split(',').slice(0, 3));
  expect(rows).toEqual([
    ['NAME', 'TIMES', 'SERVERS'],
    ['nightly', '3:00', 'all'],
    ['tests', '4:00', 'tag.env:test'],
    ['two', '5:00', '2 picked'],
  ]);
});

it('refuses a window of more days than are kept, at once', async () => {
  await run(...nightly, '--days', '455');
  await using data = await openData({ folder });
  await writeCollection(data.store.settings, { ...firstCollection, keep_days: 90 });
  await expect(run('add', 'long', '--hours', '3', '--yes', '--days', '91')).rejects.toMatchObject({ where: 'days' });
});

it.each([
  { words: ['--filter', 'nonsense:1'], code: 'invalid_query' },
  { words: ['--filter', ' '], code: 'invalid_input' },
  { words: ['--filter', 'provider:aws', '--collector', 'theirs'], code: 'invalid_input' },
])('refuses $words at once', async ({ words, code }) => {
  await expect(run(...nightly, ...words)).rejects.toMatchObject({ code });
  expect(await kept()).toEqual([]);
});
