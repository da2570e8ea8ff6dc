import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { beforeEach, expect, it, vi } from 'vitest';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { addJobCommand } from './job.ts';
import { addCollectorCommand } from './plugin-registry.ts';
import { addScheduleCommand } from './schedule.ts';

const script = fileURLToPath(new URL('../../platform/plugin/testing/plugin-process.ts', import.meta.url));

let folder: string;
const heard = captureOutput();

beforeEach(async () => {
  folder = await temporaryFolder();
});
/** What a command prints on stdout. @param secret on standard input */
async function run(words: readonly string[], secret = ''): Promise<string> {
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  addCollectorCommand(program);
  addJobCommand(program);
  addScheduleCommand(program);
  for (const command of program.commands) command.exitOverride();
  Object.assign(heard, { out: '', err: '' });
  const stdin = vi
    .spyOn(process, 'stdin', 'get')
    .mockReturnValue(Object.assign(Readable.from([secret]), process.stdin));
  await program.parseAsync(['--data', folder, ...words], { from: 'user' });
  stdin.mockRestore();
  return heard.out.trim();
}

const start = ['--', process.execPath, script, '{port}'];

it('leaves a run to the workers, also by a schedule', async () => {
  await run(['collector', 'add', 'ec2', '--options', JSON.stringify({ count: 3 }), ...start]);
  const id = await run(['collector', 'run', 'ec2', '--queue']);
  expect(JSON.parse(await run(['job', 'show', id, '--json'])).data.job).toMatchObject({ state: 'RUNNING' });
  await run(['schedule', 'add', 'nightly', '--cron', '0 3 * * *', '--collector', 'ec2']);
  const [schedule] = JSON.parse(await run(['schedule', 'list', '-o', 'json'])).data;
  expect(schedule).toMatchObject({ name: 'nightly', options: { plugin: 'ec2' } });
  const unknown = run(['schedule', 'add', 'other', '--cron', '0 3 * * *', '--collector', 'gone']);
  await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
});

it('registers a command, collects by it, shows its log, and forgets it', async () => {
  const options = JSON.stringify({
    tasks: [
      { region: 'a', count: 3 },
      { region: 'b', lie: 'failure' },
    ],
  });
  await run(['collector', 'add', 'ec2', '--options', options, ...start]);
  expect(heard.err).toContain('ec2 is a collector of Cloudforet v2');
  const [listed] = JSON.parse(await run(['collector', 'list', '-o', 'json'])).data;
  expect(listed).toMatchObject({ name: 'ec2', status: { state: 'OK' }, hasSecret: false });

  const id = await run(['collector', 'run', 'ec2']);
  expect(heard.err).toContain('partial · 2 tasks · 3 created, 0 updated, 0 unchanged, 1 failed');
  expect(heard.err).toContain('AccessDenied: ec2:DescribeInstances');
  expect(process.exitCode).toBe(3);
  expect(JSON.parse(await run(['job', 'show', id, '--json']))).toMatchObject({ data: { job: { state: 'PARTIAL' } } });

  await run(['collector', 'verify', 'ec2']);
  expect(heard.err).toContain('ec2 is well');
  expect(await run(['collector', 'log', 'ec2'])).toContain('serving');
  const shown = JSON.parse(await run(['collector', 'show', 'ec2', '--json']));
  expect(shown).toMatchObject({ data: { lastJob: Number(id) }, meta: { total: 1 } });
  expect(await run(['collector', 'show', 'ec2'])).toMatch(/^NAME .+\nec2 /);
  await run(['collector', 'rm', 'ec2']);
  await expect(run(['collector', 'log', 'ec2'])).rejects.toMatchObject({ code: 'not_found' });
});

it.each([
  { name: 'no way to reach it', words: ['ec2'], code: 'invalid_input' },
  { name: 'two ways', words: ['ec2', '--endpoint', 'grpc://h:1', '--npm', 'p'], code: 'invalid_input' },
  {
    name: 'a folder for what we do not start',
    words: ['ec2', '--endpoint', 'grpc://h:1', '--cwd', '/'],
    code: 'invalid_input',
  },
  {
    name: 'two secrets',
    words: ['ec2', '--endpoint', 'grpc://h:1', '--account', 'a', '--secret-stdin'],
    code: 'invalid_input',
  },
  {
    name: 'an account that is not saved',
    words: ['ec2', '--endpoint', 'grpc://h:1', '--account', 'a'],
    code: 'not_found',
  },
  { name: 'an endpoint that is none', words: ['ec2', '--endpoint', 'http://h'], code: 'invalid_input' },
  {
    name: 'options that are no object',
    words: ['ec2', '--options', '[1]', ...start],
    code: 'commander.invalidArgument',
  },
])('refuses $name', async ({ words, code }) => {
  await expect(run(['collector', 'add', ...words])).rejects.toMatchObject({ code });
  expect(JSON.parse(await run(['collector', 'list', '-o', 'json'])).data).toEqual([]);
});
