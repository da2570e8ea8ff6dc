import type { AccountRow } from '../../../src/server/account-api.ts';

/** What may be given as a name is safe in an address. Accounts of the command line may have any other one, however long. */
const plainName = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]*$/u;
/** As the API has it. */
const longest = 100;

/**
 * What stands for an account in addresses: its name, unless that could be taken for the id of another, or for a page, or has no place
 * in one.
 */
export function accountAddress({ id, name }: Pick<AccountRow, 'id' | 'name'>): string {
  const isAmbiguous = /^\d+$/.test(name) || name === 'new';
  return isAmbiguous || name.length > longest || !plainName.test(name) ? String(id) : name;
}
