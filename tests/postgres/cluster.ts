import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL of its own, with real fsync unless it is told otherwise, in a folder that is gone afterwards. */
export interface Cluster {
  readonly url: string;
  readonly port: number;
  /** Owned by the user that PostgreSQL runs as. */
  readonly folder: string;
  /** SIGKILL to the server and, by that, to all that belongs to it. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after a kill, on the same port; resolves when it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error where there is no PostgreSQL on this machine */
export async function startCluster(settings: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const bin = await binFolder();
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-postgres-'));
  const user = await unprivileged(folder);
  const data = join(folder, 'data');
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'fleetgauge', '-A', 'trust', '-E', 'UTF8'], user);
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const flags = Object.entries({ listen_addresses: '127.0.0.1', max_connections: '300', ...settings });
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const url = `postgres://fleetgauge@127.0.0.1:${port}/postgres`;
  let server: ChildProcess;
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  const start = async () => {
    // The children of a server that was killed take a moment to notice; until then it does not start.
    for (let tries = 0; ; tries++) {
      server = spawn(join(bin, 'postgres'), args, { ...user, stdio: 'ignore' });
      const hasEnded = once(server, 'exit').then(() => false);
      if (await Promise.race([hasEnded, answers(url)])) return;
      if (tries === 300) throw new Error('PostgreSQL does not start');
      await delay(100);
    }
  };
  await start();
  return {
    url,
    port,
    folder,
    kill: () => end('SIGKILL'),
    start,
    stop: async () => {
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function binFolder(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error('PostgreSQL is not on this machine. Get it: apt-get install postgresql');
  return join('/usr/lib/postgresql', newest, 'bin');
}

/** PostgreSQL refuses to run as root: there it gets the user that its package made, and the folder. */
async function unprivileged(folder: string): Promise<{ uid?: number; gid?: number; encoding: 'utf8' }> {
  if (process.getuid?.() !== 0) return { encoding: 'utf8' };
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [id('-u'), id('-g')];
  await chown(folder, uid, gid);
  return { uid, gid, encoding: 'utf8' };
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** PostgreSQL says nothing when it is up: it is asked until it answers. */
async function answers(url: string): Promise<true> {
  for (let tries = 0; ; tries++) {
    const client = new pg.Client(url);
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch (caught) {
      if (tries === 2_000) throw caught;
      await delay(100);
    }
  }
}
