import pc from 'picocolors';
import type { MonthStanding } from '#platform/budget/month.ts';
import { formatUsd } from './format.ts';

/** What this month has cost and what it and a run may: `Budget $11.80 this month, at most $14.02 of $50.00 · a run up to $5.00` */
export function describeBudget({
  budget,
  spending,
  isWarning,
}: Pick<MonthStanding, 'budget' | 'spending' | 'isWarning'>): string {
  const { run_usd: run, month_usd: month } = budget;
  const mark = isWarning ? `${pc.yellow('▲')} ` : '';
  return [
    `Budget ${mark}${formatUsd(spending.usd)} this month`,
    month === null ? 'no limit' : `at most ${formatUsd(spending.usdAtMost)} of ${formatUsd(month)}`,
    ...(spending.heldUsd > 0 ? [`${formatUsd(spending.heldUsd)} held by running ones`] : []),
    run === null ? 'no limit a run' : `a run up to ${formatUsd(run)}`,
  ].join(' · ');
}
