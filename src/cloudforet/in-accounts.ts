/** Alternatives for a query's `filter_or`: some records carry their account only in a place of the cloud's own collector. */
export function inAccounts(accounts: readonly string[]) {
  return accounts.length === 0 ? [] : ['account', 'data.compute.account'].map((k) => ({ k, v: accounts, o: 'in' }));
}
