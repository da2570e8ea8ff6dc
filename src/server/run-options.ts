import type { RunOptions } from '#jobs/options.ts';
import type { RunPlan } from '#jobs/plan-run.ts';
import { savedAccounts } from '#jobs/saved-targets.ts';
import { CollectError } from '#model/errors.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Store } from '#store/store.ts';
import { runOptionsOf, type StartBody } from './run-api.ts';

/** What a request wants of saved accounts. @throws CollectError `not_found`, `invalid_input` */
export async function savedRunOptions(store: Store, body: StartBody): Promise<RunOptions> {
  const accounts = await savedAccounts(store, body.accounts ?? []);
  if (accounts.length === 0) {
    throw new CollectError('not_found', 'no account is saved', { fix: 'connect a cloud first' });
  }
  const providers = await Promise.all([...new Set(accounts.map(({ provider }) => provider))].map(loadProvider));
  return runOptionsOf(body, providers);
}

/** Holds a plan against what was agreed to. @throws CollectError `budget_exceeded` */
export function agreement(maxCost = 0): (plan: RunPlan) => Promise<void> {
  return async ({ cost: { usdAtMost } }) => {
    if (usdAtMost <= maxCost) return;
    throw new CollectError(
      'budget_exceeded',
      `it could cost $${usdAtMost.toFixed(4)}, and nobody has agreed to more than $${maxCost}`,
      { fix: 'look at the plan, and say max_cost' },
    );
  };
}
