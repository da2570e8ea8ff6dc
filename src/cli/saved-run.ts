import type { RunOptions } from '#jobs/options.ts';
import { savedAccounts } from '#jobs/saved-targets.ts';
import { CollectError } from '#model/errors.ts';
import { readCollection, refuseForgotten } from '#platform/collection/settings.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Store } from '#store/store.ts';
import { type RunFlags, runOptionsFrom } from './run-flags.ts';

export interface SavedRunFlags extends RunFlags {
  readonly account: string[];
}

/**
 * What flags want of saved accounts, by name; of all of them where none is named.
 *
 * @throws CollectError `not_found`, `invalid_input`
 */
export async function savedRunOptions(store: Store, flags: SavedRunFlags): Promise<RunOptions> {
  const accounts = await savedAccounts(store, flags.account);
  if (accounts.length === 0) {
    throw new CollectError('not_found', 'no account is saved', { fix: 'fleetgauge account add aws --profile <name>' });
  }
  const providers = await Promise.all([...new Set(accounts.map(({ provider }) => provider))].map(loadProvider));
  return runOptionsFrom(await withUsual(store, flags), providers, flags.account);
}

/** What flags leave open is as it is set for all who share the store. @throws CollectError as `refuseForgotten` */
export async function withUsual(store: Store, flags: RunFlags): Promise<RunFlags> {
  const { days, statistics, concurrency, keep_days: keptDays } = await readCollection(store.settings);
  const wanted = { days, stat: [...statistics], concurrency, ...flags };
  refuseForgotten(wanted.days, keptDays);
  return wanted;
}
