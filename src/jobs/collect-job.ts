import type { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import { addCosts } from '#model/fleet.ts';
import { allowAgain, allowRun } from '#platform/budget/guard.ts';
import {
  type FinalJobState,
  heartbeatLimitMs,
  isOpen,
  type Job,
  type JobWithTasks,
  stateOfTasks,
} from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { both } from './both.ts';
import type { RunOptions } from './options.ts';
import { PhaseBook } from './phase-book.ts';
import { optionsOf, type RunPlan } from './plan-run.ts';
import { type RegionResult, type RunSink, runRegions } from './run-regions.ts';
import { shareOf } from './share-of.ts';
import { storeSink } from './store-sink.ts';
import { storedDays } from './stored-days.ts';
import { storedLedger } from './stored-ledger.ts';
import { unreadResults, unreadTasks } from './unread-tasks.ts';
import { watchForCancel } from './watch-for-cancel.ts';
import { worthRunning } from './worth-running.ts';

export interface JobContext {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly demo: boolean;
  readonly options: RunOptions;
  /** An admin lets the run pass the budget. */
  readonly overBudget?: boolean | undefined;
  /** Who is told of the run's calls; where absent, what its tasks are busy with is not known in detail. */
  readonly phases?: PhaseBook;
  /** Gets what the store got, after it is stored. */
  readonly observer: RunSink;
  /** Aborted: finish what is in flight, store it, end. */
  readonly stopping: AbortSignal;
  /** Aborted: break off calls too. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface JobOutcome {
  readonly job: Job;
  readonly results: readonly RegionResult[];
}

const heartbeatMs = heartbeatLimitMs / 6;

/**
 * Runs an agreed plan as a job: what is read is stored batch by batch, so that a run that is cut short loses nothing that it
 * reported, and its `resume` asks only for the rest.
 *
 * @param resumed the job to go on with, where it is not a new one
 * @throws CollectError `conflict` where another run is reading one of these accounts
 */
export async function runJob(plan: RunPlan, context: JobContext, resumed?: Job): Promise<JobOutcome> {
  const { store, ledger, options, observer, stopping, signal, now } = context;
  // A region that has lost its servers since the run began still has a task to end.
  const regions = resumed === undefined ? await worthRunning(store, plan) : plan.regions;
  const { job, tasks } = await store.transaction(async (tx) => {
    await tx.jobs.takeTurn();
    await refuseSecondRun(tx, plan, now());
    return resumed === undefined ? createJob(tx, { ...plan, regions }, context) : resumeJob(tx, resumed, context);
  });
  const worker = `process ${process.pid}`;
  const { phases = new PhaseBook() } = context;
  const { statistics, types } = options;
  const isWhole = plan.selection === undefined;
  const sink = storeSink({ store, tasks, statistics, types, isWhole, ledger, phases, worker, now });
  const soFar = () => ({ counts: sink.counts(), spent: addCosts([job.spent, ledger.spent()]) });
  const beat = async () => {
    await store.jobs.heartbeat(job.id, now(), soFar());
    await sink.notePhases();
  };
  const pulse = setInterval(() => void beat().catch(() => {}), heartbeatMs);
  using cancel = watchForCancel(store, job.id);
  let results: RegionResult[] = [];
  let state: FinalJobState = 'FAILURE';
  try {
    results = await runRegions(plan, regions, {
      known: storedDays(store, plan.wanted.window),
      sink: both(sink, observer),
      concurrency: options.concurrency,
      stopping: AbortSignal.any([stopping, cancel.requested]),
      signal,
      now,
    });
    state = stateOfTasks((await store.jobs.get(job.id)).tasks);
  } finally {
    clearInterval(pulse);
    await store.transaction(async (tx) => {
      await tx.jobs.addToLedger(job.id, storedLedger(ledger));
      await tx.jobs.finish(job.id, { state, ...soFar() }, now());
    });
  }
  return { job: (await store.jobs.get(job.id)).job, results: [...results, ...unreadResults(plan.unopened)] };
}

/** @throws CollectError `conflict` where another run is reading one of these accounts: both would pay for the same days */
export async function refuseSecondRun(store: Store, plan: RunPlan, now: number): Promise<void> {
  await store.jobs.adoptInterrupted(now);
  await refuseBusy(store, [...new Set(plan.regions.map(({ account }) => account))]);
}

/** @throws CollectError `conflict` where a run is reading one of these accounts */
export async function refuseBusy(store: Store, accounts: readonly string[]): Promise<void> {
  const [shared] = await store.tasks.open({ accounts });
  if (shared === undefined) return;
  const { job } = await store.tasks.find(shared.id);
  const who = job.runsOn === 'workers' ? 'on workers' : `process ${job.ownerPid}`;
  throw new CollectError('conflict', `job ${job.id} is reading account ${shared.account} now (${who})`, {
    fix: `wait for it (fleetgauge job show ${job.id}), or stop it: fleetgauge job cancel ${job.id}; if its process was killed, try again in ${heartbeatLimitMs / 1000} s`,
  });
}

async function createJob(store: Store, plan: RunPlan, context: JobContext): Promise<JobWithTasks> {
  const { demo, overBudget, now } = context;
  const options = optionsOf(context.options, plan);
  const { maxCost } = options;
  const maxUsd = demo ? maxCost : await allowRun(store, { cost: plan.cost, maxCost, overBudget }, now());
  if (maxUsd !== undefined) context.ledger.limit(maxUsd);
  const tasks = plan.regions.map((planned) => {
    const { target, account, region, outcome } = planned;
    return {
      provider: target.provider.id,
      account,
      region,
      plannedServers: 'estimate' in outcome ? outcome.estimate.servers : 0,
      source: target.name,
      ...(maxUsd === undefined ? {} : { maxUsd: shareOf(planned, plan, plan.regions.length) * maxUsd }),
    };
  });
  const { servers, cost, seconds, wanted } = plan;
  return store.jobs.create(
    {
      demo,
      options,
      plan: { servers, seconds, window: wanted.window },
      planned: cost,
      ownerPid: process.pid,
      tasks: [...tasks, ...unreadTasks(plan.unopened)],
    },
    now(),
  );
}

/** @throws CollectError `budget_exceeded`, `conflict` where the budget does not let the rest of it run */
async function resumeJob(store: Store, job: Job, { demo, overBudget, ledger, now }: JobContext): Promise<JobWithTasks> {
  const resumed = await store.jobs.resume(job.id, process.pid, now());
  if (demo || overBudget) return resumed;
  await allowAgain(store, job, now());
  const open = resumed.tasks.filter(isOpen);
  const isHeld = open.every(({ maxUsd }) => maxUsd !== undefined);
  if (isHeld) ledger.limit((await store.jobs.spending({ job: job.id }, now())).heldUsd);
  return resumed;
}
