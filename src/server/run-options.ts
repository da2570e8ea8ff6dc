import type { RunOptions } from '#jobs/options.ts';
import type { RunPlan } from '#jobs/plan-run.ts';
import { savedAccounts } from '#jobs/saved-targets.ts';
import { CollectError } from '#model/errors.ts';
import { usdRounding } from '#model/fleet.ts';
import type { Provider } from '#model/provider.ts';
import { usualRun } from '#platform/collection/settings.ts';
import { loadProvider } from '#providers/registry.ts';
import { idPath } from '#store/query/condition.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import type { Store } from '#store/store.ts';
import { runOptionsOf, type StartBody } from './run-api.ts';

/** What a request wants of saved accounts. @throws CollectError `not_found`, `invalid_input` */
export async function savedRunOptions(store: Store, body: StartBody): Promise<RunOptions> {
  const accounts = await savedAccounts(store, body.accounts ?? []);
  if (accounts.length === 0) {
    throw new CollectError('not_found', 'no account is saved', { fix: 'connect a cloud first' });
  }
  const providers = await Promise.all([...new Set(accounts.map(({ provider }) => provider))].map(loadProvider));
  const own = { ...body, ...(await typesOf(store, body, providers)) };
  return runOptionsOf({ ...(await usualRun(store.settings)), ...own }, providers);
}

/** Of which types picked servers are, where it is not said what to read. */
async function typesOf(
  { inventory }: Store,
  { servers, types }: StartBody,
  providers: readonly Provider[],
): Promise<Pick<StartBody, 'types'>> {
  if (servers === undefined || types !== undefined) return {};
  const known = providers.map((provider) => ({ provider: provider.id, types: provider.types }));
  const own = { path: [idPath], is: 'one of', values: servers } as const;
  const ids = new Set(known.flatMap((each) => each.types.map(({ id }) => id)));
  const found: string[] = [];
  for (const id of ids) {
    if ((await inventory.count({ condition: { all: [own, conditionOfType(id, known)] } })) > 0) found.push(id);
  }
  return found.length === 0 ? {} : { types: found };
}

/**
 * Holds a plan against what was agreed to.
 *
 * @param spent what others of the same agreement cost already, USD
 * @throws CollectError `budget_exceeded`
 */
export function agreement(maxCost = 0, spent = 0): (plan: Pick<RunPlan, 'cost'>) => Promise<void> {
  return async ({ cost: { usdAtMost } }) => {
    if (spent + usdAtMost <= maxCost + usdRounding) return;
    const beside = spent === 0 ? '' : ` beside $${spent.toFixed(4)} for what is done again already`;
    throw new CollectError(
      'budget_exceeded',
      `it could cost $${usdAtMost.toFixed(4)}${beside}, and nobody has agreed to more than $${maxCost}`,
      { fix: 'look at the plan, and say max_cost' },
    );
  };
}
