import type { AccountRow } from '../../../src/server/account-api.ts';

/** What stands for an account in addresses: its name, unless that could be taken for the id of another, or for a page. */
export function accountAddress({ id, name }: Pick<AccountRow, 'id' | 'name'>): string {
  return /^\d+$/.test(name) || name === 'new' ? String(id) : name;
}
