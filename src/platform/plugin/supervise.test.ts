import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#collect/clock.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { baseEnv, portEnv } from './child-env.ts';
import { PluginLog, readPluginLog } from './plugin-log.ts';
import { checkHealth } from './readiness.ts';
import { redaction } from './redact.ts';
import { Supervisor } from './supervise.ts';

const script = fileURLToPath(new URL('testing/plugin-process.ts', import.meta.url));
const never = new AbortController().signal;

/** Waits a hundredth of what it is asked to, and remembers. */
function hastyClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  const sleep = (ms: number, signal: AbortSignal) => {
    slept.push(ms);
    return systemClock.sleep(ms / 100, signal);
  };
  return { slept, now: Date.now, sleep, random: () => 0.5 };
}

async function supervise(flags: readonly string[] = [], answerMs = 20_000) {
  const folder = await temporaryFolder();
  const clock = hastyClock();
  const log = new PluginLog(folder, redaction('hunter2-hunter2'), clock.now);
  const supervisor = new Supervisor({
    name: 'test',
    log,
    clock,
    timing: { answerMs, graceMs: 300 },
    start: (port) => ({
      command: process.execPath,
      args: [script, String(port), ...flags],
      env: { ...baseEnv([]), ...portEnv(port), PLUGIN_TEST_SECRET: 'hunter2-hunter2' },
    }),
  });
  onTestFinished(() => supervisor.stop());
  return { supervisor, clock, folder };
}

/** The last number that stands after these words in the log. */
async function numberIn(folder: string, words: string): Promise<number> {
  for (;;) {
    const found = [...(await readPluginLog(folder)).matchAll(new RegExp(`${words} (\\d+)`, 'g'))].at(-1);
    if (found !== undefined) return Number(found[1]);
    await systemClock.sleep(20, never);
  }
}

const portOf = (address: string) => Number(address.split(':')[1]);

it('starts a plugin, hands out where it serves, and stops it', async () => {
  const { supervisor, folder } = await supervise();
  const port = portOf(await supervisor.address());
  await checkHealth(port, 20_000, never);
  await supervisor.stop();
  await expect(checkHealth(port, 1_000, never)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(supervisor.address()).rejects.toMatchObject({ code: 'unavailable', message: /stopped/ });
  expect(await readPluginLog(folder)).toMatch(/started as process .*ready/s);
  expect(supervisor.starts).toBe(1);
});

it('starts one again that was killed', async () => {
  const { supervisor, folder, clock } = await supervise();
  await supervisor.address();
  process.kill(await numberIn(folder, 'process'), 'SIGKILL');
  while (supervisor.starts < 2) await systemClock.sleep(10, never);
  await checkHealth(portOf(await supervisor.address()), 20_000, never);
  expect(await readPluginLog(folder)).toContain('-- signal SIGKILL');
  expect(clock.slept).toContain(500);
});

it('starts one again that hangs', async () => {
  const { supervisor, folder } = await supervise([], 1_000);
  await supervisor.address();
  process.kill(await numberIn(folder, 'process'), 'SIGSTOP');
  while (supervisor.starts < 2) await systemClock.sleep(50, never);
  await checkHealth(portOf(await supervisor.address()), 20_000, never);
  expect(await readPluginLog(folder)).toContain('does not answer');
});

it('gives up one that never starts, tells what it said, and waits longer each time', async () => {
  const { supervisor, folder, clock } = await supervise(['--broken']);
  const failure = await supervisor.address().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'unavailable',
    where: 'test',
    message: expect.stringMatching(
      /5 starts in a row went wrong, the last one by exit code 9; .*cannot start with \*\*\*/,
    ),
    fix: expect.stringContaining('fleetgauge collector log test'),
  });
  expect(clock.slept.filter((ms) => ms >= 500)).toEqual([500, 1_000, 2_000, 4_000]);
  expect(await readPluginLog(folder)).not.toContain('hunter2');
});

it('leaves nothing behind: neither one that ignores SIGTERM nor what it started', async () => {
  const { supervisor, folder } = await supervise(['--stubborn', '--child']);
  await supervisor.address();
  const processes = [await numberIn(folder, 'process'), await numberIn(folder, 'child')];
  await supervisor.stop();
  for (const pid of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('does not wait for what left its group and holds its pipes open', async () => {
  const { supervisor, folder } = await supervise(['--escape']);
  await supervisor.address();
  const escaped = await numberIn(folder, 'escaped');
  onTestFinished(() => {
    process.kill(escaped, 'SIGKILL');
  });
  await supervisor.stop();
  expect(process.kill(escaped, 0)).toBe(true);
});

it('says at once that there is no such program', async () => {
  const clock = hastyClock();
  const log = new PluginLog(await temporaryFolder(), redaction(), clock.now);
  const start = () => ({ command: '/nowhere/plugin', args: [], env: {} });
  const supervisor = new Supervisor({ name: 'test', start, log, clock });
  await expect(supervisor.address()).rejects.toMatchObject({ code: 'not_found', message: /ENOENT/ });
  await supervisor.stop();
});

it('takes a server without gRPC health for ready once it listens', async () => {
  const server = new Server();
  onTestFinished(() => server.forceShutdown());
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  await checkHealth(port, 20_000, never);
});
