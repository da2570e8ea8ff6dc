import { Ledger } from '#collect/ledger.ts';
import { type AccountAccess, connect } from '#jobs/targets.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import type { Data } from './open-data.ts';

/** One thing that was found out about a saved account. */
export type Finding =
  | { readonly about: 'sign-in'; readonly principal: string }
  | { readonly about: 'regions'; readonly account: string; readonly regions: number }
  | { readonly about: 'servers'; readonly account: string; readonly region: string; readonly servers: number }
  | { readonly about: 'refusal'; readonly account: string; readonly region?: string; readonly error: CollectError };

/**
 * Signs in to a saved account and looks for regions and servers, free of charge; how it went is kept with the account.
 *
 * @throws CollectError where the cloud does not let us in
 */
export async function* testAccount(data: Data, account: Account, signal: AbortSignal): AsyncGenerator<Finding> {
  const { accounts } = data.store;
  try {
    const provider = await loadProvider(account.provider);
    const secret = provider.parseSecret(await openSecret(data.store, data.key, account));
    const target = { name: account.name, provider, secret, regions: account.regions };
    const access = await connect(target, { ledger: new Ledger(), signal });
    yield { about: 'sign-in', principal: access.connection.principal };
    let refused: CollectError | undefined;
    try {
      for (const each of access.accounts) {
        for await (const finding of look(each, signal)) {
          if (finding.about === 'refusal') refused = finding.error;
          yield finding;
        }
      }
    } finally {
      access.connection.close();
    }
    await accounts.updateStatus(
      account.id,
      refused === undefined
        ? { state: 'OK', at: Date.now() }
        : { state: 'FAILED', at: Date.now(), error: reportOf(refused) },
    );
  } catch (caught) {
    const error = CollectError.from(caught);
    await accounts.updateStatus(account.id, { state: 'FAILED', at: Date.now(), error: reportOf(error) });
    throw error;
  }
}

async function* look({ fleet, regions }: AccountAccess, signal: AbortSignal): AsyncGenerator<Finding> {
  const { account } = fleet;
  if ('error' in regions) {
    yield { about: 'refusal', account, error: regions.error };
    return;
  }
  yield { about: 'regions', account, regions: regions.length };
  for (const region of regions) {
    try {
      let servers = 0;
      for await (const page of fleet.resources(region, [serverType], signal)) servers += page.length;
      if (servers > 0) yield { about: 'servers', account, region, servers };
    } catch (caught) {
      yield { about: 'refusal', account, region, error: CollectError.from(caught) };
    }
  }
}
