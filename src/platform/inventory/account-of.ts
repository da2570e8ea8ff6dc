import type { InventoryRecord } from '#model/record.ts';
import type { Account } from '#store/accounts.ts';

/** Which saved account a record's cloud is asked with. */
export type AccountOf = (record: Pick<InventoryRecord, 'provider' | 'account'>) => Account | undefined;

/**
 * The account that is named so. A secret may open accounts that have other names (the projects of a service account, the
 * subscriptions of a tenant): where the provider has one secret alone, it is that. Of several, none is guessed.
 */
export function accountFinder(accounts: readonly Account[]): AccountOf {
  return ({ provider, account }) => {
    const own = accounts.filter((each) => each.provider === provider);
    return own.find((each) => each.account === account) ?? (own.length === 1 ? own[0] : undefined);
  };
}
