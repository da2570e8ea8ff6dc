import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { openStore } from '../../src/store/open.ts';
import { server } from '../../src/store/testing/servers.ts';
import { type CliResult, startProcess } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const rows = 20;

/** Runs a command on a terminal, and presses Ctrl-C there once it has shown a text so many times. Ends as the command does. */
const terminal = `
import fcntl, os, pty, struct, sys, termios
text, times, rows, command = sys.argv[1].encode(), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
pid, screen = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, 100, 0, 0))
    os.execv(command[0], command)
shown, pressed = b'', False
while True:
    try:
        part = os.read(screen, 65536)
    except OSError:
        break
    if not part:
        break
    shown += part
    if not pressed and shown.count(text) >= times:
        os.write(screen, b'\\x03')
        pressed = True
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
`;

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clear = '\u001b[H\u001b[2J';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('terminal');
  const store = await openStore({ folder: join(folder.path, 'data') });
  const writes = Array.from({ length: 40 }, (_, at) => ({ record: server(`i-${at}`, { name: `web-${at}` }) }));
  await store.inventory.put(writes, Date.now());
  await store.close();
});
afterAll(() => folder?.[Symbol.asyncDispose]());

/** @param until what it shows when Ctrl-C is pressed, and how many times */
function onTerminal(args: readonly string[], until: { readonly text: string; readonly times: number }) {
  const command = [process.execPath, main, '--data', join(folder.path, 'data'), ...args];
  const words = ['-c', terminal, until.text, String(until.times), String(rows), ...command];
  return startProcess('python3', words, { home: folder.path }).ended;
}

/** What was on the screen, round by round, but for the keys that were pressed. */
function roundsOf({ stdout }: CliResult): string[] {
  expect(stdout.startsWith(hideCursor)).toBe(true);
  expect(stdout.endsWith(showCursor)).toBe(true);
  return stdout.slice(hideCursor.length, -showCursor.length).replaceAll('^C', '').split(clear).slice(1);
}

describe('on a terminal', () => {
  it('-w shows a list again in the place of the last one, until Ctrl-C', async () => {
    const ended = await onTerminal(['provider', 'list', '-w', '50ms', '--fields', 'id'], { text: 'azure', times: 3 });
    expect(ended.code, ended.stdout).toBe(exitCodes.interrupted);
    const [first = '', ...others] = roundsOf(ended);
    expect(first).toMatch(/^ID *\r\naws *\r\nazure *\r\n/);
    expect(others.length).toBeGreaterThanOrEqual(2);
    for (const other of others.slice(0, -1)) expect(other).toBe(first);
  });

  it('server top goes on by itself, with as many servers as there is room for', async () => {
    const ended = await onTerminal(['server', 'top', '--fields', 'name'], { text: 'of 40', times: 1 });
    expect(ended.code, ended.stdout).toBe(exitCodes.interrupted);
    const [first = ''] = roundsOf(ended);
    expect(first.split('\r\n').filter((line) => line.startsWith('web-'))).toHaveLength(rows - 3);
  });

  it('gives the cursor back where a round fails', async () => {
    const ended = await onTerminal(['server', 'top', '--filter', 'colour:red'], { text: 'never shown', times: 1 });
    expect(ended.code, ended.stdout).toBe(exitCodes.usage);
    expect(ended.stdout.indexOf(showCursor)).toBeGreaterThan(ended.stdout.indexOf(hideCursor));
    expect(ended.stdout).toContain("there is no field 'colour'");
  });

  it('shows once, without a cursor to hide, what nobody asked to be shown again', async () => {
    const ended = await onTerminal(['provider', 'list', '--fields', 'id'], { text: 'never shown', times: 1 });
    expect(ended).toMatchObject({ code: exitCodes.ok, stdout: expect.not.stringContaining('\u001b') });
  });
});
