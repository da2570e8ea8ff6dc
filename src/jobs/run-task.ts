import { CollectError, reportOf } from '#model/errors.ts';
import type { TaskClaim } from '#store/tasks.ts';
import { PluginOptions } from './options.ts';
import { readPluginTask } from './read-plugin-task.ts';
import { readTask, type TaskContext } from './read-task.ts';
import { TaskAttempt } from './task-attempt.ts';

/** What became of a task: it has ended, or is to be run again. */
export type TaskOutcome = 'ended' | 'released';

/** Attempts in a row that store nothing, after which a task has failed. */
const maxFruitless = 20;

/** A task that could not be stored is tried again after a pause that doubles. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Runs a task that was begun: reads its region, stores what it reads, and ends the job where it was its last task.
 *
 * @throws CollectError `conflict` where another worker has the task by now, `store_failed` where not even its end could be stored
 */
export async function runTask(claim: TaskClaim, context: TaskContext): Promise<TaskOutcome> {
  const { vault, clock } = context;
  const attempt = new TaskAttempt(vault.store, claim, await vault.store.tasks.find(claim.task), clock.now);
  try {
    if (attempt.isOver) await attempt.end({ state: 'CANCELED' }, clock.now());
    else if (claim.fruitless > maxFruitless) throw givenUp(claim);
    else await readNoting(attempt, context);
    return 'ended';
  } catch (caught) {
    return goOut(attempt, CollectError.from(caught), context);
  }
}

/** How often what a task is busy with is stored while it stores nothing else. */
const noteMs = 2_000;

async function readNoting(attempt: TaskAttempt, context: TaskContext): Promise<void> {
  // What could not be noted is noted the next time, or as the task ends.
  const timer = setInterval(() => void attempt.notePhases().catch(() => {}), noteMs);
  try {
    const byPlugin = PluginOptions.safeParse(attempt.job.options);
    if (byPlugin.success) await readPluginTask(attempt, byPlugin.data, context);
    else await readTask(attempt, context);
  } finally {
    clearInterval(timer);
  }
}

/** What an error means for the task that it broke off. @throws CollectError the same one where the task is another worker's */
async function goOut(
  attempt: TaskAttempt,
  error: CollectError,
  { clock, stopping, isCanceled }: TaskContext,
): Promise<TaskOutcome> {
  const { code } = error;
  if (code === 'conflict' && (await attempt.isLost())) throw error;
  if (code === 'conflict' || code === 'store_failed') {
    await clock.sleep(pauseMs(attempt.claim), stopping).catch(() => {});
    await attempt.release(error);
    return 'released';
  }
  if (code === 'cancelled' && !isCanceled()) {
    await attempt.release();
    return 'released';
  }
  await attempt.end(
    code === 'cancelled' ? { state: 'CANCELED' } : { state: 'FAILURE', error: reportOf(error) },
    clock.now(),
  );
  return 'ended';
}

function pauseMs({ fruitless }: TaskClaim): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (fruitless - 1));
}

function givenUp({ fruitless, before }: TaskClaim): CollectError {
  const why = before === undefined ? 'its worker died each time' : before.message;
  return new CollectError('unavailable', `given up after ${fruitless - 1} attempts that could store nothing: ${why}`, {
    ...(before?.where === undefined ? {} : { where: before.where }),
    fix: before?.fix ?? 'look at the logs of the workers; then fleetgauge job retry',
  });
}
