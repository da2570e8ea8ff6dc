import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { parquetReadObjects } from 'hyparquet';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { halfUsed, measure } from '#platform/rightsizing/fortnight.fixture.ts';
import type { RecordFilter } from '#store/inventory.ts';
import { openStore } from '#store/open.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { server } from '#store/testing/servers.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { openServer } from '../../server/auth-server.fixture.ts';
import { sampleNow } from '../../server/sample-fleet.fixture.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { inFrontOf } from '../remote/listening.fixture.ts';
import { addExportCommand } from './export.ts';

const heard = captureOutput();
/** Where files go. */
let out: string;
beforeEach(async () => {
  out = await temporaryFolder();
  vi.spyOn(Date, 'now').mockReturnValue(sampleNow);
});

async function run(...words: readonly string[]): Promise<void> {
  const program = new Command()
    .option('--data <folder>')
    .option('--database <url>')
    .option('--server <url>')
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  addExportCommand(program);
  await program.parseAsync(words, { from: 'user' });
}

/** Two servers, one of them measured; another region has a database. */
async function seed(store: Store): Promise<void> {
  const records = [
    server('i-half'),
    server('i-new', { region_code: 'us-east-1' }),
    server('db-1', { cloud_service_group: 'RDS', cloud_service_type: 'Instance', region_code: 'us-east-1' }),
  ];
  const [id = 0] = await store.inventory.put(
    records.map((record) => ({ record })),
    sampleNow,
  );
  await measure(store, id, halfUsed, sampleNow);
}

async function seededFolder(): Promise<string> {
  const folder = await temporaryFolder();
  const store = await openStore({ folder });
  await seed(store);
  await store.close();
  return folder;
}

/** What a command writes into a file. */
async function fileOf(name: string, ...words: readonly string[]): Promise<Buffer> {
  const file = join(out, name);
  await run(...words, '-o', file);
  expect(await readdir(out)).toEqual([name]);
  return readFile(file);
}

const daysOf = ['export', 'metrics', '--metrics', 'cpu.utilization', '--days', '2', '--filter', 'id:i-half'];
const twoDays =
  /^provider,account,region,resource_id,name,.*\r\naws,123,eu-west-1,i-half,.*,2026-11-20,cpu.utilization,percent,14,38,.*\r\naws,123,eu-west-1,i-half,.*,2026-11-21,cpu.utilization,.*\r\n$/;

describe('beside the store', () => {
  it('has what was measured, day by day', async () => {
    const text = (await fileOf('days.csv', '--data', await seededFolder(), ...daysOf)).toString();
    expect(text).toMatch(twoDays);
    expect(heard.err).toBe(`Wrote ${join(out, 'days.csv')}  1/1 server · 2 rows · ${text.length} bytes\n`);
  });

  it('has verdicts of a class and a state, in the form that the name says', async () => {
    const place = ['--data', await seededFolder(), 'export', 'rightsizing'];
    const rows = (await fileOf('verdicts.ndjson', ...place, '--class', 'oversized', '--state', 'open')).toString();
    expect(
      rows
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row)),
    ).toMatchObject([{ resource_id: 'i-half', class: 'oversized', state: 'open' }]);
    expect((await fileOf('verdicts.ndjson', ...place, '--class', 'hot')).toString()).toBe('');
  });

  it('has servers, or resources of a type, or all where it is not said what', async () => {
    const place = ['--data', await seededFolder(), 'export'];
    const ids = async (...words: readonly string[]) => {
      const bytes = await fileOf('them.parquet', ...place, ...words);
      const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
      return rows.map(({ resource_id: id }) => id);
    };
    expect(await ids('servers')).toEqual(['i-half', 'i-new']);
    expect(await ids('servers', '--type', 'rds_instance')).toEqual(['db-1']);
    expect(await ids('servers', '--filter', 'region:us-east-1')).toEqual(['i-new']);
    expect(await ids('--format', 'parquet')).toEqual(['i-half', 'i-new', 'db-1']);
  });

  it('says of a demo that it is made up', async () => {
    const folder = await seededFolder();
    const store = await openStore({ folder });
    const planned = { calls: 0, metrics: 0, points: 0, usd: 0, usdAtMost: 0 };
    await store.jobs.create(
      { demo: true, options: {}, plan: {}, planned, ownerPid: process.pid, tasks: [] },
      sampleNow,
    );
    await store.close();
    const words = ['--data', folder, 'export', 'servers', '--columns', 'resource_id', '--filter', 'id:i-new'];
    expect((await fileOf('demo.csv', ...words)).toString()).toBe('demo,resource_id\r\nDEMO: made up,i-new\r\n');
  });

  it('leaves no part of a file after Ctrl-C, and the old one where it was', async () => {
    const file = join(out, 'days.csv');
    await writeFile(file, 'the old one');
    const folder = await seededFolder();
    interruptAtOnce();
    await expect(run('--data', folder, ...daysOf, '-o', file)).rejects.toMatchObject({
      code: 'cancelled',
      where: file,
    });
    expect(await readdir(out)).toEqual(['days.csv']);
    expect(await readFile(file, 'utf8')).toBe('the old one');
  });
});

/** Presses Ctrl-C as soon as somebody minds it. */
function interruptAtOnce(): void {
  const press = (event: string | symbol): void => {
    if (event !== 'SIGINT') return;
    process.off('newListener', press);
    process.nextTick(() => process.emit('SIGINT'));
  };
  process.on('newListener', press);
  onTestFinished(() => void process.off('newListener', press));
}

describe('of a server elsewhere', () => {
  async function elsewhere(store?: Store) {
    const own = store ?? (await openTestStore());
    await seed(own);
    const opened = await openServer({ store: own });
    onTestFinished(() => opened.close());
    return { ...opened, place: ['--server', opened.server.url] };
  }

  it('is made there, taken, and kept here alone', async () => {
    const { store, place } = await elsewhere();
    const text = (await fileOf('days.csv', ...place, ...daysOf)).toString();
    expect(text).toMatch(twoDays);
    expect(heard.err).toContain(`1/1 server · 2 rows · ${text.length} bytes`);
    const verdicts = await fileOf('days.csv', ...place, 'export', 'rightsizing', '--class', 'oversized');
    expect(verdicts.toString()).toContain('i-half');
    expect(await store.exports.list({ limit: 9 })).toEqual([]);
  });

  it('is sent as it is read where it has servers', async () => {
    const { place } = await elsewhere();
    const words = [...place, 'export', 'servers', '--columns', 'resource_id', '--filter', 'id:i-half,i-new'];
    expect((await fileOf('servers.csv', ...words)).toString()).toBe('resource_id\r\ni-half\r\ni-new\r\n');
  });

  it('is not given up for a moment in which nobody answers', async () => {
    const { store, server } = await elsewhere();
    let failed = 0;
    const front = await inFrontOf(server.url, ({ method, url = '' }, response) => {
      const isLook = method === 'GET' && /exports\/\d+$/.test(url) && failed === 0;
      if (isLook) response.writeHead(502).end('Bad Gateway', () => failed++);
      return isLook;
    });
    expect((await fileOf('days.csv', '--server', front, ...daysOf)).toString()).toMatch(twoDays);
    expect(failed).toBe(1);
    expect(await store.exports.list({ limit: 9 })).toEqual([]);
  });

  it('is made no more after Ctrl-C', async () => {
    const real = await openTestStore();
    const gate = Promise.withResolvers<void>();
    async function* stream(filter?: RecordFilter) {
      await gate.promise;
      yield* real.inventory.stream(filter);
    }
    const { store, place } = await elsewhere({ ...real, inventory: { ...real.inventory, stream } });
    onTestFinished(() => gate.resolve());
    const states = async () => (await store.exports.list({ limit: 9 })).map(({ state }) => state);
    const ended = run(...place, ...daysOf, '-o', join(out, 'days.csv')).catch((caught) => caught);
    await expect.poll(states).toEqual(['RUNNING']);
    process.emit('SIGINT');
    expect(await ended).toMatchObject({ code: 'cancelled' });
    expect(await readdir(out)).toEqual([]);
    expect(await states()).toEqual([]);
  });

  it('says what the server says where it cannot be made', async () => {
    const { place } = await elsewhere();
    const asked = run(...place, 'export', 'metrics', '--type', 'toaster', '-o', join(out, 'days.csv'));
    await expect(asked).rejects.toMatchObject({ code: 'invalid_query', message: "there is no type 'toaster'" });
    expect(await readdir(out)).toEqual([]);
  });
});

it.each([
  [['metrics', '--class', 'idle'], "--class does not go with 'export metrics'"],
  [['rightsizing', '--type', 'all', '--days', '3'], "--type, --days do not go with 'export rightsizing'"],
  [['servers', '--metrics', 'cpu.utilization'], "--metrics does not go with 'export servers'"],
  [['--format', 'csv', '--days', '3'], "--days does not go with 'export servers'"],
  [
    ['metrics', '--metrics', 'cpu.utilization,cpu.nothing'],
    /^--metrics: 'cpu.nothing' is not one of cpu.utilization, /,
  ],
  [['metrics', '--days', '401'], /^--days: .*400/],
  [['metrics', '--days', 'many'], /^--days: /],
  [['servers', '--to', 'postgres://db.invalid/x'], 'export what?'],
])('refuses %j', async (words, message) => {
  await expect(run('--data', '/dev/null', 'export', ...words)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.toSatisfy((said: string) => (typeof message === 'string' ? said === message : message.test(said))),
    fix: expect.stringContaining('fleetgauge'),
  });
});

it('names no password of the server that it cannot be asked of', async () => {
  await expect(
    run('--server', 'https://u:hunter2@h.example', 'export', '--to', 'postgres://db.example/x'),
  ).rejects.toMatchObject({ code: 'invalid_input', where: 'https://h.example' });
});
