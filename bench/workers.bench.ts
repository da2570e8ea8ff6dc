/**
 * How much sooner a run ends with more workers, where its time is spent in waiting for clouds that take 50 ms to answer: real
 * processes, a real PostgreSQL, one task at a time each. Each task is a region of an account of its own, so that no quota binds
 * before the processors do, which the database and the clouds take their part of: how busy they were is told too.
 * Run: `node bench/workers.bench.ts [workers…]`; 1, 2 and 4 unless told.
 */
import { cpus } from 'node:os';
import { RunOptions } from '../src/jobs/options.ts';
import type { Job } from '../src/store/jobs.ts';
import { startWorker } from '../tests/chaos/fleetgauge.ts';
import { openSite, type Site } from '../tests/chaos/site.ts';
import { accountOf, regions } from '../tests/chaos/world.ts';
import { latencyMs } from './cloud.ts';
import { atLeast, fixed, table } from './show.ts';

const accountsPerRun = 12;
const warmUpAccounts = 1;
const wantedSpeedUp = 3.5;
const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1, 2, 4];

interface Run {
  readonly workers: number;
  readonly tasks: number;
  /** From the beginning of the first task to the end of the last one. */
  readonly seconds: number;
  /** Processors that were busy meanwhile, whoever kept them so. */
  readonly coresBusy: number;
}

/** Accounts that no run has read yet. */
function* freshAccounts(): Generator<string, never> {
  for (let number = 0; ; number++) yield accountOf(number).name;
}

/** Workers that have read a little before: what is measured is how they read, not how they start. */
async function measure(site: Site, workers: number, fresh: Generator<string, never>): Promise<Run> {
  const ready = await Promise.all(Array.from({ length: workers }, () => startWorker(site.place, 1)));
  await ended(site, await startRun(site, warmUpAccounts * workers, fresh));
  const job = await startRun(site, accountsPerRun, fresh);
  const [busyBefore, before] = [busySeconds(), performance.now()];
  await ended(site, job);
  const coresBusy = (1000 * (busySeconds() - busyBefore)) / (performance.now() - before);
  await Promise.all(ready.map((worker) => worker.stop()));
  const { tasks } = await site.store.jobs.get(job.id);
  const firstBegun = Math.min(...tasks.map(({ startedAt = 0 }) => startedAt));
  const lastEnded = Math.max(...tasks.map(({ finishedAt = 0 }) => finishedAt));
  return { workers, tasks: tasks.length, seconds: (lastEnded - firstBegun) / 1000, coresBusy };
}

function startRun(site: Site, count: number, fresh: Generator<string, never>): Promise<Job> {
  const accounts = Array.from({ length: count }, () => fresh.next().value);
  return site.start(RunOptions.parse({ accounts, days: 3, concurrency: 1 }));
}

async function ended(site: Site, { id }: Job): Promise<void> {
  const job = await site.ended(id);
  if (job.state !== 'SUCCESS') throw new Error(`job ${id} ended as ${job.state}`);
}

/** Of all processors, since the machine began. */
function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.nice + times.irq, 0) / 1000;
}

const wantedAccounts = sizes.reduce((sum, workers) => sum + warmUpAccounts * workers + accountsPerRun, 0);
await using site = await openSite({ accounts: wantedAccounts, latencyMs });
const fresh = freshAccounts();
const runs: Run[] = [];
for (const workers of sizes) runs.push(await measure(site, workers, fresh));
const base = runs[0]?.seconds ?? Number.NaN;
const cores = cpus().length;
console.log(
  table([
    [
      `${accountsPerRun} accounts × ${regions.length} regions, ${latencyMs} ms`,
      'seconds',
      'a task',
      'cores busy',
      'speed-up',
    ],
    ...runs.map(({ workers, tasks, seconds, coresBusy }) => [
      `${workers} ${workers === 1 ? 'worker' : 'workers'}`,
      fixed(seconds),
      `${fixed((1000 * seconds * workers) / tasks, 0)} ms`,
      `${fixed(coresBusy)} of ${cores}`,
      `${fixed(base / seconds, 2)} ×`,
    ]),
  ]),
);
const most = runs.find(({ workers }) => workers === 4);
if (most !== undefined) {
  console.log(`1 → 4 workers: ${fixed(base / most.seconds, 2)} ×, ${atLeast(base / most.seconds, wantedSpeedUp)}`);
}
