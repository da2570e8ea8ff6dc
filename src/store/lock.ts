import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { makeDataFolder } from './open.ts';
import { isBusy, storeError } from './sqlite/sqlite-error.ts';

const lockFile = 'server.lock.db';
const infoFile = 'server.json';
/** Longer than `runningServer` of another process holds its shared lock, in milliseconds. */
const lockWaitMs = 1000;

const RunningServer = z.object({ pid: z.number().int(), url: z.string(), since: z.number() });

/** `since` in epoch milliseconds. */
export type RunningServer = z.infer<typeof RunningServer>;

export interface ServerLock {
  /** Tells others where the server is, once it knows its port. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes this process the one server of a data folder, until it releases the lock or ends, however it ends: the lock is
 * an open transaction on a second little database, which the operating system gives up with the process.
 * `server.json` beside it is for messages alone.
 *
 * @param now epoch milliseconds
 * @throws CollectError `conflict` naming the server that has it
 */
export async function lockServer(
  folder: string,
  { url, now = Date.now() }: { readonly url: string; readonly now?: number },
): Promise<ServerLock> {
  await makeDataFolder(folder);
  const database = openLock(folder, lockWaitMs);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (caught) {
    database.close();
    if (!isBusy(caught)) throw storeError(caught, join(folder, lockFile));
    throw await taken(folder);
  }
  const announce = (to: string) => writeInfo(folder, { pid: process.pid, url: to, since: now });
  try {
    await announce(url);
  } catch (caught) {
    database.close();
    throw caught;
  }
  return {
    announce,
    async release() {
      if (!database.isOpen) return;
      await unlink(join(folder, infoFile)).catch(() => undefined);
      database.close();
    },
  };
}

/** The server that has this data folder now; undefined where none is alive. */
export async function runningServer(folder: string): Promise<RunningServer | undefined> {
  const info = await readInfo(folder);
  if (info === undefined) return undefined;
  const database = openLock(folder, 0);
  try {
    database.exec('SELECT count(*) FROM sqlite_schema');
    return undefined;
  } catch (caught) {
    if (isBusy(caught)) return info;
    throw storeError(caught, join(folder, lockFile));
  } finally {
    database.close();
  }
}

function openLock(folder: string, timeout: number): DatabaseSync {
  const path = join(folder, lockFile);
  try {
    return new DatabaseSync(path, { timeout });
  } catch (caught) {
    throw storeError(caught, path);
  }
}

async function taken(folder: string): Promise<CollectError> {
  const info = await readInfo(folder);
  const who = info === undefined ? '' : ` (pid ${info.pid}, ${info.url})`;
  return new CollectError('conflict', `another fleetgauge server${who} uses this data folder`, {
    where: folder,
    fix: `${info === undefined ? 'Use that one' : `Open ${info.url}`}, stop it first, or start this one with another data folder.`,
  });
}

/** In one step, so that a reader never finds half of it. */
async function writeInfo(folder: string, info: RunningServer): Promise<void> {
  const path = join(folder, infoFile);
  const aside = `${path}.${process.pid}`;
  try {
    await writeFile(aside, `${JSON.stringify(info)}\n`, { mode: 0o600 });
    await rename(aside, path);
  } catch (cause) {
    throw new CollectError('store_failed', 'the data folder cannot be written', {
      where: path,
      fix: 'Make the data folder writable for this user, and see that its disk is not full.',
      cause,
    });
  }
}

async function readInfo(folder: string): Promise<RunningServer | undefined> {
  try {
    return RunningServer.parse(JSON.parse(await readFile(join(folder, infoFile), 'utf8')));
  } catch {
    return undefined;
  }
}
