import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { addCommands, createProgram } from '../../src/cli/program.ts';
import { startDemoCloud } from './demo-cloud.ts';
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
});

it('knows every command that help tells of', async () => {
  const { stdout } = await runCli(['__complete', '--', ''], { home: folder.path });
  const names = stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0]]));
  expect(names).toEqual(commands.map(({ name }) => name));
});

describe('every command', () => {
  it.each(commands)('$name is what its entry says', async ({ name, description }) => {
    const program = createProgram();
    await addCommands(program, name);
    expect(program.commands.map((command) => command.name())).toEqual([name]);
    expect(program.commands[0]?.description()).toBe(description);
  });
});

it.each([
  { shell: 'zsh', check: ['zsh', '-n'] },
  { shell: 'fish', check: ['fish', '-n'] },
  { shell: 'bash', check: ['bash', '-n'] },
])('the script for $shell is one, where there is such a shell', async ({ shell, check: [command = '', flag = ''] }) => {
  const { stdout } = await runCli(['completion', shell], { home: folder.path });
  const file = join(folder.path, `completion.${shell}`);
  await writeFile(file, stdout);
  const { code } = await startProcess(
    'sh',
    ['-c', `! command -v ${command} >/dev/null || ${command} ${flag} '${file}'`],
    {
      home: folder.path,
    },
  ).ended;
  expect({ code, stdout: stdout.includes('__complete') }).toEqual({ code: 0, stdout: true });
});
