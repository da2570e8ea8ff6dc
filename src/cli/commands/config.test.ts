import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { pipeIn } from '../stdin.fixture.ts';
import { addConfigCommand } from './config.ts';

const heard = captureOutput();
const secret = 'postgres://u:hunter2@db.example/fleetgauge';
let folder: string;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder, 'fleetgauge.config.yaml');
  await writeFile(file, '# kept\n', { mode: 0o644 });
});

async function set(...words: string[]): Promise<void> {
  const program = new Command().option('--config <file>').option('--profile <name>').exitOverride();
  addConfigCommand(program);
  await program.parseAsync(['--config', file, 'config', 'set', ...words], { from: 'user' });
}

const modeOf = async (name: string) => (await stat(name)).mode & 0o777;

it.each([0o600, 0o644])('keeps the rights of the file: %o', async (mode) => {
  await chmod(file, mode);
  await set('progress', 'plain');
  expect([await modeOf(file), await readFile(file, 'utf8')]).toEqual([
    mode,
    expect.stringContaining('progress: plain'),
  ]);
  expect(await readdir(folder)).toEqual(['fleetgauge.config.yaml']);
});

it('writes to where a link leads', async () => {
  const target = file;
  file = join(folder, 'link.yaml');
  await symlink(target, file);
  await set('progress', 'plain');
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
  expect(await readFile(target, 'utf8')).toBe('# kept\n\nprogress: plain\n');
});

it.each([secret, 'postgres://db.example/x?user=u&password=hunter2'])('takes %s by no argument', async (value) => {
  const refused = await set('database', value).catch((caught) => caught);
  expect(refused).toMatchObject({ code: 'invalid_input', fix: expect.stringContaining('--value-stdin') });
  expect(`${refused.stack}${refused.where}${refused.fix}${heard.err}`).not.toContain('hunter2');
  expect(await readFile(file, 'utf8')).toBe('# kept\n');
});

it('takes a password from standard input, into a file that is its owner’s alone', async () => {
  pipeIn(async () => `${secret}\n`);
  await set('database', '--value-stdin');
  expect(await readFile(file, 'utf8')).toContain(`database: ${secret}\n`);
  expect(await modeOf(file)).toBe(0o600);
  expect(heard.out + heard.err).not.toContain('hunter2');
});

it.each([['progress'], ['progress', 'plain', '--value-stdin']])('wants one value: %j', async (...words) => {
  await expect(set(...words)).rejects.toMatchObject({ code: 'invalid_input' });
});
