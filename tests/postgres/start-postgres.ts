import { spawn, spawnSync } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/**
 * Starts a PostgreSQL of its own, with real fsync, in a folder that is gone afterwards; and tells the suites of it by
 * `FLEETGAUGE_TEST_DATABASE`. One that is set already is used as it is.
 *
 * @throws Error where there is none on this machine
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.FLEETGAUGE_TEST_DATABASE !== undefined) return undefined;
  const cluster = await startCluster();
  process.env.FLEETGAUGE_TEST_DATABASE = cluster.url;
  return cluster.stop;
}

async function startCluster() {
  const bin = await binFolder();
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-postgres-'));
  const user = await unprivileged(folder);
  const data = join(folder, 'data');
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'fleetgauge', '-A', 'trust', '-E', 'UTF8'], user);
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'max_connections=300',
  ];
  const server = spawn(join(bin, 'postgres'), args, { ...user, stdio: 'ignore' });
  const url = `postgres://fleetgauge@127.0.0.1:${port}/postgres`;
  await answers(url);
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
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

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** PostgreSQL says nothing when it is up: it is asked until it answers. */
async function answers(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (caught) {
      if (tries === 100) throw caught;
      await delay(100);
    }
  }
}
