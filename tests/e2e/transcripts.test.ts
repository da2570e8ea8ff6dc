import { chmod, glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exitCodeMeanings, exitCodes } from '../../src/cli/exit-codes.ts';
import { type DemoCloud, startDemoCloud } from './demo-cloud.ts';
import { runCli, startCli, startProcess } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
import { mostWaitedMs, untilDayHasTime } from './turn-of-day.ts';

/**
 * Every `console` block of the documentation is run, in its order, against the simulated AWS, and has to print what the page says:
 * `…` stands for any text, on a line of its own for any lines; `# exit 3` for another exit code than 0. Runs of blanks and tabs
 * are alike, as a terminal aligns what a pipe gets with tabs.
 */
interface Step {
  readonly command: string;
  readonly code: number;
  readonly printed: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let folder: TemporaryFolder;
let cloud: DemoCloud;
beforeAll(async () => {
  // What is told of the last days is of those that were collected.
  await untilDayHasTime();
  folder = await temporaryFolder('transcripts');
  cloud = await startDemoCloud(folder.path);
  await mkdir(join(folder.path, 'bin'));
  const command = join(folder.path, 'bin', 'fleetgauge');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(command, 0o755);
}, mostWaitedMs + 180_000);
afterAll(async () => {
  await cloud?.stop();
  await folder?.[Symbol.asyncDispose]();
});

function stepsOf(page: string): Step[] {
  return [...page.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...printed] = text.split('\n');
        const code = Number(/# exit (\d+)$/.exec(command)?.[1] ?? 0);
        return { command, code, printed: printed.join('\n') };
      }),
  );
}

/** As a reader would, in a shell, with what it prints in one place. */
async function run(command: string, home: string): Promise<{ code: number | null; printed: string }> {
  const file = join(home, 'printed');
  const env = {
    ...cloud.accounts[0],
    PATH: `${join(folder.path, 'bin')}:${process.env.PATH}`,
    FLEETGAUGE_DATA: join(home, 'data'),
  };
  const script = `cd '${join(home, 'work')}' && { ${command.replace(/ +# exit \d+$/, '')}\n} > '${file}' 2>&1`;
  const { code } = await startProcess('bash', ['-c', script], { env, home }).ended;
  return { code, printed: await readFile(file, 'utf8') };
}

function patternOf(printed: string): RegExp {
  const lines = tidy(printed)
    .split('\n')
    .map((line) => (line.trim() === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(literal).join('.*?')}\\n`));
  return new RegExp(`^${lines.join('')}$`);
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Blanks at the beginning of a line, too, may be those of a number that is shown as `…`. */
function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/[ \t]+/g, ' ').trim())
    .join('\n')
    .trimEnd();
}

const pages = (await Array.fromAsync(glob(['README.md', 'docs/**/*.md'], { cwd: root }))).toSorted();
const transcripts = (
  await Promise.all(pages.map(async (page) => ({ page, steps: stepsOf(await readFile(join(root, page), 'utf8')) })))
).filter(({ steps }) => steps.length > 0);

it('finds transcripts', () => {
  expect(transcripts.map(({ page }) => page)).toContain('docs/cli.md');
});

describe.each(transcripts)('$page', ({ page, steps }) => {
  const homeOf = () => join(folder.path, page.replaceAll('/', '-'));
  beforeAll(() => mkdir(join(homeOf(), 'work'), { recursive: true }));

  // In their order, since later commands find what earlier ones stored.
  it.each(steps)('$command', async ({ command, code, printed }) => {
    const result = await run(command, homeOf());
    expect(`${tidy(result.printed)}\n`, result.printed).toMatch(patternOf(printed));
    expect(result.code).toBe(code);
  });
});

describe('the exit codes', () => {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  const table = names.map((name) => [exitCodes[name], exitCodeMeanings[name]]);

  it('are those of the documentation', async () => {
    const page = await readFile(join(root, 'docs/cli.md'), 'utf8');
    const chapter = /^## Exit codes\n(.*?)^## /ms.exec(page)?.[1] ?? '';
    const rows = [...chapter.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
    expect(rows).toEqual(table);
  });

  it('are those of --help', async () => {
    const { stdout } = await runCli(['--help'], { home: folder.path });
    for (const [code, meaning] of table)
      expect(stdout).toMatch(new RegExp(`^ +${code}  ${literal(String(meaning))}$`, 'm'));
  });
});

it('ends with 124 where --timeout is over, and with 0 where it is not', async () => {
  const slow = ['demo-cloud', 'aws', '--port', '0'];
  expect(await runCli([...slow, '--timeout', '1500ms'], { home: folder.path })).toMatchObject({
    code: exitCodes.timeout,
    stderr: expect.stringContaining('--timeout'),
  });
  expect(await runCli(['version', '--timeout', '1h'], { home: folder.path })).toMatchObject({ code: 0, stderr: '' });
});

it('says nothing with -q, where it serves', async () => {
  const place = ['--data', join(folder.path, 'quiet')];
  const server = startCli([...place, '-q', 'serve', '--port', '0'], { home: folder.path });
  await vi.waitFor(
    async () => expect((await runCli([...place, 'status'], { home: folder.path })).code).toBe(0),
    150_000,
  );
  expect(await server.stop()).toMatchObject({ code: 0, stdout: '', stderr: '' });
});
