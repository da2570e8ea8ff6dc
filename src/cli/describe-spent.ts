import pc from 'picocolors';
import type { Cost } from '#model/fleet.ts';
import { formatCount, formatUsd, plural } from './format.ts';

/** What the ledger of a run has, against what the plan foretold. */
export interface Spending {
  readonly planned: Cost;
  readonly spent: Cost;
  /** Calls of `spent` that were tries after the first: the cloud made them necessary, no plan tells them. */
  readonly retried: number;
}

/** `181 calls of 172 planned · $0.06 of $0.07 planned, at most $0.33` */
export function describeSpent({ planned, spent }: Spending): string {
  const bound = planned.usdAtMost > planned.usd ? `, at most ${formatUsd(planned.usdAtMost)}` : '';
  return `${plural(spent.calls, 'call')} of ${formatCount(planned.calls)} planned · ${formatUsd(spent.usd)} of ${formatUsd(planned.usd)} planned${bound}`;
}

/** What came to more than the plan said it could, to be told beside the rest; empty where nothing did. */
export function describeExcess({ planned, spent, retried }: Spending): string[] {
  const calls = spent.calls - retried;
  const excess = [
    calls > planned.calls ? `${plural(calls, 'call')} where ${formatCount(planned.calls)} were planned` : '',
    // Sums of the same prices in another order.
    spent.usd > planned.usdAtMost * (1 + 1e-9)
      ? `${formatUsd(spent.usd)} where it was to be ${formatUsd(planned.usdAtMost)} at most`
      : '',
  ].filter((part) => part !== '');
  if (excess.length === 0) return [];
  const again = retried > 0 ? ', tries after the first left out' : '';
  return [
    `${pc.yellow('▲')} more than planned: ${excess.join('; ')} (checked after the run against the ledger${again})`,
  ];
}
