import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunOptions } from '../../src/jobs/options.ts';
import type { JobWithTasks, Task } from '../../src/store/jobs.ts';
import { seededRandom } from '../e2e/random.ts';
import { mostWaitedMs, untilDayHasTime } from '../e2e/turn-of-day.ts';
import { startServer, startWorker } from './fleetgauge.ts';
import { Kept } from './kept.ts';
import { patienceMs } from './patience.ts';
import { openSite, optionsOf, patiently, type Site } from './site.ts';
import { accountOf, serversPerAccount } from './world.ts';

const kills = { server: 10, worker: 10, PostgreSQL: 10 } as const;
const rounds = kills.server + kills.worker + kills.PostgreSQL;
/** A run is due in each round, and its account is its own. */
const accounts = rounds;
const dayMs = 86_400_000;
/** The full hour that has just been, which does not come again before tomorrow. */
const hours = [new Date().getUTCHours()];

const random = seededRandom();
let site: Site;

beforeAll(async () => {
  // What one run has read, the other one is not to ask for again.
  await untilDayHasTime();
  site = await openSite({ accounts, latencyMs: 250 });
}, mostWaitedMs + patienceMs);
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

it(`survives ${rounds} kills of servers, workers and PostgreSQL during collection`, async () => {
  const { store, cluster, place } = site;
  const servers = [1, 2].map((n) => new Kept(`server ${n}`, () => startServer(place)));
  const workers = [1, 2, 3].map((n) => new Kept(`worker ${n}`, () => startWorker(place)));
  const processes = [...servers, ...workers];
  const allReady = () => Promise.all(processes.map((each) => each.ready()));
  await allReady();

  const ended = new Map<number, Task>();
  let midway = 0;
  const begun = performance.now();
  const seconds = () => ((performance.now() - begun) / 1000).toFixed(1);
  for (const [round, victim] of dealt().entries()) {
    // Due by now: whichever server sees it first plans it and begins it.
    const schedule = { name: `round ${round}`, times: { hours }, timeZone: 'UTC', options: optionsOf(round) };
    await store.schedules.add(schedule, Date.now() - 2 * dayMs);
    await delay(300 + random.next() * 1_500);
    // Most of them while something is under way, however late a busy machine begins it.
    const jobs = round % 3 === 0 ? await allJobs() : await jobsUnderWay(round + 1);
    const tasks = jobs.flatMap((each) => each.tasks);
    for (const task of tasks) if (task.state === 'SUCCESS') ended.set(task.id, task);
    const running = tasks.filter(({ state }) => state === 'RUNNING').length;
    if (running > 0) midway++;
    const killed = victim === 'PostgreSQL' ? undefined : pick(victim === 'server' ? servers : workers);
    process.stderr.write(`${seconds()} s  kill ${killed?.name ?? victim}, ${running} tasks running\n`);
    if (killed === undefined) {
      await allReady();
      await cluster.kill();
      await delay(random.next() * 1_000);
      await cluster.start();
    } else {
      await killed.kill();
    }
  }
  const jobs = await allEnded();
  process.stderr.write(`all ended after ${seconds()} s\n`);
  await Promise.all(processes.map((each) => each.stop()));
  expect(processes.flatMap(({ lastWords }) => lastWords ?? [])).toEqual([]);
  expect(midway).toBeGreaterThan(rounds / 3);

  await expectOnce(jobs);
  expectKept(ended, jobs);
  await expectTrueLedgers(jobs);
  await expectAllStored();
});

/** Who is killed when, by chance. */
function dealt() {
  const victims = (['server', 'worker', 'PostgreSQL'] as const).flatMap((victim) =>
    Array.from({ length: kills[victim] }, () => ({ victim, at: random.next() })),
  );
  return victims.toSorted((a, b) => a.at - b.at).map(({ victim }) => victim);
}

function pick<T>(among: readonly T[]): T | undefined {
  return among[Math.floor(random.next() * among.length)];
}

async function allJobs(): Promise<JobWithTasks[]> {
  const { store } = site;
  const jobs = await patiently(() => store.jobs.list({ limit: 2 * rounds }));
  return Promise.all(jobs.map(({ id }) => patiently(() => store.jobs.get(id))));
}

/** Once a task runs, or all runs that are due have ended. */
async function jobsUnderWay(due: number): Promise<JobWithTasks[]> {
  for (;;) {
    const jobs = await allJobs();
    const isRunning = jobs.some(({ tasks }) => tasks.some(({ state }) => state === 'RUNNING'));
    if (isRunning || (jobs.length >= due && jobs.every(({ job }) => job.state !== 'RUNNING'))) return jobs;
    await delay(50);
  }
}

async function allEnded(): Promise<JobWithTasks[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const jobs = await allJobs();
    const open = jobs.filter(({ job }) => job.state === 'RUNNING');
    if (jobs.length >= rounds && open.length === 0) return jobs;
    if (performance.now() > deadline) {
      throw new Error(`${jobs.length} of ${rounds} begun; not ended: ${JSON.stringify(open)}`);
    }
    await delay(250);
  }
}

/** Each run was begun once, and ended well: nothing is missing, nothing counted twice. */
async function expectOnce(jobs: readonly JobWithTasks[]): Promise<void> {
  expect(jobs).toHaveLength(rounds);
  for (const { job, tasks } of jobs) {
    expect(job, JSON.stringify({ job, tasks })).toMatchObject({
      state: 'SUCCESS',
      counts: { servers: serversPerAccount, created: serversPerAccount, updated: 0, unchanged: 0, failed: 0 },
    });
  }
  const lastJobs = (await site.store.schedules.list()).map(({ lastJob = 0 }) => lastJob);
  expect(new Set(lastJobs)).toEqual(new Set(jobs.map(({ job }) => job.id)));
  expect(await site.store.inventory.count()).toBe(rounds * serversPerAccount);
}

/** What had ended before a kill was not begun again. */
function expectKept(ended: ReadonlyMap<number, Task>, jobs: readonly JobWithTasks[]): void {
  const tasks = new Map(jobs.flatMap((each) => each.tasks).map((task) => [task.id, task]));
  const attempts = [...tasks.values()].map(({ attempt }) => attempt);
  const again = attempts.filter((attempt) => attempt > 1).length;
  process.stderr.write(
    `${again} of ${attempts.length} tasks were begun again; ${Math.max(...attempts)} attempts at most\n`,
  );
  expect(again).toBeGreaterThan(0);
  expect(ended.size).toBeGreaterThan(0);
  for (const [id, { attempt, finishedAt, counts }] of ended) {
    expect(tasks.get(id)).toMatchObject({ attempt, finishedAt, counts });
  }
}

/** Each call that the cloud answered is in the ledger, where one attempt sufficed; never more than the cloud was asked. */
async function expectTrueLedgers(jobs: readonly JobWithTasks[]): Promise<void> {
  const rows = await site.cloud.asked('GetMetricData');
  const asked = new Map(rows.map(({ account, region, calls }) => [`${account} ${region}`, calls]));
  for (const { job, tasks } of jobs) {
    const ledger = (await site.store.jobs.ledger(job.id)).filter(({ api }) => api === 'cloudwatch:GetMetricData');
    for (const { account, region, attempt } of tasks) {
      const told = ledger.find((line) => line.region === region)?.calls ?? 0;
      const calls = asked.get(`${account} ${region}`) ?? 0;
      expect(told).toBeLessThanOrEqual(calls);
      if (attempt === 1) expect(told).toBe(calls);
    }
  }
}

/** A second run over everything asks for no metric, and finds nothing new: all that was read is there, as it was read. */
async function expectAllStored(): Promise<void> {
  const { cloud, place } = site;
  const queries = async () => (await cloud.asked('GetMetricData')).reduce((sum, row) => sum + row.queries, 0);
  const before = await queries();
  await cloud.answersIn(0);
  const worker = await startWorker(place, 8);
  const names = Array.from({ length: accounts }, (_, number) => accountOf(number).name);
  const { id } = await site.start(RunOptions.parse({ ...optionsOf(0), accounts: names }));
  const servers = accounts * serversPerAccount;
  expect(await site.ended(id)).toMatchObject({
    state: 'SUCCESS',
    counts: { servers, created: 0, updated: 0, unchanged: servers, failed: 0 },
  });
  await worker.stop();
  expect(await queries()).toBe(before);
}
