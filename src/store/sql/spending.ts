import type { Kysely } from 'kysely';
import { heartbeatLimitMs, isOpen, type Job, type JobStore, type Spending, type Task } from '../jobs.ts';
import { jobOf, taskOf } from './job-row.ts';
import type { SqlSession } from './session.ts';
import type { Tables } from './tables.ts';

type Of = Parameters<JobStore['spending']>[0];

interface Spent {
  readonly usd: number;
  readonly usdAtMost: number;
}

/**
 * A job that its own process runs writes its ledger as it ends, or never where it is killed: then its tasks tell, and its
 * heartbeat, and whichever tells most is believed.
 */
export async function readSpending({ db }: SqlSession, of: Of, now: number): Promise<Spending> {
  const rows = await db
    .selectFrom('job')
    .selectAll()
    .where((eb) =>
      'job' in of ? eb('id', '=', of.job) : eb.and([eb('started_at', '>=', of.from), eb('started_at', '<', of.to)]),
    )
    .execute();
  const jobs = rows.map(jobOf);
  const billed = await billedOf(db, of);
  const tasks = await runningTasks(db);
  let total: Spending = { usd: 0, usdAtMost: 0, heldUsd: 0 };
  for (const job of jobs) {
    const own = tasks.filter((task) => task.job === job.id);
    const spent = mostOf([job.spent, billed.get(job.id), sumOf(own)]);
    const held = isAlive(job, now) ? heldBy(job, own, spent) : 0;
    total = {
      usd: total.usd + spent.usd,
      usdAtMost: total.usdAtMost + spent.usdAtMost,
      heldUsd: total.heldUsd + held,
    };
  }
  return total;
}

/** Workers come back to a job, a process that died does not. */
function isAlive({ state, runsOn, heartbeatAt }: Job, now: number): boolean {
  return state === 'RUNNING' && (runsOn === 'workers' || now - heartbeatAt <= heartbeatLimitMs);
}

/** What its tasks may still spend; what the plan says where nothing holds them. */
function heldBy({ planned }: Job, tasks: readonly Task[], spent: Spent): number {
  const open = tasks.filter(isOpen);
  if (open.some(({ maxUsd }) => maxUsd === undefined)) return Math.max(0, planned.usdAtMost - spent.usdAtMost);
  const left = open.reduce((sum, { maxUsd = 0, spent }) => sum + Math.max(0, maxUsd - spent.usdAtMost), 0);
  const most = tasks.reduce((sum, { maxUsd = 0 }) => sum + maxUsd, 0);
  return Math.min(left, Math.max(0, most - spent.usdAtMost));
}

async function billedOf(db: Kysely<Tables>, of: Of): Promise<ReadonlyMap<number, Spent>> {
  const sums = await db
    .selectFrom('ledger')
    .innerJoin('job', 'job.id', 'ledger.job')
    .select(({ fn }) => [
      'ledger.job',
      fn.sum<number>('ledger.usd').as('usd'),
      fn.sum<number>('ledger.usd_at_most').as('usdAtMost'),
    ])
    .where((eb) =>
      'job' in of
        ? eb('job.id', '=', of.job)
        : eb.and([eb('job.started_at', '>=', of.from), eb('job.started_at', '<', of.to)]),
    )
    .groupBy('ledger.job')
    .execute();
  return new Map(sums.map(({ job, ...spent }) => [job, spent]));
}

async function runningTasks(db: Kysely<Tables>): Promise<readonly Task[]> {
  const rows = await db
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job')
    .selectAll('task')
    .where('job.state', '=', 'RUNNING')
    .execute();
  return rows.map(taskOf);
}

function sumOf(tasks: readonly Task[]): Spent {
  return {
    usd: tasks.reduce((sum, { spent }) => sum + spent.usd, 0),
    usdAtMost: tasks.reduce((sum, { spent }) => sum + spent.usdAtMost, 0),
  };
}

function mostOf(told: readonly (Spent | undefined)[]): Spent {
  return {
    usd: Math.max(0, ...told.map((spent) => spent?.usd ?? 0)),
    usdAtMost: Math.max(0, ...told.map((spent) => spent?.usdAtMost ?? 0)),
  };
}
