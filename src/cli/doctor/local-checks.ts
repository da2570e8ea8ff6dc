import { chmod, readdir, stat, statfs, unlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CollectError } from '#model/errors.ts';
import { runningServer } from '#store/lock.ts';
import { openStore, storeFile } from '#store/open.ts';
import type { DataPlace } from '../open-data.ts';
import type { Check } from './check.ts';

const oldestNode = [22, 18] as const;
const consolePort = 4680;
const giga = 1e9;

export function checkNode(node = process.versions.node): Check {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isNewEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (isNewEnough) return { name: 'node', state: 'ok', message: `Node ${node}` };
  return {
    name: 'node',
    state: 'problem',
    message: `Node ${node}`,
    fix: `install Node ${oldestNode.join('.')} or newer`,
  };
}

/** Folder and keys are for their owner alone. */
export async function checkFiles({ folder }: DataPlace): Promise<Check[]> {
  const info = await stat(folder).catch(() => undefined);
  if (info === undefined) {
    return [{ name: 'data folder', state: 'ok', message: `${folder} is not there yet; the first command makes it` }];
  }
  const keys = (await readdir(folder)).filter((name) => /^master(-\d+)?\.key$/.test(name)).toSorted();
  return [
    await checkRights('data folder', folder, 0o700),
    ...(await Promise.all(keys.map((name) => checkRights('key', join(folder, name), 0o600)))),
  ];
}

async function checkRights(name: string, path: string, mode: number): Promise<Check> {
  const rights = (await stat(path)).mode & 0o777;
  if (process.platform === 'win32' || (rights & 0o077) === 0) return { name, state: 'ok', message: path };
  return {
    name,
    state: name === 'key' ? 'problem' : 'warning',
    message: `${path} is open to other users (${rights.toString(8)})`,
    fix: `chmod ${mode.toString(8)} ${path}`,
    mend: () => chmod(path, mode),
  };
}

/** Opens it as every command does, and so brings its schema up to date. */
export async function checkStore(place: DataPlace): Promise<Check[]> {
  const file = join(place.folder, storeFile);
  const size = await sizeOf(file);
  if (place.database === undefined && size === undefined) {
    return [{ name: 'store', state: 'ok', message: 'empty' }];
  }
  try {
    await using store = await open(place);
    const { stored, known } = await store.schema();
    const servers = await store.count();
    const where = place.database === undefined ? `${file}, ${((size ?? 0) / giga).toFixed(2)} GB` : 'PostgreSQL';
    const message = `${where}, schema ${stored}, ${servers} records`;
    const checks: Check[] =
      stored > known
        ? [{ name: 'store', state: 'problem', message: `${message}: a newer fleetgauge wrote it`, fix: 'use that one' }]
        : [{ name: 'store', state: 'ok', message }];
    return place.database === undefined ? [...checks, await checkDisk(place.folder, size ?? 0)] : checks;
  } catch (caught) {
    const { message, fix } = CollectError.from(caught);
    return [{ name: 'store', state: 'problem', message, ...(fix === undefined ? {} : { fix }) }];
  }
}

async function open(place: DataPlace) {
  const store = await openStore(place);
  return {
    schema: () => store.schema(),
    count: () => store.inventory.count(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}

/** A backup or a migration needs as much again. */
async function checkDisk(folder: string, size: number): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const message = `${(free / giga).toFixed(1)} GB free`;
  if (free < giga / 10)
    return { name: 'disk', state: 'problem', message, fix: 'free some: nothing can be stored soon' };
  if (free < Math.max(giga, size)) return { name: 'disk', state: 'warning', message, fix: 'a backup would not fit' };
  return { name: 'disk', state: 'ok', message };
}

/** A server that was killed leaves its name behind; whoever has the lock is asked of the operating system. */
export async function checkServer({ folder, database }: DataPlace): Promise<Check> {
  const info = join(folder, 'server.json');
  if (database !== undefined || (await stat(folder).catch(() => undefined)) === undefined)
    return { name: 'server', state: 'ok', message: 'none runs on this data folder' };
  const running = await runningServer(folder);
  if (running !== undefined)
    return { name: 'server', state: 'ok', message: `runs at ${running.url}, pid ${running.pid}` };
  if ((await stat(info).catch(() => undefined)) === undefined)
    return { name: 'server', state: 'ok', message: 'none runs on this data folder' };
  return {
    name: 'server',
    state: 'warning',
    message: `${info} is of a server that was killed`,
    fix: `rm ${info}`,
    mend: () => unlink(info),
  };
}

export async function checkPort(server: Check, port = consolePort): Promise<Check> {
  if (server.message.includes(`:${port},`)) return { name: 'port', state: 'ok', message: `${port} is ours` };
  const isFree = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
  if (isFree) return { name: 'port', state: 'ok', message: `${port} is free` };
  return {
    name: 'port',
    state: 'warning',
    message: `${port} is taken by another program`,
    fix: 'fleetgauge up takes a free one by itself, or --port',
  };
}
