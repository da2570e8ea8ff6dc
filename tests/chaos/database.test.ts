import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Job, JobId } from '../../src/store/jobs.ts';
import type { RunningCli } from '../e2e/run-cli.ts';
import type { Cluster } from '../postgres/cluster.ts';
import { type Place, startFleetgauge, startWorker as startWorkerAt } from './fleetgauge.ts';
import { type FullDisk, fillSmallDisk, forbidGrowth } from './full-disk.ts';
import { patienceMs } from './patience.ts';
import { openSite, patiently, type Site } from './site.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { serversPerAccount } from './world.ts';

const tests = 5;

let site: Site;
/** Each try of a test reads one that none has read before. */
let account = -1;

beforeAll(async () => {
  site = await openSite({ accounts: 2 * tests, latencyMs: 0, settings: { max_connections: '40' }, holds: true });
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

/** A run whose tasks are all under way, and whose metrics do not come until they are let go. */
async function startHeldJob() {
  const metrics = site.hold('GetMetricData');
  onTestFinished(() => metrics.letGo());
  const job = await startJob();
  const isHeld = async () => metrics.count > 0 && (await tasksOf(job.id)).every(({ state }) => state === 'RUNNING');
  await expect.poll(isHeld, { timeout: patienceMs }).toBe(true);
  return { job, metrics };
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
  expect(await ended(job.id)).toMatchObject(whole);
});

it('takes the tasks of a worker that cannot reach the database, and refuses what that one writes late', async () => {
  const { place, cloud, ended, store } = site;
  await cloud.answersIn(0);
  const proxy = await startProxy(0);
  const cut = await startWorker(by(proxy.port, place));
  const { job, metrics } = await startHeldJob();
  proxy.stall();
  metrics.letGo();
  const other = await startWorker(place);
  expect(await ended(job.id)).toMatchObject(whole);
  const before = await tasksOf(job.id);
  expect(before.map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
  proxy.goOn();
  await cut.saw(/another worker has taken this task over/);
  expect(await tasksOf(job.id)).toEqual(before);
  expect((await store.jobs.get(job.id)).job).toMatchObject(whole);
  // The one that was cut off is of use again.
  await other.stop();
  const next = await startJob();
  expect(await ended(next.id)).toMatchObject({ state: 'SUCCESS', counts: { unchanged: serversPerAccount } });
});

it('comes through a storm of connections, and says what is wrong meanwhile', async () => {
  const { place, cloud, cluster, ended } = site;
  await cloud.answersIn(0);
  await startWorker(place);
  const { job, metrics } = await startHeldJob();
  const storm = await startStorm(cluster.url);
  onTestFinished(() => storm.end());
  metrics.letGo();
  const refused = { code: 1, stderr: expect.stringContaining('PostgreSQL has no connection left') };
  const list = () => startFleetgauge(place, 'job', 'list').ended;
  await expect.poll(list, { timeout: patienceMs }).toMatchObject(refused);
  await storm.end();
  expect(await ended(job.id)).toMatchObject(whole);
  expect((await startFleetgauge(place, 'job', 'list').ended).code).toBe(0);
});

/** Takes all connections that are left, and those that come free, until it ends. */
async function startStorm(url: string): Promise<{ end(): Promise<void> }> {
  const held: pg.Client[] = [];
  const full = Promise.withResolvers<void>();
  let isOver = false;
  const blow = async () => {
    while (!isOver) {
      const client = new pg.Client(url);
      client.on('error', () => {});
      try {
        await client.connect();
        held.push(client);
      } catch {
        full.resolve();
        await delay(10);
      }
    }
  };
  const blown = blow();
  await full.promise;
  return {
    async end() {
      isOver = true;
      await blown;
      await Promise.all(held.splice(0).map((client) => client.end()));
    },
  };
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
    expect(await ended(job.id)).toMatchObject(whole);
  },
);

/** Until all tasks say why they do not get on. */
async function untilTold(job: JobId, told: RegExp): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await delay(100)) {
    const tasks = await tasksOf(job);
    if (tasks.every(({ error }) => told.test(error?.message ?? ''))) return;
  }
  throw new Error(`not all tasks say ${told}: ${JSON.stringify(await tasksOf(job))}`);
}
