import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoCloud } from './demo-cloud.ts';
import { lacks } from './parts.ts';
import { runCli, startProcess } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let folder: TemporaryFolder;
let data: string;
beforeAll(async () => {
  folder = await temporaryFolder('completion');
  data = join(folder.path, 'data');
  const cloud = await startDemoCloud(folder.path);
  const args = ['--data', data, 'collect', 'aws', '--name', 'pay-prod', '--regions', 'us-west-2', '--yes'];
  const { code, stderr } = await runCli(args, { home: folder.path, env: cloud.accounts[0] ?? {} });
  await cloud.stop();
  expect(code, stderr).toBe(0);
  await mkdir(join(folder.path, 'bin'));
  const command = join(folder.path, 'bin', 'fleetgauge');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(command, 0o755);
});
afterAll(async () => {
  await folder?.[Symbol.asyncDispose]();
});

/** What a real bash offers where Tab is pressed after these words. */
async function offered(...words: string[]): Promise<string[]> {
  const quoted = ['fleetgauge', ...words].map((word) => `'${word}'`).join(' ');
  const script = [
    'set -eu',
    'eval "$(fleetgauge completion bash)"',
    'function_name=$(complete -p fleetgauge | sed "s/.*-F \\([^ ]*\\).*/\\1/")',
    `COMP_WORDS=(${quoted})`,
    `COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))`,
    '"$function_name"',
    `printf "%s\\n" "\${COMPREPLY[@]}"`,
  ].join('\n');
  const env = { PATH: `${join(folder.path, 'bin')}:${process.env.PATH}`, FLEETGAUGE_DATA: data };
  const { code, stdout, stderr } = await startProcess('bash', ['-c', script], { env, home: folder.path }).ended;
  expect(code, stderr).toBe(0);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('in a real bash', () => {
  it.each([
    { typed: ['ser'], want: ['server', 'serve'] },
    { typed: ['job', 'wa'], want: ['watch'] },
    { typed: ['server', 'list', '--fi'], want: ['--fields', '--filter'] },
    { typed: ['server', 'list', '-o', 'j'], want: ['json'] },
    { typed: ['--progress', 'p'], want: ['plain'] },
    { typed: ['account', 'test', ''], want: ['pay-prod'] },
    { typed: ['collect', '--account', 'pay'], want: ['pay-prod'] },
    { typed: ['server', 'list', '--region', ''], want: ['us-west-2'] },
    { typed: ['job', 'show', ''], want: ['1'] },
    { typed: ['server', 'show', 'api-0745'], want: ['api-0745'] },
    { typed: ['completion', ''], want: ['bash', 'zsh', 'fish', 'pwsh'] },
    { typed: ['no-such-command', ''], want: [] },
  ])('$typed', async ({ typed, want }) => {
    expect((await offered(...typed)).toSorted()).toEqual(want.toSorted());
  });

  it('looks where --data says', async () => {
    const other = join(folder.path, 'other');
    expect(await offered('--data', other, 'account', 'test', '')).toEqual([]);
    expect(await offered('--data', data, 'account', 'test', '')).toEqual(['pay-prod']);
  });

  it('looks where --database says', async () => {
    const nowhere = ['--database', 'postgres://127.0.0.1:9/none?a=b', 'account', 'test', ''];
    expect(await offered(...nowhere)).toEqual([]);
    expect(await offered(`--database=${nowhere[1]}`, ...nowhere.slice(2))).toEqual([]);
  });
});

/** What a shell is offered there. */
async function candidates(...words: string[]): Promise<string[]> {
  const { stdout } = await runCli(['__complete', '--', ...words, ''], { home: folder.path });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

/** The commands that help tells of, below these words. */
async function commandsOfHelp(...words: string[]): Promise<string[]> {
  const { stdout } = await runCli([...words, '--help'], { home: folder.path });
  const chapter = /^Commands:\n((?: .*\n)+)/m.exec(stdout)?.[1] ?? '';
  // What goes on in a further line is indented deeper.
  const names = [...chapter.matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name.split('|')[0] ?? '');
  return names.filter((name) => name !== 'help');
}

it('knows every command that help tells of', async () => {
  const told = await commandsOfHelp();
  expect(told).toContain('completion');
  expect(await candidates()).toEqual(told);
});

it.each(['account', 'job', 'user', 'user api-key'])('knows every command of %s that help tells of', async (words) => {
  const told = await commandsOfHelp(...words.split(' '));
  expect(told).toContain('list');
  expect(await candidates(...words.split(' '))).toEqual(told);
});

it('is a script that bash can read', async () => {
  const { stdout } = await runCli(['completion', 'bash'], { home: folder.path });
  const file = join(folder.path, 'completion.bash');
  await writeFile(file, stdout);
  expect(await startProcess('bash', ['-n', file], { home: folder.path }).ended).toMatchObject({ code: 0, stderr: '' });
});

describe.each(['zsh', 'fish'])('in %s', (shell) => {
  const path = (process.env.PATH ?? '')
    .split(':')
    .map((place) => join(place, shell))
    .find(existsSync);
  const isLacking = lacks({ path, reason: `${shell} is not on this machine. Get it: apt-get install ${shell}` });

  it.skipIf(isLacking)('is a script that it can read', async () => {
    const { stdout } = await runCli(['completion', shell], { home: folder.path });
    const file = join(folder.path, `completion.${shell}`);
    await writeFile(file, stdout);
    expect(await startProcess(shell, ['-n', file], { home: folder.path }).ended).toMatchObject({ code: 0, stderr: '' });
  });
});
