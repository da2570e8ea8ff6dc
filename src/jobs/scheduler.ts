import { CollectError, reportOf } from '#model/errors.ts';
import { outcomeOf, recordAudit } from '#platform/audit/audit.ts';
import { usualRun } from '#platform/collection/settings.ts';
import type { Schedule } from '#store/schedules.ts';
import { PluginOptions, RunOptions, scheduledRun } from './options.ts';
import { savedAccounts } from './saved-targets.ts';
import { nextRun } from './schedule-times.ts';
import { type StartContext, startJob, type WithJob } from './start-job.ts';
import { startPluginJob } from './start-plugin-job.ts';

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
  const byPlugin = PluginOptions.safeParse(options);
  if (byPlugin.success) return (await vault.store.tasks.open({ accounts: [byPlugin.data.plugin] })).length > 0;
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
    const along: WithJob = async (tx, job) => {
      await tx.schedules.ran(schedule, { job: job.id }, now());
      await recordAudit(tx, { ...began(schedule), target: String(job.id), outcome: 'ok' }, now());
    };
    const byPlugin = PluginOptions.safeParse(schedule.options);
    if (byPlugin.success) await startPluginJob(byPlugin.data, context, along);
    else await startJob(scheduledRun(schedule.options, await usualRun(store.settings)), context, along);
  } catch (caught) {
    const error = CollectError.from(caught);
    // Busy, begun by another process, or not to be stored now: the lease runs out, and it is tried again.
    if (error.code === 'conflict' || error.code === 'cancelled') return;
    context.report(error);
    if (error.code === 'store_failed') return;
    const outcome = outcomeOf(error) ?? 'failed';
    const noted = store.transaction(async (tx) => {
      await tx.schedules.ran(schedule, { error: reportOf(error) }, now());
      await recordAudit(tx, { ...began(schedule), outcome, detail: { code: error.code } }, now());
    });
    await noted.catch((failed: unknown) => context.report(CollectError.from(failed)));
  }
}

function began({ name }: Schedule) {
  return { actor: `schedule ${name}`, action: 'job.start' } as const;
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
