import type { RunPlan } from '#jobs/plan-run.ts';
import { CollectError } from '#model/errors.ts';
import { formatUsd } from './format.ts';
import { canAsk } from './say.ts';

export interface ConsentFlags {
  readonly yes?: boolean;
  /** USD. */
  readonly maxCost?: number;
}

/**
 * Nothing that bills runs before this: a person agreed, or a flag did.
 *
 * @throws CollectError `budget_exceeded` where the plan could cost more than `--max-cost`, or nobody agreed to it
 */
export async function agreeTo({ cost }: Pick<RunPlan, 'cost'>, { yes, maxCost }: ConsentFlags): Promise<void> {
  if (maxCost !== undefined && cost.usdAtMost > maxCost) {
    throw new CollectError(
      'budget_exceeded',
      `the plan could cost ${formatUsd(cost.usdAtMost)}, which is above --max-cost ${maxCost}`,
      {
        fix: 'raise --max-cost, or narrow the run by --regions, --days, --stat or --metrics',
      },
    );
  }
  if (yes || maxCost !== undefined || cost.usdAtMost === 0) return;
  if (!canAsk()) {
    throw new CollectError('budget_exceeded', 'nobody is here to agree to the cost', {
      fix: 'add --yes, or --max-cost <usd>',
    });
  }
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: 'Run it?', output: process.stderr });
  if (isCancel(answer) || !answer) throw new CollectError('cancelled', 'not run; nothing was billed');
}
