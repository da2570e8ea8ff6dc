import type { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { Statistic } from '#model/statistic.ts';
import { addCounts, type Counts, noCounts, type Task, type TaskId } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { TaskClaim } from '#store/tasks.ts';
import type { PhaseBook } from './phase-book.ts';
import { PhaseLog } from './phase-log.ts';
import { placeKey } from './place-key.ts';
import type { PlannedRegion } from './plan-run.ts';
import type { RunSink } from './run-regions.ts';
import { TaskWriter } from './task-writer.ts';

export interface StoreSinkContext {
  readonly store: Store;
  readonly tasks: readonly Task[];
  readonly statistics: readonly Statistic[];
  /** Resource types that are read, by id. */
  readonly types: readonly string[];
  /** Whether all that there is of these is read, and not a selection. */
  readonly isWhole: boolean;
  readonly ledger: Ledger;
  /** Who is told of the calls. */
  readonly phases: PhaseBook;
  /** Who runs the tasks. */
  readonly worker: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Stores what a run of many regions reads, task by task. */
export function storeSink(context: StoreSinkContext): RunSink & { counts(): Counts; notePhases(): Promise<void> } {
  const { store, tasks, worker, now } = context;
  const writers = new Map<TaskId, TaskWriter>();
  const open = new Map<TaskClaim, PhaseLog>();

  const byPlace = new Map(tasks.map((task) => [placeKey(task.provider, task.account, task.region), task]));
  const taskOf = ({ target, account, region }: PlannedRegion): Task => {
    const task = byPlace.get(placeKey(target.provider.id, account, region));
    if (task === undefined) throw new CollectError('internal', `no task for ${account}/${region}`);
    return task;
  };
  const begin = async (region: PlannedRegion): Promise<TaskWriter> => {
    const { id } = taskOf(region);
    const claim = await store.tasks.begin(id, worker, now());
    if (claim === undefined) throw new CollectError('conflict', `task ${id} has ended already`);
    const { provider, regions } = region.target;
    const place = { provider, account: region.account, region: region.region, regions };
    const log = new PhaseLog(claim.phases, now);
    context.phases.open(place, log);
    open.set(claim, log);
    const writer = new TaskWriter({ ...context, claim, place, phases: log });
    writers.set(id, writer);
    return writer;
  };

  return {
    // Tasks that ended before this run took the job up stay as they were.
    counts: () => tasks.map(({ id, counts }) => writers.get(id)?.counts ?? counts).reduce(addCounts, noCounts),
    async started(region) {
      await begin(region);
    },
    async store(region, batch, soFar) {
      await writers.get(taskOf(region).id)?.store(batch, soFar);
    },
    async ended(region, result) {
      const writer = writers.get(taskOf(region).id) ?? (await begin(region));
      await writer.end(result);
      for (const claim of open.keys()) if (claim.task === taskOf(region).id) open.delete(claim);
    },
    /** Stores what tasks are busy with that have not ended. */
    async notePhases() {
      for (const [claim, log] of open) await store.tasks.notePhases(claim, log.spans());
    },
  };
}
