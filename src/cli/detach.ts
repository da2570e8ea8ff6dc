import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { runningServer } from '#store/lock.ts';
import { makeDataFolder } from '#store/open.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const logFile = 'server.log';
const lookMs = 100;

/**
 * Starts this command line anew as a process of its own, without a terminal, and waits until its server is ready.
 *
 * @param folder of the server's data, where its log will be
 * @returns where it listens
 * @throws CollectError `unavailable` where it ends before that
 */
export async function startDetached(args: readonly string[], folder: string): Promise<string> {
  await makeDataFolder(folder);
  const log = join(folder, logFile);
  const file = await open(log, 'w', 0o600);
  const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
    detached: true,
    stdio: ['ignore', file.fd, file.fd],
  });
  await file.close();
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  child.once('error', () => ended.abort());
  while (!ended.signal.aborted) {
    const server = await runningServer(folder);
    if (server?.pid === child.pid && server?.url.startsWith('http')) {
      child.unref();
      return server.url;
    }
    await systemClock.sleep(lookMs, ended.signal).catch(() => {});
  }
  throw new CollectError('unavailable', 'the server has not begun', { where: log, fix: 'its log says why' });
}
