import type { Clock } from '#collect/clock.ts';
import type { CollectedServer } from '#collect/collect-region.ts';
import type { PaceOf } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import type { Job, LedgerLine, Task } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { TaskClaim, TaskEnd } from '#store/tasks.ts';
import { RunOptions, StoredPlan } from './options.ts';
import type { Place } from './plan-run.ts';
import { type RegionResult, runRegions } from './run-regions.ts';
import { savedTarget, type Vault } from './saved-targets.ts';
import { storedDays } from './stored-days.ts';
import { ledgerSince, storedLedger } from './stored-ledger.ts';
import { openAccount, type Target } from './targets.ts';
import { TaskWriter } from './task-writer.ts';

export interface TaskContext {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly paceOf?: PaceOf;
  /** Aborted: finish what is in flight, store it, end. */
  readonly stopping: AbortSignal;
  /** Aborted: break off calls too. */
  readonly signal: AbortSignal;
  /** Whether it is the job that is to end, and not only this worker. */
  readonly isCanceled: () => boolean;
}

/** What became of a task: it has ended, or is to be run again. */
export type TaskOutcome = 'ended' | 'released';

/** Attempts in a row that store nothing, after which a task has failed. */
const maxFruitless = 20;

/** A task that could not be stored is tried again after a pause that doubles. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Runs a task that was begun: signs in, reads its region, stores batch by batch, and ends the job where it was its last task.
 *
 * @throws CollectError `conflict` where another worker has the task by now, `store_failed` where not even its end could be stored
 */
export async function runTask(claim: TaskClaim, context: TaskContext): Promise<TaskOutcome> {
  const { store } = context.vault;
  try {
    return await attempt(claim, context);
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'conflict') throw error;
    if (error.code !== 'store_failed') return endUnread(claim, { state: 'FAILURE', error: reportOf(error) }, context);
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (claim.fruitless - 1));
    await context.clock.sleep(pauseMs, context.stopping).catch(() => {});
    await store.tasks.release(claim, reportOf(error));
    return 'released';
  }
}

async function attempt(claim: TaskClaim, context: TaskContext): Promise<TaskOutcome> {
  const { task, job } = await context.vault.store.tasks.find(claim.task);
  if (job.state !== 'RUNNING' || job.cancelRequestedAt !== undefined) {
    return endUnread(claim, { state: 'CANCELED' }, context);
  }
  if (claim.fruitless > maxFruitless) throw givenUp(claim);
  const ledger = new Ledger(task.maxUsd === undefined ? undefined : Math.max(0, task.maxUsd - claim.spent.usdAtMost));
  const opened = await open(task, job, ledger, context).catch((caught: unknown) => {
    const error = CollectError.from(caught);
    if (error.code !== 'cancelled') throw error;
  });
  if (opened === undefined) return stopUnread(claim, context);
  try {
    return await read(claim, { task, job, place: opened.place, ledger }, context);
  } finally {
    opened.close();
  }
}

async function open(task: Task, job: Job, ledger: Ledger, { vault, clock, paceOf, signal, stopping }: TaskContext) {
  const { source, account, region } = task;
  if (source === undefined) {
    throw new CollectError('not_found', `nobody knows which saved account opens ${account}`, {
      fix: 'start a new run',
    });
  }
  const options = RunOptions.parse(job.options);
  const saved = await savedTarget(vault, await vault.store.accounts.get(source), options.regions);
  const target: Target = saved.provider.regionForm.test(region) ? { ...saved, regions: [region] } : saved;
  const { connection, fleet, selects } = await openAccount(target, account, {
    ledger,
    clock,
    signal: AbortSignal.any([signal, stopping]),
    ...(paceOf === undefined ? {} : { paceOf }),
  });
  const place: Place = { target, account, region, outcome: { fleet, selects } };
  return { place, close: () => connection.close() };
}

interface Reading {
  readonly task: Task;
  readonly job: Job;
  readonly place: Place;
  readonly ledger: Ledger;
}

async function read(
  claim: TaskClaim,
  { task, job, place, ledger }: Reading,
  { vault, clock, stopping, signal, isCanceled }: TaskContext,
): Promise<TaskOutcome> {
  const { store } = vault;
  const options = RunOptions.parse(job.options);
  const { window } = StoredPlan.parse(job.plan);
  const writer = new TaskWriter({
    store,
    claim,
    place: { provider: place.target.provider, account: task.account, region: task.region },
    statistics: options.statistics,
    ledger,
    now: clock.now,
  });
  let stored: readonly LedgerLine[] = [];
  /** Stores what was spent since, with what was read for it. */
  const withLedger = async (write: (along: (tx: Store) => Promise<void>) => Promise<void>) => {
    const lines = storedLedger(ledger);
    await write((tx) => tx.jobs.addToLedger(job.id, ledgerSince(ledger, stored)));
    stored = lines;
  };
  let failure: unknown;
  let outcome: TaskOutcome = 'ended';
  const sink = {
    started: async () => {},
    store: async (_: Place, batch: readonly CollectedServer[], soFar: RegionResult) => {
      try {
        await withLedger((along) => writer.store(batch, soFar, along));
      } catch (caught) {
        failure = caught;
        throw caught;
      }
    },
    ended: async (_: Place, result: RegionResult) => {
      if (failure !== undefined) throw failure;
      if (result.state === 'CANCELED' && !isCanceled()) {
        await store.tasks.release(claim);
        outcome = 'released';
        return;
      }
      await withLedger((along) =>
        writer.end(result, async (tx) => {
          await along(tx);
          await tx.jobs.settle(job.id, clock.now());
        }),
      );
    },
  };
  const wanted = { keys: options.metrics, statistics: options.statistics, window };
  await runRegions({ wanted, types: options.types }, [place], {
    known: storedDays(store, window),
    sink,
    concurrency: options.concurrency,
    stopping,
    signal,
    now: clock.now,
  });
  return outcome;
}

/** Ends a task of which this attempt has read nothing. */
async function endUnread(claim: TaskClaim, end: TaskEnd, { vault, clock }: TaskContext): Promise<TaskOutcome> {
  await vault.store.transaction(async (tx) => {
    await tx.tasks.end(claim, end, clock.now());
    await tx.jobs.settle(claim.job, clock.now());
  });
  return 'ended';
}

async function stopUnread(claim: TaskClaim, context: TaskContext): Promise<TaskOutcome> {
  if (context.isCanceled()) return endUnread(claim, { state: 'CANCELED' }, context);
  await context.vault.store.tasks.release(claim);
  return 'released';
}

function givenUp({ fruitless, before }: TaskClaim): CollectError {
  const why = before === undefined ? 'its worker died each time' : before.message;
  return new CollectError('unavailable', `given up after ${fruitless - 1} attempts that could store nothing: ${why}`, {
    ...(before?.where === undefined ? {} : { where: before.where }),
    fix: before?.fix ?? 'look at the logs of the workers; then fleetgauge job retry',
  });
}
