import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Task } from '../../src/store/jobs.ts';
import { seededRandom } from '../e2e/random.ts';
import type { RunningCli } from '../e2e/run-cli.ts';
import { startServer, startWorker } from './fleetgauge.ts';
import { openSite, optionsOf, patiently, type Site } from './site.ts';
import { accountOf, serversPerAccount } from './world.ts';

const rounds = 30;
/** A run is due in each round, and its account is its own. */
const accounts = rounds;
const dayMs = 86_400_000;

const random = seededRandom();
let site: Site;

beforeAll(async () => {
  site = await openSite({ accounts, latencyMs: 150 });
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

/** A process that is started again whenever it was killed, and must not end by itself. */
class Kept {
  readonly what: string;
  readonly #start: () => Promise<RunningCli>;
  #running: RunningCli | undefined;
  #isKilled = false;

  constructor(what: string, start: () => Promise<RunningCli>) {
    this.what = what;
    this.#start = start;
  }

  async start(): Promise<void> {
    const running = await this.#start();
    this.#running = running;
    this.#isKilled = false;
    void running.ended.then(({ code, stderr }) => {
      if (!this.#isKilled) fellOver.push(`${this.what} ended with ${code}\n${stderr}`);
    });
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#running?.child.kill('SIGKILL');
    await this.#running?.ended;
  }

  async stop(): Promise<void> {
    this.#isKilled = true;
    await this.#running?.stop();
  }
}

const fellOver: string[] = [];

it(`survives ${rounds} kills of servers, workers and PostgreSQL during collection`, async () => {
  const { store, cluster, cloud, place } = site;
  const servers = [1, 2].map((n) => new Kept(`server ${n}`, () => startServer(place)));
  const workers = [1, 2, 3].map((n) => new Kept(`worker ${n}`, () => startWorker(place)));
  const processes = [...servers, ...workers];
  await Promise.all(processes.map((each) => each.start()));

  const ended = new Map<number, Task>();
  const begun = performance.now();
  for (let round = 0; round < rounds; round++) {
    // Due since yesterday: whichever server sees it first plans it and begins it.
    const schedule = { name: `round ${round}`, times: { hours: [0] }, timeZone: 'UTC', options: optionsOf(round) };
    await patiently(() => store.schedules.add(schedule, Date.now() - 2 * dayMs));
    await delay(1_000 + random.next() * 2_500);
    for (const task of await endedTasks(store)) ended.set(task.id, task);
    const victim = [...processes, undefined, undefined][Math.floor(random.next() * (processes.length + 2))];
    process.stderr.write(
      `${((performance.now() - begun) / 1000).toFixed(1)} s  kill ${victim?.what ?? 'PostgreSQL'}\n`,
    );
    if (victim === undefined) {
      await cluster.kill();
      await delay(random.next() * 1_000);
      await cluster.start();
    } else {
      await victim.kill();
      await victim.start();
    }
  }
  const jobs = await allEnded(store);
  process.stderr.write(`all ended after ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
  expect(fellOver).toEqual([]);
  await Promise.all(processes.map((each) => each.stop()));

  // Each run was begun once, and ended well: nothing is missing, nothing counted twice.
  expect(jobs).toHaveLength(rounds);
  for (const { job, tasks } of jobs) {
    expect(job, JSON.stringify({ job, tasks })).toMatchObject({
      state: 'SUCCESS',
      counts: { servers: serversPerAccount, created: serversPerAccount, updated: 0, unchanged: 0, failed: 0 },
    });
  }
  const schedules = await store.schedules.list();
  expect(schedules.map(({ lastJob }) => lastJob).toSorted()).toEqual(jobs.map(({ job }) => job.id).toSorted());
  expect(await store.inventory.count()).toBe(rounds * serversPerAccount);

  // What had ended before a kill was not begun again.
  const tasks = new Map(jobs.flatMap((each) => each.tasks).map((task) => [task.id, task]));
  expect(ended.size).toBeGreaterThan(0);
  for (const [id, { attempt, finishedAt, counts }] of ended) {
    expect(tasks.get(id)).toMatchObject({ attempt, finishedAt, counts });
  }

  // Each call that the cloud answered is in the ledger, where one worker sufficed; never more than the cloud was asked.
  const asked = new Map(
    (await cloud.asked('GetMetricData')).map(({ account, region, calls }) => [`${account} ${region}`, calls]),
  );
  for (const { job, tasks } of jobs) {
    const ledger = (await store.jobs.ledger(job.id)).filter(({ api }) => api === 'cloudwatch:GetMetricData');
    for (const task of tasks) {
      const told = ledger.find(({ region }) => region === task.region)?.calls ?? 0;
      const calls = asked.get(`${task.account} ${task.region}`) ?? 0;
      expect(told).toBeLessThanOrEqual(calls);
      if (task.attempt === 1) expect(told).toBe(calls);
    }
  }
  const attempts = [...tasks.values()].map(({ attempt }) => attempt);
  process.stderr.write(
    `${attempts.filter((n) => n > 1).length} of ${attempts.length} tasks were begun again, ${Math.max(...attempts)} times at most\n`,
  );
  expect(Math.max(...attempts)).toBeGreaterThan(1);

  await expectAllStored();
});

async function endedTasks(store: Site['store']): Promise<Task[]> {
  const jobs = await patiently(() => store.jobs.list({ limit: 100 }));
  const found = await Promise.all(jobs.map(({ id }) => patiently(() => store.jobs.get(id))));
  return found.flatMap(({ tasks }) => tasks).filter(({ state }) => state === 'SUCCESS');
}

async function allEnded(store: Site['store']) {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const jobs = await patiently(() => store.jobs.list({ limit: 100 }));
    const found = await Promise.all(jobs.map(({ id }) => patiently(() => store.jobs.get(id))));
    if (jobs.length >= rounds && jobs.every(({ state }) => state !== 'RUNNING')) return found;
    if (performance.now() > deadline) {
      const open = found.filter(({ job }) => job.state === 'RUNNING');
      throw new Error(`${jobs.length} of ${rounds} begun; not ended: ${JSON.stringify(open)}`);
    }
    await delay(250);
  }
}

/** A second run over everything asks for no metric, and finds nothing new: all that was read is there, as it was read. */
async function expectAllStored(): Promise<void> {
  const before = (await site.cloud.asked('GetMetricData')).reduce((sum, { queries }) => sum + queries, 0);
  const worker = await startWorker(site.place, 6);
  for (let account = 0; account < accounts; account++) {
    const { id } = await site.startJob(account);
    expect(await site.ended(id, 60_000), accountOf(account).name).toMatchObject({
      state: 'SUCCESS',
      counts: { servers: serversPerAccount, created: 0, updated: 0, unchanged: serversPerAccount },
    });
  }
  await worker.stop();
  const after = (await site.cloud.asked('GetMetricData')).reduce((sum, { queries }) => sum + queries, 0);
  expect(after).toBe(before);
}
