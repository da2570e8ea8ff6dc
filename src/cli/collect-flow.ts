import { Ledger } from '#collect/ledger.ts';
import { recordCalls } from '#jobs/call-recorder.ts';
import { runJob } from '#jobs/collect-job.ts';
import { meantServers } from '#jobs/only-selected.ts';
import type { RunOptions } from '#jobs/options.ts';
import { PhaseBook } from '#jobs/phase-book.ts';
import { planRun, type RunPlan, refuseUnread } from '#jobs/plan-run.ts';
import { selectionOf } from '#jobs/selection.ts';
import { storedDays } from '#jobs/stored-days.ts';
import { closeAll, connectAll, type Target, typesOf } from '#jobs/targets.ts';
import type { DayRange } from '#model/window.ts';
import { refusalOf } from '#platform/budget/guard.ts';
import { monthStanding } from '#platform/budget/month.ts';
import type { Job, Task } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { describeBudget } from './describe-budget.ts';
import { describeOutcome } from './describe-counts.ts';
import { describePlan } from './describe-plan.ts';
import { describeSummary, resultOfTask, type ToldResult } from './describe-run.ts';
import type { Interrupt } from './interrupt.ts';
import { createProgress } from './progress.ts';
import { note } from './say.ts';

export interface CollectFlow {
  readonly store: Store;
  readonly targets: readonly Target[];
  readonly options: RunOptions;
  readonly window: DayRange;
  readonly demo: boolean;
  readonly interrupt: Interrupt;
  /** An admin lets the run pass the budget. */
  readonly overBudget?: boolean | undefined;
  /** Asked once the plan is shown. Throws where the answer is no; false ends the flow there. */
  readonly agree: (plan: RunPlan) => Promise<boolean>;
  /** The job to go on with, and those of its tasks that are left. */
  readonly resumed?: { readonly job: Job; readonly tasks: readonly Task[] };
}

interface CollectOutcome {
  readonly job: Job;
  /** Of all of the job, what had ended before it was resumed among it. */
  readonly results: readonly ToldResult[];
}

/** Sign in, plan, agree, read and store, with everything shown on stderr. Undefined where the plan was not run. */
export async function collectInto(flow: CollectFlow): Promise<CollectOutcome | undefined> {
  const { store, targets, options, window, demo, interrupt, resumed, overBudget } = flow;
  const ledger = new Ledger(options.maxCost);
  const selection = await selectionOf(store.inventory, options, typesOf(targets));
  const { metrics: keys, types, statistics } = options;
  await using calls = recordCalls(store.callQuarters);
  const phases = new PhaseBook();
  const connected = await connectAll(targets, { ledger, signal: interrupt.stopping, calls, phases });
  try {
    if (resumed !== undefined) refuseWhereOut(connected);
    const places = resumed === undefined ? connected : connected.map((target) => onlyTasks(target, resumed.tasks));
    const meant = await meantServers(selection, connected, options, store.accounts);
    const wanted = { keys, types, statistics, window, selection: meant };
    const planned = await planRun(places, wanted, storedDays(store, window), interrupt.stopping);
    // What nobody opens has failed as the run began.
    const plan = resumed === undefined ? planned : { ...planned, unopened: [] };
    if (resumed === undefined) refuseUnread(plan);
    note(describePlan(plan));
    if (!demo) await holdToBudget(store, plan, overBudget);
    if (!(await flow.agree(plan))) return undefined;
    using progress = createProgress(plan, ledger);
    const context = {
      store,
      ledger,
      demo,
      options,
      overBudget,
      observer: progress,
      phases,
      stopping: interrupt.stopping,
      signal: interrupt.signal,
      now: Date.now,
    };
    const { job, results: own } = await runJob(plan, context, resumed?.job);
    const results = resumed === undefined ? own : (await store.jobs.get(job.id)).tasks.map(resultOfTask);
    progress[Symbol.dispose]();
    note(`Job ${job.id}: ${describeOutcome(job)}`);
    note(describeSummary(results, plan, ledger, { isResumed: resumed !== undefined }));
    return { job, results };
  } finally {
    closeAll(connected);
  }
}

/** Before anybody is asked: the run itself is held to it as it begins. @throws CollectError `budget_exceeded` */
async function holdToBudget(store: Store, { cost }: RunPlan, overBudget = false): Promise<void> {
  const standing = await monthStanding(store, Date.now());
  note(describeBudget(standing));
  const refusal = overBudget ? undefined : refusalOf(cost, standing);
  if (refusal !== undefined) throw refusal;
}

/** What is left of a run can only be read where all of its accounts let us in. @throws CollectError */
function refuseWhereOut(connected: Awaited<ReturnType<typeof connectAll>>): void {
  for (const { outcome } of connected) if ('error' in outcome) throw outcome.error;
}

/** Keeps to the regions whose tasks are left. */
function onlyTasks(connected: Awaited<ReturnType<typeof connectAll>>[number], tasks: readonly Task[]) {
  const { target, outcome } = connected;
  if ('error' in outcome) return connected;
  const accounts = outcome.accounts.map((access) => ({
    ...access,
    regions: tasks.filter(({ account }) => account === access.fleet.account).map(({ region }) => region),
  }));
  return { target, outcome: { ...outcome, accounts } };
}
