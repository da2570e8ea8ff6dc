import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Job, JobId } from '../../src/store/jobs.ts';
import type { RunningCli } from '../e2e/run-cli.ts';
import type { Cluster } from '../postgres/cluster.ts';
import { type Place, startFleetgauge, startWorker as startWorkerAt } from './fleetgauge.ts';
import { type FullDisk, fillSmallDisk, forbidGrowth } from './full-disk.ts';
import { openSite, patiently, type Site } from './site.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { accountOf, serversPerAccount } from './world.ts';

const tests = 5;

let site: Site;
/** Each try of a test reads one that none has read before. */
let account = -1;

beforeAll(async () => {
  site = await openSite({ accounts: 2 * tests, latencyMs: 0, settings: { max_connections: '40' } });
});
beforeEach(() => {
  account++;
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

const whole = {
  state: 'SUCCESS',
  counts: { servers: serversPerAccount, created: serversPerAccount, updated: 0, unchanged: 0, failed: 0 },
};

/** The same place, by way of another port. */
function by(port: number, place: Place): Place {
  const url = new URL(place.database);
  url.port = String(port);
  return { ...place, database: url.href };
}

/** Gone by the end of the test, however that ends, so that the next one has its tasks to itself. */
async function startWorker(place: Place): Promise<RunningCli> {
  const worker = await startWorkerAt(place, 3);
  onTestFinished(async () => {
    await worker.stop();
  });
  return worker;
}

async function startProxy(latencyMs: number): Promise<TcpProxy> {
  const proxy = await startTcpProxy(site.cluster.port, latencyMs);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** A run of this test, whose tasks nobody takes after it. */
async function startJob(): Promise<Job> {
  const job = await site.startJob(account);
  onTestFinished(async () => {
    await patiently(() => site.store.jobs.cancel(job.id, Date.now()));
  });
  return job;
}

async function askedForMetrics(): Promise<void> {
  const { id } = accountOf(account);
  const hasAsked = async () => (await site.cloud.asked('GetMetricData')).some((row) => row.account === id);
  while (!(await hasAsked())) await delay(20);
}

async function tasksOf(job: JobId) {
  return (await patiently(() => site.store.jobs.get(job))).tasks;
}

it('ends a run as it should where every answer of the database takes a tenth of a second', async () => {
  const { place, cloud, ended } = site;
  await cloud.answersIn(50);
  const proxy = await startProxy(50);
  await startWorker(by(proxy.port, place));
  const job = await startJob();
  expect(await ended(job.id, 120_000)).toMatchObject(whole);
});

it('takes the tasks of a worker that cannot reach the database, and refuses what that one writes late', async () => {
  const { place, cloud, ended, store } = site;
  await cloud.answersIn(400);
  const proxy = await startProxy(0);
  const cut = await startWorker(by(proxy.port, place));
  const job = await startJob();
  await askedForMetrics();
  proxy.stall();
  const other = await startWorker(place);
  expect(await ended(job.id, 60_000)).toMatchObject(whole);
  const before = await tasksOf(job.id);
  expect(before.map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
  proxy.goOn();
  await cut.saw(/another worker has taken this task over/);
  expect(await tasksOf(job.id)).toEqual(before);
  expect((await store.jobs.get(job.id)).job).toMatchObject(whole);
  // The one that was cut off is of use again.
  await other.stop();
  await cloud.answersIn(0);
  const next = await startJob();
  expect(await ended(next.id, 60_000)).toMatchObject({ state: 'SUCCESS', counts: { unchanged: serversPerAccount } });
});

it('comes through a storm of connections, and says what is wrong meanwhile', async () => {
  const { place, cloud, cluster, ended } = site;
  await cloud.answersIn(300);
  await startWorker(place);
  const job = await startJob();
  await askedForMetrics();
  const storm = await fillConnections(cluster.url);
  const goAway = () => Promise.all(storm.splice(0).map((client) => client.end()));
  onTestFinished(async () => {
    await goAway();
  });
  const refused = await startFleetgauge(place, 'job', 'list').ended;
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('PostgreSQL has no connection left') });
  await delay(2_000);
  await goAway();
  expect(await ended(job.id, 60_000)).toMatchObject(whole);
  expect((await startFleetgauge(place, 'job', 'list').ended).code).toBe(0);
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

interface FullDiskCase {
  readonly name: string;
  readonly fill: (cluster: Cluster) => Promise<FullDisk | undefined>;
  /** By the tasks that do not get on. */
  readonly told: RegExp;
}

it.each<FullDiskCase>([
  { name: 'its disk is full', fill: fillSmallDisk, told: /the disk of PostgreSQL is full/ },
  { name: 'its files may not grow', fill: forbidGrowth, told: /could not extend file .*File too large/ },
])(
  'waits for a database that can store nothing since $name, says so, and goes on by itself',
  async ({ fill, told }) => {
    const { place, cloud, cluster, store, ended } = site;
    await cloud.answersIn(100);
    const disk = await fill(cluster);
    if (disk === undefined) return;
    onTestFinished(() => disk.remove());
    const known = await store.inventory.count();
    await startWorker(place);
    const job = await startJob();
    onTestFinished(() => disk.free());
    await untilTold(job.id, told);
    expect(await store.inventory.count()).toBe(known);
    expect((await store.jobs.get(job.id)).job.state).toBe('RUNNING');
    await disk.free();
    expect(await ended(job.id, 60_000)).toMatchObject(whole);
  },
);

/** Until all tasks say why they do not get on. */
async function untilTold(job: JobId, told: RegExp): Promise<void> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await delay(100)) {
    const tasks = await tasksOf(job);
    if (tasks.every(({ error }) => told.test(error?.message ?? ''))) return;
  }
  throw new Error(`not all tasks say ${told}: ${JSON.stringify(await tasksOf(job))}`);
}
