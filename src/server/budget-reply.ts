import type { MonthStanding } from '#platform/budget/month.ts';
import type { BudgetReply } from './budget-api.ts';
import { isoTime } from './iso-time.ts';

export function budgetReply({ budget, month, spending, leftUsd, isWarning }: MonthStanding): BudgetReply {
  return {
    budget,
    month: {
      start: isoTime(month.from),
      end: isoTime(month.to),
      usd: spending.usd,
      usd_at_most: spending.usdAtMost,
      held_usd: spending.heldUsd,
      left_usd: leftUsd,
      is_warning: isWarning,
    },
  };
}
