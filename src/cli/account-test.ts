import { systemClock } from '#collect/clock.ts';
import { Ledger } from '#collect/ledger.ts';
import { expiryOf } from '#jobs/check-access.ts';
import { type AccountAccess, connect } from '#jobs/targets.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import type { Expiry } from '#model/expiry.ts';
import { serverType } from '#model/resource-type.ts';
import { keepExpiry } from '#platform/account/expiry.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import type { Data } from './open-data.ts';

/** One thing that was found out about a saved account. */
export type Finding =
  | { readonly about: 'sign-in'; readonly principal: string }
  /** Undefined where the end is not known. */
  | { readonly about: 'expiry'; readonly expiry: Expiry | undefined }
  | { readonly about: 'regions'; readonly account: string; readonly regions: number }
  | { readonly about: 'servers'; readonly account: string; readonly region: string; readonly servers: number }
  | { readonly about: 'refusal'; readonly account: string; readonly region?: string; readonly error: CollectError };

/**
 * Signs in to a saved account and looks for regions and servers, free of charge; how it went is kept with the account.
 *
 * @throws CollectError where the cloud does not let us in, or is none that is known here; `cancelled`, and then nothing is kept
 */
export async function* testAccount(data: Data, account: Account, signal: AbortSignal): AsyncGenerator<Finding> {
  const { accounts } = data.store;
  // That we do not know its cloud here says nothing about the account.
  await loadProvider(account.provider);
  try {
    const secret = await openSecret(data.store, data.key, account);
    let refused: CollectError | undefined;
    for await (const finding of testSecret(account, secret, signal)) {
      if (finding.about === 'refusal') refused = finding.error;
      if (finding.about === 'expiry') await keepExpiry(data.store, account.id, finding.expiry);
      yield finding;
    }
    signal.throwIfAborted();
    await accounts.updateStatus(
      account.id,
      refused === undefined
        ? { state: 'OK', at: Date.now() }
        : { state: 'FAILED', at: Date.now(), error: reportOf(refused) },
    );
  } catch (caught) {
    // That nobody waits for it any more says nothing about the account either.
    if (signal.aborted)
      throw new CollectError('cancelled', 'it was broken off', { where: account.name, cause: caught });
    const error = CollectError.from(caught);
    await accounts.updateStatus(account.id, { state: 'FAILED', at: Date.now(), error: reportOf(error) });
    throw error;
  }
}

/** The same with a secret that need not be the one of the account; how it went is not kept. @throws CollectError as `testAccount` */
export async function* testSecret(
  { name, provider: id, regions }: Account,
  given: unknown,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const provider = await loadProvider(id);
  const target = { name, provider, secret: provider.parseSecret(given), regions };
  const access = await connect(target, { ledger: new Ledger(), signal });
  try {
    yield { about: 'sign-in', principal: access.connection.principal };
    yield { about: 'expiry', expiry: await expiryOf(target, systemClock, signal) };
    for (const each of access.accounts) yield* look(each, signal);
  } finally {
    access.connection.close();
  }
}

async function* look({ fleet, regions }: AccountAccess, signal: AbortSignal): AsyncGenerator<Finding> {
  const { account } = fleet;
  if ('error' in regions) {
    signal.throwIfAborted();
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
      signal.throwIfAborted();
      yield { about: 'refusal', account, region, error: CollectError.from(caught) };
    }
  }
}
