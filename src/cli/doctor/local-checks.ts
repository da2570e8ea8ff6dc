import { chmod, readdir, stat, statfs, unlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CollectError } from '#model/errors.ts';
import { isKeyGiven } from '#platform/secret/master-key.ts';
import { runningServer } from '#store/lock.ts';
import { openStore, storeFile } from '#store/open.ts';
import { consolePort } from '../console-place.ts';
import type { DataPlace } from '../open-data.ts';
import type { Check } from './check.ts';

const oldestNode = [22, 18] as const;
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
  const keys = await keyFilesIn(folder);
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

export interface StoreFindings {
  readonly checks: readonly Check[];
  /** Nothing is kept, what is kept can be opened with all that belongs to it, or it cannot. */
  readonly holds: 'nothing' | 'data' | 'trouble';
}

/** Opens it as every command does, and so brings its schema up to date; makes none. */
export async function checkStore(place: DataPlace): Promise<StoreFindings> {
  const file = join(place.folder, storeFile);
  const size = await sizeOf(file);
  if (place.database === undefined && size === undefined)
    return { holds: 'nothing', checks: [{ name: 'store', state: 'ok', message: 'empty' }] };
  try {
    await using store = await open(place);
    const { stored, known } = await store.schema();
    const servers = await store.count();
    const where = place.database === undefined ? `${file}, ${((size ?? 0) / giga).toFixed(2)} GB` : 'PostgreSQL';
    const message = `${where}, schema ${stored}, ${servers} records`;
    if (stored > known) return troubleWith({ message: `${message}: a newer fleetgauge wrote it`, fix: 'use that one' });
    const checks: Check[] = [{ name: 'store', state: 'ok', message }];
    if (place.database === undefined) checks.push(await checkDisk(place.folder, size ?? 0));
    if (await hasKey(place.folder)) return { holds: 'data', checks };
    const fix = `bring back ${join(place.folder, 'master.key')}, or FLEETGAUGE_MASTER_KEY; without it, no secret opens`;
    return {
      holds: 'trouble',
      checks: [...checks, { name: 'key', state: 'warning', message: 'none is here that would open secrets', fix }],
    };
  } catch (caught) {
    return troubleWith(CollectError.from(caught));
  }
}

function troubleWith({ message, fix }: Pick<CollectError, 'message' | 'fix'>): StoreFindings {
  const check: Check = { name: 'store', state: 'problem', message, ...(fix === undefined ? {} : { fix }) };
  return { holds: 'trouble', checks: [check] };
}

async function hasKey(folder: string): Promise<boolean> {
  return isKeyGiven(process.env) || (await keyFilesIn(folder)).length > 0;
}

async function keyFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /^master(-\d+)?\.key$/.test(name)).toSorted();
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

export interface ServerFindings {
  readonly check: Check;
  /** Where the one of this data folder listens. */
  readonly url?: string;
}

const noServer: ServerFindings = {
  check: { name: 'server', state: 'ok', message: 'none runs on this data folder' },
};

/** A server that was killed leaves its name behind; whoever has the lock is asked of the operating system. */
export async function checkServer({ folder, database }: DataPlace): Promise<ServerFindings> {
  const info = join(folder, 'server.json');
  if (database !== undefined || (await stat(folder).catch(() => undefined)) === undefined) return noServer;
  const running = await runningServer(folder);
  if (running !== undefined) {
    const { url, pid } = running;
    return { check: { name: 'server', state: 'ok', message: `runs at ${url}, pid ${pid}` }, url };
  }
  if ((await stat(info).catch(() => undefined)) === undefined) return noServer;
  const message = `${info} is of a server that was killed`;
  return { check: { name: 'server', state: 'warning', message, fix: `rm ${info}`, mend: () => unlink(info) } };
}

/** @param ours where the server of this data folder listens */
export async function checkPort(ours: string | undefined, port = consolePort): Promise<Check> {
  if (ours !== undefined && URL.parse(ours)?.port === String(port))
    return { name: 'port', state: 'ok', message: `${port} is ours` };
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
