import type { Command } from 'commander';
import { systemClock } from '#collect/clock.ts';
import type { RunPlan } from '#jobs/plan-run.ts';
import { retryJob, startJob } from '#jobs/start-job.ts';
import { runWorker } from '#jobs/worker.ts';
import type { Job } from '#store/jobs.ts';
import { runningServer } from '#store/lock.ts';
import { agreeTo, type ConsentFlags } from '../consent.ts';
import { describeOutcome } from '../describe-counts.ts';
import { describePlan } from '../describe-plan.ts';
import { exitCodeOfJob } from '../exit-code-of-job.ts';
import { type Interrupt, onInterrupt } from '../interrupt.ts';
import { type Data, type DataPlace, dataPlace, openData } from '../open-data.ts';
import { parseId } from '../parse-id.ts';
import { collectEach } from '../parse-list.ts';
import { parseUsd } from '../parse-usd.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import type { RemoteFleet } from '../remote/fleet.ts';
import type { SeenJob } from '../remote/rows.ts';
import { addFilter, addOverBudget, addRunFlags } from '../run-flags.ts';
import { type SavedRunFlags, savedRunOptions } from '../saved-run.ts';
import { note } from '../say.ts';
import { untilEnded } from '../until-ended.ts';
import { openWork, type WorkContext } from '../work-context.ts';

interface WaitFlag {
  readonly wait?: boolean;
}

interface RetryFlags extends WaitFlag {
  readonly yes?: boolean;
  /** USD. */
  readonly maxCost?: number;
  readonly overBudget?: boolean;
}

const tasksAtOnce = 6;

/** Adds to `fleetgauge job` what begins and ends runs that workers do. */
export function addJobControlCommands(job: Command): void {
  const start = addFilter(addOverBudget(addRunFlags(job.command('start'))))
    .description('plan saved accounts, and leave the run to the workers')
    .option('--account <name>', 'a saved account; may be given again. All of them where absent', collectEach, [])
    .option('--wait', 'until it has ended');
  start.action((flags: SavedRunFlags & WaitFlag) => startOne(flags, start));
  const retry = addOverBudget(job.command('retry'))
    .description('do again what failed of a run, or was not done; leaves it to the workers')
    .argument('<id>', 'its number', parseId)
    .option('-y, --yes', 'agree to the plan of what could not be planned before')
    .option('--max-cost <usd>', 'agree to it where it cannot cost more; the only way to agree on a server', parseUsd)
    .option('--wait', 'until it has ended');
  retry.action((id: number, flags: RetryFlags) => retryOne(id, flags, retry));
  const cancel = job
    .command('cancel')
    .description('end a run, wherever it runs: what is in flight is finished and stored')
    .argument('<id>', 'its number', parseId);
  cancel.action((id: number) => cancelOne(id, cancel));
}

async function startOne(flags: SavedRunFlags & WaitFlag, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) {
    const { startRemote } = await import('../remote/run.ts');
    const job = await startRemote(remote, flags);
    if (job !== undefined) await finishRemote(remote, job, flags);
    return;
  }
  await withWork(command, async (work, data, place, interrupt) => {
    const options = await savedRunOptions(data.store, flags);
    const job = await startJob(options, {
      ...work,
      overBudget: flags.overBudget,
      agree: (plan) => showAndAgree(plan, flags),
    });
    await finish(job, flags, work, data, place, interrupt);
  });
}

async function retryOne(id: number, flags: RetryFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) {
    const { maxCost, overBudget } = flags;
    const job = await remote.retry(id, {
      ...(maxCost === undefined ? {} : { max_cost: maxCost }),
      ...(overBudget ? { over_budget: true } : {}),
    });
    return finishRemote(remote, job, flags);
  }
  await withWork(command, async (work, data, place, interrupt) => {
    const job = await retryJob(id, {
      ...work,
      overBudget: flags.overBudget,
      agree: (plan) => showAndAgree(plan, flags),
    });
    await finish(job, flags, work, data, place, interrupt);
  });
}

async function showAndAgree(plan: RunPlan, flags: ConsentFlags): Promise<void> {
  note(`${describePlan(plan)}`);
  await agreeTo(plan, flags);
}

async function finishRemote(remote: RemoteFleet, job: SeenJob, { wait }: WaitFlag): Promise<void> {
  process.stdout.write(`${job.id}\n`);
  if (!wait) {
    note(`Job ${job.id} is in the queue.  fleetgauge job show ${job.id}`);
    return;
  }
  const { followRemote } = await import('../remote/run.ts');
  await followRemote(remote, job);
}

async function cancelOne(id: number, command: Command): Promise<void> {
  const { state } = await cancel(id, command);
  const what = state === 'RUNNING' ? 'is being ended' : `has ended: ${state.toLowerCase()}`;
  note(`Job ${id} ${what}`);
}

async function cancel(id: number, command: Command): Promise<Pick<Job, 'state'>> {
  const remote = await askedFleet(command);
  if (remote !== undefined) return remote.cancel(id);
  await using data = await openData(dataPlace(command));
  await data.store.jobs.adoptInterrupted(Date.now());
  return data.store.jobs.cancel(id, Date.now());
}

async function withWork(
  command: Command,
  run: (work: WorkContext, data: Data, place: DataPlace, interrupt: Interrupt) => Promise<void>,
): Promise<void> {
  const place = dataPlace(command);
  await using data = await openData(place);
  using interrupt = onInterrupt(note);
  await using work = await openWork(data, interrupt.stopping, false);
  await run(work, data, place, interrupt);
}

/** On the embedded store, where no server runs, there is nobody else who would do it. */
async function finish(
  { id }: Job,
  { wait }: WaitFlag,
  work: WorkContext,
  { store }: Data,
  { folder }: DataPlace,
  interrupt: Interrupt,
): Promise<void> {
  process.stdout.write(`${id}\n`);
  const isAlone = store.cluster === undefined && (await runningServer(folder)) === undefined;
  if (!wait && !isAlone) {
    note(`Job ${id} is in the queue.  fleetgauge job show ${id}`);
    return;
  }
  const job = await untilEnded(store.jobs, id, {
    stopping: interrupt.stopping,
    work: isAlone
      ? (stopping) =>
          runWorker({ ...work, stopping, signal: interrupt.signal, clock: systemClock, atOnce: tasksAtOnce })
      : undefined,
  });
  note(`Job ${id}: ${describeOutcome(job)}`);
  process.exitCode = exitCodeOfJob(job);
}
