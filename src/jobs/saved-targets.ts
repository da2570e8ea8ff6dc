import type { Provider } from '#model/provider.ts';
import type { PluginPool } from '#platform/plugin/pool.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import type { Account } from '#store/accounts.ts';
import type { Store } from '#store/store.ts';
import type { Target } from './targets.ts';

/** What opens saved accounts. */
export interface Vault {
  readonly store: Store;
  readonly key: MasterKey;
  /** @throws CollectError `invalid_input` for an id that is no provider's */
  readonly loadProvider: (id: string) => Promise<Provider>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Runs plugins. */
  readonly plugins?: PluginPool;
}

/**
 * A saved account, with its secret opened.
 *
 * @param regions of the run; the account's own where there are none
 * @throws CollectError `secret_rejected` where it was sealed with another master key
 */
export async function savedTarget(
  { store, key, loadProvider, now }: Vault,
  account: Account,
  regions: readonly string[],
): Promise<Target> {
  const provider = await loadProvider(account.provider);
  const secret = provider.parseSecret(await openSecret(store, key, account));
  await store.accounts.touch(account.id, now());
  return { name: account.name, provider, secret, regions: regions.length > 0 ? regions : account.regions };
}

/** The saved accounts of these names, or all where there are none. @throws CollectError `not_found` */
export async function savedAccounts(store: Store, names: readonly string[]): Promise<readonly Account[]> {
  return names.length === 0 ? store.accounts.list() : Promise.all(names.map((name) => store.accounts.get(name)));
}
