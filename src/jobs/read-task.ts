import type { Clock } from '#collect/clock.ts';
import type { PaceOf } from '#collect/gate.ts';
import { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { Resource } from '#model/resource.ts';
import type { InventoryStore } from '#store/inventory.ts';
import type { Task } from '#store/jobs.ts';
import type { CallRecorder } from './call-recorder.ts';
import { placeOfSelected, selectedIn } from './only-selected.ts';
import { RunOptions, StoredPlan } from './options.ts';
import type { Place } from './plan-run.ts';
import { type RunSink, runRegions } from './run-regions.ts';
import { savedTarget, type Vault } from './saved-targets.ts';
import { type Selection, selectionOf, selectionWithin } from './selection.ts';
import { storedDays } from './stored-days.ts';
import { openAccount, type Target, typesOf } from './targets.ts';
import type { TaskAttempt } from './task-attempt.ts';
import { TaskWriter } from './task-writer.ts';

export interface TaskContext {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly paceOf: PaceOf;
  readonly calls?: CallRecorder | undefined;
  /** Aborted: finish what is in flight, store it, end. */
  readonly stopping: AbortSignal;
  /** Aborted: break off calls too. */
  readonly signal: AbortSignal;
  /** Whether it is the job that is to end, and not only this worker. */
  readonly isCanceled: () => boolean;
}

/**
 * Signs in, reads the region of a task, stores batch by batch what it reads, and how that went.
 *
 * @throws CollectError `cancelled` where this worker was stopped before the region was read; else what kept it from storing
 */
export async function readTask(attempt: TaskAttempt, context: TaskContext): Promise<void> {
  const { vault, clock, paceOf, calls, stopping, signal } = context;
  const { account, region } = attempt.task;
  const options = RunOptions.parse(attempt.job.options);
  const { window } = StoredPlan.parse(attempt.job.plan);
  const target = await targetOf(attempt.task, options, vault);
  const { connection, fleet, selects } = await openAccount(target, account, {
    ledger: attempt.ledger,
    clock,
    paceOf,
    calls,
    phases: {
      steps:
        ({ metricApi }) =>
        ({ api }, from, to) =>
          attempt.phases.step(api === metricApi, from, to),
    },
    signal: AbortSignal.any([signal, stopping]),
  });
  try {
    const wanted = { keys: options.metrics, statistics: options.statistics, window };
    const selection = await selectionAt(vault.store.inventory, options, target, fleet, region);
    const isWanted = (resource: Resource) => selects(resource) && (selection?.has(resource) ?? true);
    const selected = selection && selectedIn(selection, target, fleet, region);
    const place: Place = { target, account, region, outcome: { fleet, selects: isWanted, selected } };
    await runRegions({ wanted, types: options.types }, [place], {
      known: storedDays(vault.store, window),
      sink: sinkOf(attempt, target, options, context),
      concurrency: options.concurrency,
      stopping,
      signal,
      now: clock.now,
    });
  } finally {
    connection.close();
  }
}

/** What of the run's selection lies where this task reads; undefined where the run is not limited. */
async function selectionAt(
  inventory: InventoryStore,
  options: RunOptions,
  target: Target,
  fleet: Fleet,
  region: string,
): Promise<Selection | undefined> {
  const { servers } = options;
  if (servers === undefined) return selectionOf(inventory, options, typesOf([target]));
  return selectionWithin(inventory, servers, placeOfSelected(target, fleet, region));
}

async function targetOf({ source, account, region }: Task, { regions }: RunOptions, vault: Vault): Promise<Target> {
  if (source === undefined) {
    throw new CollectError('not_found', `nobody knows which saved account opens ${account}`, {
      fix: 'start a new run',
    });
  }
  const target = await savedTarget(vault, await vault.store.accounts.get(source), regions);
  return target.provider.regionForm.test(region) ? { ...target, regions: [region] } : target;
}

function sinkOf(
  attempt: TaskAttempt,
  { provider, regions }: Target,
  { statistics, types, servers }: RunOptions,
  { vault, clock, isCanceled }: TaskContext,
): RunSink<Place> {
  const { claim, ledger, phases, task } = attempt;
  const place = { provider, account: task.account, region: task.region, regions };
  const writer = new TaskWriter({
    store: vault.store,
    claim,
    place,
    statistics,
    types,
    isWhole: servers === undefined,
    ledger,
    phases,
    now: clock.now,
  });
  let failure: unknown;
  return {
    started: async () => {},
    async store(_, batch, soFar) {
      try {
        await attempt.charge((along) => writer.store(batch, soFar, along));
      } catch (caught) {
        failure = caught;
        throw caught;
      }
    },
    async ended(_, result) {
      // What the store could not take, or tell of days that it has, is not how the region ended.
      if (failure !== undefined) throw failure;
      if (result.error?.code === 'store_failed') throw result.error;
      if (result.state === 'CANCELED' && !isCanceled()) throw new CollectError('cancelled', 'this worker was stopped');
      await attempt.settle((along) => writer.end(result, along), clock.now());
    },
  };
}
