import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import type { JobId } from '../../src/store/jobs.ts';
import { type Place, startFleetgauge, startWorker } from './fleetgauge.ts';
import { openSite, patiently, type Site, type SiteOptions } from './site.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import { serversPerAccount } from './world.ts';

let site: Site;
afterEach(async () => {
  await site?.[Symbol.asyncDispose]();
});

const whole = {
  state: 'SUCCESS',
  counts: { servers: serversPerAccount, created: serversPerAccount, updated: 0, unchanged: 0, failed: 0 },
};

async function open(options: Partial<SiteOptions> = {}): Promise<Site> {
  site = await openSite({ accounts: 1, latencyMs: 100, ...options });
  return site;
}

/** The same place, by way of another port. */
function by(port: number, place: Place): Place {
  const url = new URL(place.database);
  url.port = String(port);
  return { ...place, database: url.href };
}

async function askedForMetrics({ cloud }: Site): Promise<void> {
  while ((await cloud.asked('GetMetricData')).length === 0) await delay(20);
}

async function tasksOf({ store }: Site, job: JobId) {
  return (await patiently(() => store.jobs.get(job))).tasks;
}

it('ends a run as it should where every answer of the database takes a tenth of a second', async () => {
  const { place, cluster, startJob, ended } = await open();
  const proxy = await startTcpProxy(cluster.port, 50);
  const worker = await startWorker(by(proxy.port, place), 3);
  const job = await startJob(0);
  expect(await ended(job.id, 120_000)).toMatchObject(whole);
  await worker.stop();
  await proxy.close();
});

it('takes the tasks of a worker that cannot reach the database, and refuses what that one writes late', async () => {
  const { place, cluster, startJob, ended } = await open({ latencyMs: 400 });
  const proxy = await startTcpProxy(cluster.port, 0);
  const cut = await startWorker(by(proxy.port, place), 3);
  const job = await startJob(0);
  await askedForMetrics(site);
  proxy.stall();
  const other = await startWorker(place, 3);
  expect(await ended(job.id, 60_000)).toMatchObject(whole);
  const before = await tasksOf(site, job.id);
  expect(before.map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
  proxy.goOn();
  await cut.saw(/another worker has taken this task over/);
  expect(await tasksOf(site, job.id)).toEqual(before);
  expect((await site.store.jobs.get(job.id)).job).toMatchObject(whole);
  // The one that was cut off is of use again.
  await other.stop();
  const next = await startJob(0);
  expect(await ended(next.id, 60_000)).toMatchObject({ state: 'SUCCESS', counts: { unchanged: serversPerAccount } });
  await cut.stop();
  await proxy.close();
});

it('comes through a storm of connections, and says what is wrong meanwhile', async () => {
  const { place, cluster, startJob, ended } = await open({ latencyMs: 300, settings: { max_connections: '40' } });
  const worker = await startWorker(place, 3);
  const job = await startJob(0);
  await askedForMetrics(site);
  const storm = await fillConnections(cluster.url);
  const refused = await startFleetgauge(place, 'job', 'list').ended;
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('PostgreSQL has no connection left') });
  await delay(3_000);
  await Promise.all(storm.map((client) => client.end()));
  expect(await ended(job.id, 60_000)).toMatchObject(whole);
  expect((await startFleetgauge(place, 'job', 'list').ended).code).toBe(0);
  await worker.stop();
});

/** Takes all connections that are left, and holds them. */
async function fillConnections(url: string): Promise<pg.Client[]> {
  const held: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client(url);
    client.on('error', () => {});
    try {
      await client.connect();
      held.push(client);
    } catch {
      if (held.length > 0) return held;
    }
  }
}

it('waits while the disk of the database is full, says so, and goes on by itself', async () => {
  const { place, cluster, store, startJob, ended } = await open();
  const folder = join(cluster.folder, 'small');
  await mkdir(folder);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0777', 'tmpfs', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    process.stderr.write(`NOT TRIED  a full disk: nothing small can be mounted here (${mounted.stderr.trim()})\n`);
    return;
  }
  try {
    const owner = await stat(cluster.folder);
    const own = join(folder, 'space');
    await mkdir(own);
    spawnSync('chown', [`${owner.uid}:${owner.gid}`, own]);
    await chmod(own, 0o700);
    await runSql(
      cluster.url,
      `CREATE TABLESPACE small LOCATION '${own}'`,
      'ALTER TABLE resource_doc SET TABLESPACE small',
    );
    const ballast = join(folder, 'ballast');
    await writeFile(ballast, Buffer.alloc(8 * 1024 * 1024)).catch(() => {});
    const worker = await startWorker(place, 3);
    const job = await startJob(0);
    await worker.saw(/is ready/);
    await untilTold(site, job.id, 'the disk of PostgreSQL is full');
    expect(await store.inventory.count()).toBe(0);
    expect((await store.jobs.get(job.id)).job.state).toBe('RUNNING');
    await rm(ballast);
    expect(await ended(job.id, 90_000)).toMatchObject(whole);
    await worker.stop();
    await runSql(cluster.url, 'ALTER TABLE resource_doc SET TABLESPACE pg_default', 'DROP TABLESPACE small');
  } finally {
    spawnSync('umount', ['-l', folder]);
  }
});

async function runSql(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Until a task says why it does not get on. */
async function untilTold(at: Site, job: JobId, what: string): Promise<void> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await delay(200)) {
    const tasks = await tasksOf(at, job);
    if (tasks.some(({ state, error }) => state === 'PENDING' && error?.message.includes(what))) return;
  }
  throw new Error(`no task says '${what}': ${JSON.stringify(await tasksOf(at, job))}`);
}
