import type { Command } from 'commander';
import { systemClock } from '#collect/clock.ts';
import type { RunPlan } from '#jobs/plan-run.ts';
import { retryJob, startJob } from '#jobs/start-job.ts';
import { runWorker } from '#jobs/worker.ts';
import type { Job } from '#store/jobs.ts';
import { runningServer } from '#store/lock.ts';
import { agreeTo, type ConsentFlags } from '../consent.ts';
import { describePlan } from '../describe-plan.ts';
import { exitCodeOfJob } from '../exit-code-of-job.ts';
import { type Interrupt, onInterrupt } from '../interrupt.ts';
import { type Data, type DataPlace, dataPlace, openData } from '../open-data.ts';
import { parseId } from '../parse-id.ts';
import { addOverBudget, addRunFlags } from '../run-flags.ts';
import { type SavedRunFlags, savedRunOptions } from '../saved-run.ts';
import { note } from '../say.ts';
import { openWork, type WorkContext } from '../work-context.ts';

interface WaitFlag {
  readonly wait?: boolean;
}

interface RetryFlags extends WaitFlag {
  readonly yes?: boolean;
  readonly overBudget?: boolean;
}

/** How soon a waiting command sees that a job has ended. */
const lookMs = 500;
const tasksAtOnce = 6;

/** Adds to `fleetgauge job` what begins and ends runs that workers do. */
export function addJobControlCommands(job: Command): void {
  const start = addOverBudget(addRunFlags(job.command('start')))
    .description('plan saved accounts, and leave the run to the workers')
    .option(
      '--account <name>',
      'a saved account; may be given again. All of them where absent',
      (name: string, before: string[]) => [...before, name],
      [],
    )
    .option('--wait', 'until it has ended');
  start.action((flags: SavedRunFlags & WaitFlag) => startOne(flags, start));
  const retry = addOverBudget(job.command('retry'))
    .description('do again what failed of a run, or was not done; leaves it to the workers')
    .argument('<id>', 'its number', parseId)
    .option('-y, --yes', 'agree to the plan of what could not be planned before')
    .option('--wait', 'until it has ended');
  retry.action((id: number, flags: RetryFlags) => retryOne(id, flags, retry));
  const cancel = job
    .command('cancel')
    .description('end a run, wherever it runs: what is in flight is finished and stored')
    .argument('<id>', 'its number', parseId);
  cancel.action((id: number) => cancelOne(id, cancel));
}

async function startOne(flags: SavedRunFlags & WaitFlag, command: Command): Promise<void> {
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

async function cancelOne(id: number, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await data.store.jobs.adoptInterrupted(Date.now());
  const { state } = await data.store.jobs.cancel(id, Date.now());
  const what = state === 'RUNNING' ? 'is being ended' : `has ended: ${state.toLowerCase()}`;
  note(`Job ${id} ${what}`);
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
  const over = new AbortController();
  const stopping = AbortSignal.any([interrupt.stopping, over.signal]);
  const worked = isAlone
    ? runWorker({ ...work, stopping, signal: interrupt.signal, clock: systemClock, atOnce: tasksAtOnce })
    : undefined;
  let { job } = await store.jobs.get(id);
  while (job.state === 'RUNNING' && !stopping.aborted) {
    await systemClock.sleep(lookMs, stopping).catch(() => {});
    job = (await store.jobs.get(id)).job;
  }
  over.abort();
  await worked;
  const { created, updated, unchanged, failed } = job.counts;
  note(
    `Job ${id}: ${job.state.toLowerCase()} · ${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} failed`,
  );
  process.exitCode = exitCodeOfJob(job);
}
