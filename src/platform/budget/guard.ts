import { CollectError } from '#model/errors.ts';
import type { Cost } from '#model/fleet.ts';
import type { Job } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { type MonthStanding, monthOf, monthStanding } from './month.ts';

/** What a run wants to spend. */
export interface Request {
  readonly cost: Cost;
  /** USD that whoever starts it lets it cost. */
  readonly maxCost?: number | undefined;
  /** An admin lets it pass the budget. */
  readonly overBudget?: boolean | undefined;
}

/** A run may come to more than its plan: what was sent in vain is billed too. */
const headroom = 1.25;
const leastUsd = 0.01;

/**
 * What a run may cost at most: undefined where neither the budget nor whoever starts it holds it. Of a month with a limit it
 * holds back no more than its plan could cost, so that others may run beside it.
 *
 * @param now epoch milliseconds
 * @throws CollectError `budget_exceeded` where its plan could cost more than the budget leaves it
 */
export async function allowRun(store: Store, request: Request, now: number): Promise<number | undefined> {
  const standing = await monthStanding(store, now);
  const { budget, leftUsd } = standing;
  const { cost, maxCost, overBudget } = request;
  const hasLimit = budget.run_usd !== null || budget.month_usd !== null;
  if (!hasLimit) return maxCost;
  const planned = Math.max(leastUsd, cost.usdAtMost * headroom);
  if (overBudget) return maxCost ?? planned;
  refusePlan(cost, standing);
  const most = Math.min(maxCost ?? Number.POSITIVE_INFINITY, budget.run_usd ?? Number.POSITIVE_INFINITY);
  return leftUsd === null ? most : Math.min(most, leftUsd, planned);
}

/** Why a plan may not be run, where it may not. */
export function refusalOf(cost: Cost, standing: MonthStanding): CollectError | undefined {
  try {
    refusePlan(cost, standing);
    return undefined;
  } catch (caught) {
    return CollectError.from(caught);
  }
}

/** @throws CollectError `budget_exceeded` */
function refusePlan({ usdAtMost }: Cost, { budget, spending, leftUsd }: MonthStanding): void {
  // What is free costs no budget anything.
  if (usdAtMost === 0) return;
  if (budget.run_usd !== null && usdAtMost > budget.run_usd) {
    throw overBudget(`the run could cost ${dollars(usdAtMost)}, and a run may cost ${dollars(budget.run_usd)}`);
  }
  if (budget.month_usd !== null && leftUsd !== null && usdAtMost > leftUsd) {
    const held = spending.heldUsd > 0 ? `, and running ones may spend ${dollars(spending.heldUsd)}` : '';
    throw overBudget(
      `the run could cost ${dollars(usdAtMost)}, and the month has ${dollars(leftUsd)} left: ${dollars(spending.usdAtMost)} of ${dollars(budget.month_usd)} are spent at most${held}`,
    );
  }
}

/**
 * Holds a job that has just been begun again against the budget: its tasks bring the limits that they were made with.
 *
 * @param now epoch milliseconds
 * @throws CollectError `budget_exceeded` where it could come to more than a run or this month may, or nothing limits it;
 *   `conflict` where it belongs to another month
 */
export async function allowAgain(store: Store, job: Job, now: number): Promise<void> {
  const { budget, spending, leftUsd } = await monthStanding(store, now);
  if (budget.run_usd === null && budget.month_usd === null) return;
  const own = await store.jobs.spending({ job: job.id }, now);
  const { tasks } = await store.jobs.get(job.id);
  const isOpenEnded = tasks.some(({ state, maxUsd }) => state === 'PENDING' && maxUsd === undefined);
  const isUnlimited = isOpenEnded && job.planned.usdAtMost > 0;
  // What may spend nothing more costs no budget anything.
  if (own.heldUsd === 0 && !isUnlimited) return;
  const where = `job ${job.id}`;
  if (job.startedAt < monthOf(now).from && budget.month_usd !== null) {
    throw new CollectError('conflict', 'it began in another month, whose budget is closed', { where, fix: startAnew });
  }
  if (isUnlimited) {
    throw new CollectError('budget_exceeded', 'it began before there was a budget, and nothing limits what it costs', {
      where,
      fix: startAnew,
    });
  }
  const total = own.usdAtMost + own.heldUsd;
  if (budget.run_usd !== null && total > budget.run_usd) {
    throw overBudget(`the run could come to ${dollars(total)}, and a run may cost ${dollars(budget.run_usd)}`);
  }
  if (budget.month_usd !== null && leftUsd !== null && spending.usdAtMost + spending.heldUsd > budget.month_usd) {
    throw overBudget(
      `the rest of the run could cost ${dollars(own.heldUsd)}, and the month, of ${dollars(budget.month_usd)}, has ${dollars(Math.max(0, budget.month_usd - spending.usdAtMost - spending.heldUsd + own.heldUsd))} left`,
    );
  }
}

const startAnew = 'start a new run; what is stored is not read again';

function overBudget(message: string): CollectError {
  return new CollectError('budget_exceeded', message, {
    where: 'budget guard',
    fix: 'narrow the run by accounts, regions, days or statistics; an admin may raise the budget (fleetgauge budget set), or let this run pass (--over-budget)',
  });
}

function dollars(usd: number): string {
  return `$${usd < 0.1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}
