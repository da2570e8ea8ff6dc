import { systemClock } from '#collect/clock.ts';
import { forgetOld, type Kept, keptOf } from '#jobs/retention.ts';
import { runDueSchedules } from '#jobs/scheduler.ts';
import type { StartContext } from '#jobs/start-job.ts';
import { runWorker } from '#jobs/worker.ts';
import { CollectError } from '#model/errors.ts';
import { readCollection } from '#platform/collection/settings.ts';
import type { Interrupt } from './interrupt.ts';
import type { Data } from './open-data.ts';
import { openWork, type WorkContext } from './work-context.ts';

/** Between two looks at the schedules. */
const scheduleMs = 5_000;
/** Between two times that what is old is dropped. */
const forgetMs = 6 * 3_600_000;

export interface BackgroundOptions {
  readonly interrupt: Interrupt;
  /** Tasks at once, where this process is the only one that runs them. */
  readonly tasks: number;
  /** Days that were given by options; the others are as they are set. */
  readonly kept?: Partial<Kept>;
}

export interface Background extends AsyncDisposable {
  /** What the server begins runs with. */
  readonly work: StartContext;
}

/**
 * What a server does besides answering, until it is interrupted or this is disposed of: it begins scheduled runs and drops what is old, as any other
 * server of the same store may, and on the embedded store it runs their tasks.
 *
 * @throws CollectError `secret_rejected` where the other processes have another master key
 */
export async function startBackground(
  data: Data,
  { interrupt, tasks, kept = {} }: BackgroundOptions,
): Promise<Background> {
  const over = new AbortController();
  const stopping = AbortSignal.any([interrupt.stopping, over.signal]);
  const work = { ...(await openWork(data, stopping, true)), keptDays: kept.historyDays };
  const running = [runScheduler(work, stopping), runRetention(data, kept, work, stopping)];
  if (data.store.cluster === undefined) {
    running.push(runWorker({ ...work, stopping, signal: interrupt.signal, clock: systemClock, atOnce: tasks }));
  }
  return {
    work,
    async [Symbol.asyncDispose]() {
      over.abort();
      await Promise.all(running);
      await work[Symbol.asyncDispose]();
    },
  };
}

async function runScheduler(work: WorkContext, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    await runDueSchedules(work).catch((caught: unknown) => work.report(CollectError.from(caught)));
    await systemClock.sleep(scheduleMs, stopping).catch(() => {});
  }
}

async function runRetention(
  { store }: Data,
  given: Partial<Kept>,
  { report }: WorkContext,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    const kept = async () => ({ ...keptOf(await readCollection(store.settings)), ...given });
    await kept()
      .then((wanted) => forgetOld(store, wanted, Date.now()))
      .catch((caught: unknown) => report(CollectError.from(caught)));
    await systemClock.sleep(forgetMs, stopping).catch(() => {});
  }
}
