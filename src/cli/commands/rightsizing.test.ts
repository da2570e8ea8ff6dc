import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { beforeEach, expect, it, vi } from 'vitest';
import { doesNothing, type Fortnight, halfUsed, measure } from '#platform/rightsizing/fortnight.fixture.ts';
import { openStore } from '#store/open.ts';
import { server } from '#store/testing/servers.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { addRightsizingCommand } from './rightsizing.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const page = await readFile(new URL('../../../docs/rightsizing.md', import.meta.url), 'utf8');

/** The fleet of the page. */
const fleet: readonly (readonly [name: string, type: string, course?: Fortnight])[] = [
  ['web-1', 'm7i.2xlarge', halfUsed],
  ['standby', 'm7i.large', doesNothing],
  ['cache', 'r7i.large', { cpu: [50, 70], memory: [85, 92], network: [4e6, 9e6] }],
  ['db-1', 'r7i.2xlarge', { cpu: [8, 21], network: [4e6, 9e6] }],
  ['api', 't3.xlarge', { cpu: [22, 75], memory: [60, 70], network: [4e6, 9e6] }],
  ['new', 'm7i.large'],
];

let folder: string;
const heard = captureOutput();

beforeEach(async () => {
  folder = await temporaryFolder();
  const store = await openStore({ folder });
  for (const [name, instance_type, course] of fleet) {
    const record = server(`i-${name}`, { name, instance_type, region_code: 'us-east-1' });
    const [id = 0] = await store.inventory.put([{ record }], now);
    if (course !== undefined) await measure(store, id, course, now);
  }
  await store.close();
  vi.spyOn(Date, 'now').mockReturnValue(now);
});
/** Runs a command line. @returns what it prints, stdout first */
async function run(line: string): Promise<string> {
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  addRightsizingCommand(program);
  heard.out = '';
  heard.err = '';
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  await program.parseAsync(['--data', folder, ...words], { from: 'user' });
  return `${heard.out}${heard.err}`.trim();
}

it('does what the page shows', async () => {
  const examples = [...page.matchAll(/```sh\nfleetgauge (.*?)\n```\n\n```text\n(.*?)\n```/gs)];
  expect(examples.length).toBeGreaterThanOrEqual(6);
  const isTTY = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
  try {
    for (const [, line = '', shown = ''] of examples) expect(await run(line), line).toBe(shown);
  } finally {
    if (isTTY === undefined) Reflect.deleteProperty(process.stdout, 'isTTY');
    else Object.defineProperty(process.stdout, 'isTTY', isTTY);
  }
});

it('lists those that save most first, as many as are wanted', async () => {
  const names = (text: string) => JSON.parse(text).data.map((row: { name: string }) => row.name);
  await run('rightsizing list --limit 0 -o json');
  expect(names(heard.out)).toEqual(['web-1', 'standby', 'db-1', 'api', 'new', 'cache']);
  await run('rightsizing list --limit 1 -o json');
  expect(names(heard.out)).toEqual(['web-1']);
  expect(JSON.parse(heard.out).meta).toMatchObject({ total: 6, classes: { idle: { servers: 1 } } });
  await run('rightsizing list --class hot -o csv');
  expect(heard.out.split('\r\n')[1]).toMatch(
    /^aws,123,us-east-1,i-cache,cache,r7i.large,hot,memory_high,70,70,1,92,92,/,
  );
});

it('shows a verdict with the points of its days', async () => {
  await run('rightsizing show i-web-1 --json');
  const detail = JSON.parse(heard.out).data;
  expect(detail).toMatchObject({
    name: 'web-1',
    suggestion: { instance_type: 'm7i.xlarge' },
    policy: { name: 'standard' },
  });
  expect(detail.series.metrics['memory.usage']).toHaveLength(14);
});

it('lists what saves enough a month, and counts no more than that', async () => {
  const savings = async (line: string) => {
    await run(`rightsizing list -o json ${line}`);
    const { data, meta } = JSON.parse(heard.out);
    return { names: data.map(({ name }: { name: string }) => name), total: meta.total };
  };
  await run('rightsizing list -o json --limit 1');
  const [{ savings: most }] = JSON.parse(heard.out).data;
  const aMonth = (most.usd / 14) * (365 / 12);
  expect((await savings(`--min-saving ${Math.floor(aMonth)}`)).names).toHaveLength(1);
  expect(await savings(`--min-saving ${Math.ceil(aMonth)}`)).toEqual({ names: [], total: 0 });
});

it('keeps decisions, and takes them back', async () => {
  expect(await run("rightsizing dismiss standby --reason 'it takes over in May'")).toBe('standby: dismissed');
  await run('rightsizing list --state dismissed -o json');
  expect(JSON.parse(heard.out).data).toMatchObject([{ name: 'standby', decision: { note: 'it takes over in May' } }]);
  expect(await run('rightsizing reopen standby')).toBe('standby: open');
});

it.each([
  ['rightsizing accept db-1', 'conflict'],
  ['rightsizing accept web-1 new', 'conflict'],
  ['rightsizing show nobody', 'not_found'],
  ['rightsizing show i-', 'invalid_input'],
])('refuses %s', async (line, code) => {
  await expect(run(line)).rejects.toMatchObject({ code });
  await run('rightsizing list --state accepted -o json');
  expect(JSON.parse(heard.out).data).toEqual([]);
});

it.each(['rightsizing policy rash', 'rightsizing policy --percentile 2', 'rightsizing snooze web-1 --days 0'])(
  'refuses %s as wrong usage',
  async (line) => {
    await expect(run(line)).rejects.toMatchObject({ name: 'CommanderError' });
  },
);
