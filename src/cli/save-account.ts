import { systemClock } from '#collect/clock.ts';
import { Ledger } from '#collect/ledger.ts';
import { expiryOf } from '#jobs/check-access.ts';
import { connect } from '#jobs/targets.ts';
import { keepExpiry } from '#platform/account/expiry.ts';
import { defaultName } from '#platform/account/name.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import type { Data } from './open-data.ts';
import type { GivenAccess } from './provider-commands.ts';
import { note } from './say.ts';

/**
 * Signs in with what the flags give, and keeps it sealed. An account that is known already under this name, or without a
 * name under any, is the one that is meant.
 *
 * @throws CollectError `secret_rejected` where the cloud does not let us in: then nothing is saved
 */
export async function saveAccount(
  { store, key }: Data,
  access: GivenAccess,
  givenName: string | undefined,
  signal: AbortSignal,
): Promise<Account> {
  const provider = await loadProvider(access.providerId);
  const secret = provider.parseSecret(await access.secret());
  const { connection } = await connect(
    { name: provider.id, provider, secret, regions: [] },
    { ledger: new Ledger(), signal },
  );
  connection.close();
  const known = (await store.accounts.list()).find(
    ({ provider: id, account, name }) =>
      id === provider.id && account === connection.principal && (givenName === undefined || givenName === name),
  );
  if (known !== undefined) return known;
  const name = givenName ?? defaultName(provider.id, connection.principal);
  const draft = { provider: provider.id, account: connection.principal, name, regions: [] };
  const account = await addAccount(store, key, draft, secret, Date.now());
  await keepExpiry(store, account.id, await expiryOf({ provider, secret }, systemClock, signal));
  note(`Saved account ${name} (${connection.principal}); its credentials are sealed.`);
  return account;
}
