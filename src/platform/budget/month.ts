import type { Spending } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { type Budget, readBudget } from './budget.ts';

/** A calendar month, UTC: half-open, in epoch milliseconds. */
export interface Month {
  readonly from: number;
  readonly to: number;
}

/** @param now epoch milliseconds */
export function monthOf(now: number): Month {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
}

/** What this month has cost, against what it may. A run counts to the month in which it began. */
export interface MonthStanding {
  readonly budget: Budget;
  readonly month: Month;
  readonly spending: Spending;
  /** USD that no run has spent or may still spend; null where the month has no limit. */
  readonly leftUsd: number | null;
  readonly isWarning: boolean;
}

/** @param now epoch milliseconds */
export async function monthStanding(store: Store, now: number): Promise<MonthStanding> {
  const budget = await readBudget(store, now);
  const month = monthOf(now);
  const spending = await store.jobs.spending(month, now);
  const { month_usd: limit, warn_percent: warn } = budget;
  const used = spending.usdAtMost + spending.heldUsd;
  return {
    budget,
    month,
    spending,
    leftUsd: limit === null ? null : Math.max(0, limit - used),
    isWarning: limit !== null && spending.usdAtMost >= (limit * warn) / 100,
  };
}
