import type { PaceOf } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import { anyRegion } from '#model/region.ts';
import { lastDays } from '#model/window.ts';
import { allowAgain, allowRun } from '#platform/budget/guard.ts';
import { readCollection, refuseForgotten } from '#platform/collection/settings.ts';
import type { Job, JobId, Task, TaskDraft, TaskId } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { CallRecorder } from './call-recorder.ts';
import { refuseBusy } from './collect-job.ts';
import { meantServers } from './only-selected.ts';
import { PluginOptions, RunOptions, StoredPlan } from './options.ts';
import { placeKey } from './place-key.ts';
import { optionsOf, planRun, type RunPlan, refuseUnread } from './plan-run.ts';
import { retryPluginJob } from './retry-plugin-job.ts';
import { savedAccounts, savedTarget, type Vault } from './saved-targets.ts';
import { type SelectedPlace, selectionOf } from './selection.ts';
import { shareOf } from './share-of.ts';
import { storedDays } from './stored-days.ts';
import { storedLedger } from './stored-ledger.ts';
import { type Access, type AccountAccess, closeAll, connectAll, type Target, typesOf } from './targets.ts';
import type { TaskQueue } from './task-queue.ts';
import { unreadTasks } from './unread-tasks.ts';
import { worthRunning } from './worth-running.ts';

export interface StartContext {
  readonly vault: Vault;
  readonly queue: TaskQueue;
  readonly paceOf: PaceOf;
  /** Who sums up how the clouds answer. */
  readonly calls?: CallRecorder | undefined;
  /** Aborted: nothing is begun. */
  readonly signal: AbortSignal;
  /** Asked once the plan is known. Throws where the answer is no. */
  readonly agree?: (plan: RunPlan) => Promise<void>;
  /** An admin lets the run pass the budget. */
  readonly overBudget?: boolean | undefined;
  /** Days of what was measured that this process keeps; as set for all who share the store where absent. */
  readonly keptDays?: number | undefined;
}

/** Something to be stored together with the job. */
export type WithJob = (tx: Vault['store'], job: Job) => Promise<void>;

/**
 * Plans a run over saved accounts and leaves it to the workers: its tasks and their places in the queue are one transaction.
 *
 * @throws CollectError `conflict` where a run is reading one of these accounts, `budget_exceeded` where it could cost more than
 *   it may, or than the budget leaves
 */
export async function startJob(options: RunOptions, context: StartContext, along?: WithJob): Promise<Job> {
  const { store, now } = context.vault;
  const ledger = new Ledger();
  const plan = await planJob(options, context, ledger);
  const { window } = plan.wanted;
  refuseCost(plan, options);
  const request = { cost: plan.cost, maxCost: options.maxCost, overBudget: context.overBudget };
  await allowRun(store, request, now());
  await context.agree?.(plan);
  return store.transaction(async (tx) => {
    await tx.jobs.takeTurn();
    await tx.jobs.adoptInterrupted(now());
    await refuseBusy(tx, [...new Set(plan.regions.map(({ account }) => account))]);
    // Asked again: another run may have begun meanwhile, and from here on none does.
    const drafts = await draftsOf(plan, await allowRun(tx, request, now()), tx);
    const { job, tasks } = await tx.jobs.create(
      {
        demo: false,
        options: optionsOf(options, plan),
        plan: { servers: plan.servers, seconds: plan.seconds, window },
        planned: plan.cost,
        runsOn: 'workers',
        ownerPid: process.pid,
        tasks: drafts,
      },
      now(),
    );
    await tx.jobs.addToLedger(job.id, storedLedger(ledger));
    await context.queue.add(tx, tasks.filter(isPending));
    await along?.(tx, job);
    // There may be nothing to do.
    await tx.jobs.settle(job.id, now());
    return (await tx.jobs.get(job.id)).job;
  });
}

/**
 * What a run over saved accounts would take; nothing is read.
 *
 * @throws CollectError `not_found` where no account is saved, or none that opens what is selected; as `selectionOf` and `refuseForgotten`
 */
export async function planJob(
  options: RunOptions,
  context: Omit<StartContext, 'queue' | 'agree'>,
  ledger = new Ledger(),
): Promise<RunPlan> {
  const { store, now } = context.vault;
  await refuseUnkept(options.days, context);
  const accounts = await savedAccounts(store, options.accounts);
  if (accounts.length === 0) {
    throw new CollectError('not_found', 'no account is saved', { fix: 'fleetgauge account add aws --profile <name>' });
  }
  const targets = await Promise.all(accounts.map((account) => savedTarget(context.vault, account, options.regions)));
  const plan = await planTargets(targets, { ...options, window: lastDays(options.days, now()) }, ledger, context);
  refuseUnread(plan);
  return plan;
}

/** @throws CollectError as `refuseForgotten` */
export async function refuseUnkept(
  days: number,
  { vault, keptDays }: Pick<StartContext, 'vault' | 'keptDays'>,
): Promise<void> {
  refuseForgotten(days, keptDays ?? (await readCollection(vault.store.settings)).keep_days);
}

/**
 * Does again what failed of a job that has ended, or was not done: on workers, over the same window. What could not be planned
 * is planned anew, and has to be agreed to.
 *
 * @param only some of what failed, and nothing else
 * @throws CollectError `conflict` where it is running, or another run is reading one of its accounts; `not_found` where nothing
 *   is left to be done
 */
export async function retryJob(id: JobId, context: StartContext, only?: readonly TaskId[]): Promise<Job> {
  const { store, now } = context.vault;
  await store.jobs.adoptInterrupted(now());
  const { job, tasks } = await store.jobs.get(id);
  if (job.demo)
    throw new CollectError('invalid_input', 'the demo is run again by starting it again', { where: `job ${id}` });
  const byPlugin = PluginOptions.safeParse(job.options);
  if (byPlugin.success) return retryPluginJob(job, byPlugin.data, context, only);
  const ledger = new Ledger();
  const named = only && new Set(only);
  const wanted = tasks.filter((task) => named?.has(task.id) ?? true);
  const unplanned = wanted.filter(({ state, plannedServers }) => state === 'FAILURE' && plannedServers === 0);
  const kept = [...new Set(tasks).difference(new Set(unplanned))];
  const drafts = job.state === 'RUNNING' ? [] : await planAgain(job, { unplanned, kept }, ledger, context);
  return store.transaction(async (tx) => {
    await tx.jobs.takeTurn();
    await refuseBusy(tx, [...new Set([...wanted, ...drafts].map(({ account }) => account))]);
    const instead = unplanned.map((task) => task.id);
    const more = { instead, tasks: drafts, ...(only === undefined ? {} : { only }) };
    const pending = await tx.jobs.retry(id, more, now());
    if (!context.overBudget) await allowAgain(tx, job, now());
    await tx.jobs.addToLedger(id, storedLedger(ledger));
    await context.queue.add(tx, pending);
    return (await tx.jobs.get(id)).job;
  });
}

interface TasksOfJob {
  readonly unplanned: readonly Task[];
  readonly kept: readonly Task[];
}

/** What can now be planned of places that could not; those that still cannot, with their new reason. */
async function planAgain(
  job: Job,
  { unplanned, kept }: TasksOfJob,
  ledger: Ledger,
  context: StartContext,
): Promise<TaskDraft[]> {
  if (unplanned.length === 0) return [];
  const options = RunOptions.parse(job.options);
  const sources = unplanned.map(({ source }) => source);
  // Any account of the run may by now open what none did.
  const names = sources.every((source) => source !== undefined) ? [...new Set(sources)] : options.accounts;
  const accounts = await savedAccounts(context.vault.store, names);
  const targets = await Promise.all(accounts.map((account) => savedTarget(context.vault, account, options.regions)));
  const isWanted = (target: Target, account: string, region: string) =>
    unplanned.some(
      (task) =>
        (task.source ?? target.name) === target.name &&
        task.provider === target.provider.id &&
        // Where the cloud let nobody in, the task is of the target, and any account of that is wanted.
        (task.account === target.name || task.account === account) &&
        (task.region === anyRegion || region === anyRegion || task.region === region),
    );
  const { window } = StoredPlan.parse(job.plan);
  const found = await planTargets(targets, { ...options, window, isWanted }, ledger, context);
  const plan = { ...found, unopened: found.unopened.filter((place) => isLeft(place, { unplanned, kept })) };
  refuseCost(plan, options);
  const { store, now } = context.vault;
  const request = { cost: plan.cost, maxCost: options.maxCost, overBudget: context.overBudget };
  const maxUsd = await allowRun(store, request, now());
  await context.agree?.(plan);
  return draftsOf(plan, maxUsd, store);
}

/** Whether a place where nothing is read is one of those that could not be planned. */
function isLeft({ provider, account, region }: SelectedPlace, { unplanned, kept }: TasksOfJob): boolean {
  const isOf = (task: Task) => task.provider === provider && task.account === account;
  if (unplanned.some((task) => isOf(task) && (task.region === anyRegion || task.region === region))) return true;
  // Nobody knew whose servers those have that let nobody in.
  const isUnknown = unplanned.some((task) => task.provider === provider && task.account === task.source);
  return isUnknown && !kept.some(isOf);
}

interface Planning extends RunOptions {
  readonly window: RunPlan['wanted']['window'];
  /** Which places to plan, `anyRegion` for an account whose regions cannot be listed; all where absent. */
  readonly isWanted?: (target: Target, account: string, region: string) => boolean;
}

async function planTargets(
  targets: readonly Target[],
  { window, isWanted = () => true, ...options }: Planning,
  ledger: Ledger,
  { vault, paceOf, signal }: Omit<StartContext, 'queue' | 'agree'>,
): Promise<RunPlan> {
  const { store } = vault;
  const selection = await selectionOf(store.inventory, options, typesOf(targets));
  const connected = await connectAll(targets, { ledger, signal, paceOf });
  try {
    const places = connected.map(({ target, outcome }) =>
      'error' in outcome ? { target, outcome } : { target, outcome: onlyWanted(target, outcome, isWanted) },
    );
    const { metrics: keys, types, statistics } = options;
    const meant = await meantServers(selection, connected, options, store.accounts);
    const wanted = { keys, types, statistics, window, selection: meant };
    return await planRun(places, wanted, storedDays(store, window), signal);
  } finally {
    closeAll(connected);
  }
}

function onlyWanted(target: Target, access: Access, isWanted: NonNullable<Planning['isWanted']>): Access {
  const accounts = access.accounts.flatMap(({ regions, ...rest }): AccountAccess[] => {
    const { account } = rest.fleet;
    if ('error' in regions) return isWanted(target, account, anyRegion) ? [{ ...rest, regions }] : [];
    return [{ ...rest, regions: regions.filter((region) => isWanted(target, account, region)) }];
  });
  return { ...access, accounts };
}

/** @throws CollectError `budget_exceeded` */
function refuseCost({ cost }: RunPlan, { maxCost }: RunOptions): void {
  if (maxCost === undefined || cost.usdAtMost <= maxCost) return;
  throw new CollectError(
    'budget_exceeded',
    `the plan could cost $${cost.usdAtMost.toFixed(4)}, and may cost $${maxCost}`,
    {
      fix: 'raise --max-cost, or narrow the run by --regions, --days, --stat or --metrics',
    },
  );
}

/** @param maxUsd of all of them together */
async function draftsOf(plan: RunPlan, maxUsd: number | undefined, store: Store): Promise<TaskDraft[]> {
  const regions = await worthRunning(store, plan);
  const drafts = new Map<string, TaskDraft>();
  for (const region of regions) {
    const { target, account, outcome } = region;
    const key = placeKey(target.provider.id, account, region.region);
    // Two saved accounts may open the same one: it is read once.
    if (drafts.has(key)) continue;
    drafts.set(key, {
      provider: target.provider.id,
      account,
      region: region.region,
      plannedServers: 'estimate' in outcome ? outcome.estimate.servers : 0,
      source: target.name,
      ...(maxUsd === undefined ? {} : { maxUsd: shareOf(region, plan, regions.length) * maxUsd }),
      // Nobody has agreed to the cost of what could not be planned.
      ...('error' in outcome ? { error: reportOf(outcome.error) } : {}),
    });
  }
  return [...drafts.values(), ...unreadTasks(plan.unopened)];
}

function isPending({ state }: Task): boolean {
  return state === 'PENDING';
}
