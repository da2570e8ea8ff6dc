import { systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { isOpen } from '#store/jobs.ts';
import { agreeTo } from '../consent.ts';
import { describeOutcome } from '../describe-counts.ts';
import { describeExcess, describeSpent } from '../describe-spent.ts';
import { exitCodeOfJob } from '../exit-code-of-job.ts';
import { following } from '../following.ts';
import { onInterrupt } from '../interrupt.ts';
import type { SavedRunFlags } from '../saved-run.ts';
import { note, progressForm } from '../say.ts';
import type { RemoteFleet, SeenRun } from './fleet.ts';
import { patiently } from './patience.ts';
import { describeBudgetReply, describePlanReply, runBody } from './plan.ts';
import { costOf, type SeenJob, type SeenTask } from './rows.ts';

const lookMs = 500;

/** Shows the plan of a server, asks for consent, and has it begin the run; undefined where the plan alone was wanted. */
export async function startRemote(
  remote: RemoteFleet,
  flags: SavedRunFlags & { readonly dryRun?: boolean },
): Promise<SeenJob | undefined> {
  const body = runBody(flags);
  const { data: plan } = await remote.plan(body);
  note(describePlanReply(plan, body));
  note(describeBudgetReply(plan));
  const { refusal } = plan.budget;
  if (refusal !== null && !flags.overBudget) throw new CollectError(refusal.code, refusal.message, refusal);
  if (flags.dryRun) return undefined;
  await agreeTo({ cost: costOf(plan.cost) }, flags);
  return remote.start({
    ...body,
    max_cost: flags.maxCost ?? roundedUp(plan.cost.usd_at_most),
    ...(flags.overBudget ? { over_budget: true } : {}),
  });
}

/** The same prices in another order add up to another last digit. */
function roundedUp(usd: number): number {
  return Math.ceil(usd * 1e6) / 1e6;
}

/** Tells of a run elsewhere until it has ended, and ends as it did. Ctrl-C ends the telling, not the run. */
export async function followRemote(remote: RemoteFleet, { id }: SeenJob): Promise<void> {
  using interrupt = onInterrupt(() => {});
  const { stopping } = interrupt;
  const told = new Set<number>();
  await following(id, stopping, async () => {
    for (;;) {
      const { data: run } = await patiently(() => remote.job(id, stopping), stopping);
      for (const task of run.tasks) {
        if (isOpen(task) || told.has(task.id)) continue;
        told.add(task.id);
        tellTask(task);
      }
      if (run.job.state !== 'RUNNING') return tellEnd(run);
      await systemClock.sleep(lookMs, stopping);
    }
  });
}

function tellTask({ account, region, state, counts, error }: SeenTask): void {
  const form = progressForm();
  if (form === 'none') return;
  const { servers, failed } = counts;
  if (form === 'json') {
    const end = {
      event: 'region_ended',
      account,
      region,
      state: state.toLowerCase(),
      servers,
      failed,
      error: error?.message ?? null,
    };
    process.stderr.write(`${JSON.stringify(end)}\n`);
  } else {
    const why = error === null ? '' : `  ${error.message}`;
    note(`  ${state.toLowerCase()}  ${account} ${region}  ${servers}${failed > 0 ? `, ${failed} failed` : ''}${why}`);
  }
}

function tellEnd({ job, ledger }: SeenRun): void {
  const retried = ledger.reduce((calls, line) => calls + line.retried, 0);
  const spending = { planned: job.planned, spent: job.spent, retried };
  note([`Job ${job.id}: ${describeOutcome(job)}`, describeSpent(spending), ...describeExcess(spending)].join('\n'));
  if (job.counts.failed > 0) note(`Next   fleetgauge job show ${job.id}, then fleetgauge job retry ${job.id}`);
  process.exitCode = exitCodeOfJob(job);
}
