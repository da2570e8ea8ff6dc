import { CollectError } from '#model/errors.ts';
import type { Account, AccountDraft, AccountId } from '#store/accounts.ts';
import type { Store } from '#store/store.ts';
import type { MasterKey } from './master-key.ts';
import { newEnvelope, unseal } from './seal.ts';

/**
 * Stores an account with its secret sealed; `openSecret` is the only way to see that again.
 *
 * @param secret the provider's credentials, as parsed; kept as JSON
 * @throws CollectError `conflict` where the name is taken
 */
export async function addAccount(
  store: Store,
  masterKey: MasterKey,
  draft: AccountDraft,
  secret: unknown,
  now: number,
): Promise<Account> {
  const text = JSON.stringify(secret);
  if (text === undefined) throw new CollectError('invalid_input', 'there is no secret', { where: draft.name });
  const envelope = await newEnvelope(masterKey);
  return store.accounts.add(draft, (id) => envelope.seal(text, bindingOf(id, draft)), now);
}

/**
 * The credentials as they were added, for the provider to parse.
 *
 * @throws CollectError `not_found`; `secret_rejected` where they were sealed with another master key, or changed
 */
export async function openSecret(store: Store, masterKey: MasterKey, account: Account): Promise<unknown> {
  const sealed = await store.accounts.sealedSecret(account.id);
  return JSON.parse(await unseal(sealed, bindingOf(account.id, account), masterKey));
}

/**
 * Seals another secret in the place of the one that an account has.
 *
 * @param before `accounts.sealedSecret` as it was when somebody began to try the new one
 * @throws CollectError `not_found`; `conflict` where somebody else replaced it since
 */
export async function replaceSecret(
  store: Store,
  masterKey: MasterKey,
  account: Account,
  secret: unknown,
  before: Uint8Array,
): Promise<void> {
  const envelope = await newEnvelope(masterKey);
  const sealed = envelope.seal(JSON.stringify(secret), bindingOf(account.id, account));
  if (await store.sealed.replace({ place: 'account', id: String(account.id), sealed: before }, sealed)) return;
  throw new CollectError('conflict', 'its secret was changed meanwhile', { where: account.name, fix: 'try again' });
}

/**
 * Whether an account has the secret that it had when somebody began to try it: where it was replaced or forgotten since, what that
 * came to says nothing any more.
 *
 * @param before `accounts.sealedSecret` as it was then
 */
export async function hasStill(store: Store, { id }: Account, before: Uint8Array): Promise<boolean> {
  try {
    return Buffer.compare(await store.accounts.sealedSecret(id), before) === 0;
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'not_found') return false;
    throw error;
  }
}

/** Ids are never used again, so a sealed secret fits the one row that it was made for. */
export function bindingOf(id: AccountId, { provider, account }: AccountDraft): string {
  return `account ${id}: ${provider} ${account}`;
}
