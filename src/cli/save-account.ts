import { Ledger } from '#collect/ledger.ts';
import { connect } from '#jobs/targets.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import { type CredentialFlags, secretFrom } from './credentials.ts';
import type { Data } from './open-data.ts';

/**
 * Signs in with what the flags give, and keeps it sealed. An account that is known already under this name, or without a
 * name under any, is the one that is meant.
 *
 * @throws CollectError `secret_rejected` where the cloud does not let us in: then nothing is saved
 */
export async function saveAccount(
  { store, key }: Data,
  providerId: string,
  flags: CredentialFlags & { readonly name?: string; readonly regions?: string[] },
  signal: AbortSignal,
): Promise<Account> {
  const provider = await loadProvider(providerId);
  const secret = provider.parseSecret(await secretFrom(flags));
  const { fleet } = await connect(
    { name: provider.id, provider, secret, regions: ['none'] },
    { ledger: new Ledger(), signal },
  );
  fleet.close();
  const known = (await store.accounts.list()).find(
    ({ provider: id, account, name }) =>
      id === provider.id && account === fleet.account && (flags.name === undefined || flags.name === name),
  );
  if (known !== undefined) return known;
  const name = flags.name ?? `${provider.id}-${fleet.account}`;
  const draft = { provider: provider.id, account: fleet.account, name, regions: [] };
  const account = await addAccount(store, key, draft, secret, Date.now());
  process.stderr.write(`Saved account ${name} (${fleet.account}); its credentials are sealed.\n`);
  return account;
}
