import { CollectError, reportOf } from '#model/errors.ts';
import type { Schedule } from '#store/schedules.ts';
import { RunOptions } from './options.ts';
import { savedAccounts } from './saved-targets.ts';
import { nextRun } from './schedule-times.ts';
import { type StartContext, startJob } from './start-job.ts';

/** How long a run may stay in preparation by a process that is not heard of. */
const leaseMs = 15_000;

export interface SchedulerContext extends StartContext {
  /** Told of each run that could not be begun; the next one may. */
  readonly report: (error: CollectError) => void;
}

/**
 * Begins the runs that are due. Any number of processes may do so at once: each run is begun by one of them. Where another run
 * is reading its accounts, a schedule stays due until that has ended.
 */
export async function runDueSchedules(context: SchedulerContext): Promise<void> {
  const { store, now } = context.vault;
  for (const schedule of await store.schedules.list()) {
    if (context.signal.aborted) return;
    const next = nextRun(schedule, now());
    if (next === undefined || next > now() || (await isBusy(schedule, context))) continue;
    const until = now() + leaseMs;
    if (await store.schedules.lease(schedule, until, now())) await runLeased(schedule, until, context);
  }
}

async function isBusy({ options }: Schedule, { vault }: SchedulerContext): Promise<boolean> {
  const { accounts } = RunOptions.parse(options);
  // A saved account that is gone is the run's to tell.
  const saved = await savedAccounts(vault.store, accounts).catch(() => []);
  const open = await vault.store.tasks.open({ sources: saved.map(({ name }) => name) });
  return open.length > 0;
}

async function runLeased(schedule: Schedule, until: number, context: SchedulerContext): Promise<void> {
  const { store, now } = context.vault;
  using _lease = renewing(schedule, until, context);
  try {
    await startJob(RunOptions.parse(schedule.options), context, (tx, job) =>
      tx.schedules.ran(schedule, { job: job.id }, now()),
    );
  } catch (caught) {
    const error = CollectError.from(caught);
    // Busy, begun by another process, or not to be stored now: the lease runs out, and it is tried again.
    if (error.code === 'conflict' || error.code === 'store_failed' || error.code === 'cancelled') return;
    context.report(error);
    await store.schedules.ran(schedule, { error: reportOf(error) }, now()).catch((failed: unknown) => {
      context.report(CollectError.from(failed));
    });
  }
}

/** Keeps a lease while this process lives and works on it. */
function renewing(schedule: Schedule, until: number, { vault }: SchedulerContext): Disposable {
  let held = until;
  const renew = async () => {
    const longer = vault.now() + leaseMs;
    if (await vault.store.schedules.lease(schedule, longer, vault.now(), held)) held = longer;
  };
  const timer = setInterval(() => void renew().catch(() => {}), leaseMs / 3);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
