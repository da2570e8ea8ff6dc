import type { CollectedServer } from '#collect/collect-region.ts';
import type { Ledger } from '#collect/ledger.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import type { Statistic } from '#model/statistic.ts';
import { type MergeOutcome, mergeBatch } from '#platform/inventory/inventory.ts';
import { type Counts, noCounts, type Task, type TaskId, type TaskProgress } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { measuredRecord } from './measured-record.ts';
import type { PlannedRegion } from './plan-run.ts';
import type { RegionResult, RunSink } from './run-regions.ts';

export interface StoreSinkContext {
  readonly store: Store;
  readonly tasks: readonly Task[];
  readonly statistics: readonly Statistic[];
  readonly ledger: Ledger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Stores what a run reads: records, days and the task's progress of a batch in one transaction, so that a kill cannot part them. */
export function storeSink({ store, tasks, statistics, ledger, now }: StoreSinkContext): RunSink & { counts(): Counts } {
  const taskOf = (region: PlannedRegion): TaskId => {
    const task = tasks.find(
      (each) =>
        each.account === region.account && each.region === region.region && each.provider === region.target.provider.id,
    );
    if (task === undefined) throw new CollectError('internal', `no task for ${region.account}/${region.region}`);
    return task.id;
  };
  // Tasks that ended before this run took the job up stay as they were.
  const countsOf = new Map<TaskId, Counts>(tasks.map(({ id, counts }) => [id, counts]));

  return {
    counts: () => [...countsOf.values()].reduce(addCounts, noCounts),
    async started(region) {
      countsOf.set(taskOf(region), noCounts);
      await store.jobs.startTask(taskOf(region), now());
    },
    async store(region, batch, soFar) {
      const task = taskOf(region);
      const before = countsOf.get(task) ?? noCounts;
      const counts = await store.transaction(async (tx) => {
        const outcomes = await mergeBatch(
          tx,
          batch.map(({ resource, folded }) => measuredRecord(resource, folded, region.target.provider, statistics)),
          now(),
        );
        await tx.history.write(historyOf(batch, outcomes));
        const merged = addCounts(before, countOutcomes(outcomes, batch));
        await tx.jobs.progressTask(task, { counts: merged, ...progressOf(soFar, region, ledger) });
        return merged;
      });
      countsOf.set(task, counts);
    },
    async ended(region, result) {
      const task = taskOf(region);
      const error = result.error === undefined ? {} : { error: reportOf(result.error) };
      const counts = countsOf.get(task) ?? noCounts;
      await store.jobs.finishTask(
        task,
        { state: result.state, counts, ...progressOf(result, region, ledger), ...error },
        now(),
      );
    },
  };
}

function historyOf(batch: readonly CollectedServer[], outcomes: readonly MergeOutcome[]) {
  return batch.flatMap(({ days }, at) => {
    const outcome = outcomes[at];
    return outcome === undefined || outcome.change === 'failed' || days.size === 0
      ? []
      : [{ resourceId: outcome.id, days }];
  });
}

/** A server counts as failed where it could not be merged or not be read in full, whatever became of its record. */
function countOutcomes(outcomes: readonly MergeOutcome[], batch: readonly CollectedServer[]): Counts {
  const of = (change: MergeOutcome['change']) => outcomes.filter((outcome) => outcome.change === change).length;
  return {
    servers: batch.length,
    created: of('created'),
    updated: of('updated'),
    unchanged: of('unchanged'),
    failed: batch.filter(({ failures }, at) => failures.length > 0 || outcomes[at]?.change === 'failed').length,
  };
}

function progressOf(result: RegionResult, { account, region }: PlannedRegion, ledger: Ledger): TaskProgress {
  return { doneServers: result.servers, failures: result.failures, spent: ledger.spent({ account, region }) };
}

function addCounts(a: Counts, b: Counts): Counts {
  return {
    servers: a.servers + b.servers,
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    failed: a.failed + b.failed,
  };
}
