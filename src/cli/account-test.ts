import { systemClock } from '#collect/clock.ts';
import { Ledger } from '#collect/ledger.ts';
import { mapConcurrent } from '#collect/map-concurrent.ts';
import { expiryOf } from '#jobs/check-access.ts';
import { type AccountAccess, connect } from '#jobs/targets.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import type { Expiry } from '#model/expiry.ts';
import type { Fleet } from '#model/fleet.ts';
import { serverType } from '#model/resource-type.ts';
import { keepExpiry } from '#platform/account/expiry.ts';
import { hasStill, openSecret } from '#platform/secret/accounts.ts';
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

/** Accounts and regions that are looked at. */
const atOnce = 16;

/**
 * Signs in to a saved account and looks for regions and servers, free of charge; how it went is kept with the account.
 *
 * @throws CollectError where the cloud does not let us in, or is none that is known here; `cancelled`, and then nothing is kept
 */
export async function* testAccount(data: Data, account: Account, signal: AbortSignal): AsyncGenerator<Finding> {
  const { accounts } = data.store;
  // That we do not know its cloud here says nothing about the account.
  await loadProvider(account.provider);
  const tried = await accounts.sealedSecret(account.id);
  const keep = async (error: CollectError | undefined, expiry?: { readonly known: Expiry | undefined }) => {
    if (!(await hasStill(data.store, account, tried))) return;
    if (expiry !== undefined) await keepExpiry(data.store, account.id, expiry.known);
    const at = Date.now();
    await accounts.updateStatus(
      account.id,
      error === undefined ? { state: 'OK', at } : { state: 'FAILED', at, error: reportOf(error) },
    );
  };
  let refused: CollectError | undefined;
  let expiry: { readonly known: Expiry | undefined } | undefined;
  try {
    const secret = await openSecret(data.store, data.key, account);
    for await (const finding of testSecret(account, secret, signal)) {
      if (finding.about === 'refusal') refused = finding.error;
      if (finding.about === 'expiry') expiry = { known: finding.expiry };
      yield finding;
    }
    signal.throwIfAborted();
  } catch (caught) {
    // That nobody waits for it any more says nothing about the account either.
    if (signal.aborted)
      throw new CollectError('cancelled', 'it was broken off', { where: account.name, cause: caught });
    const error = CollectError.from(caught);
    await keep(error, expiry);
    throw error;
  }
  await keep(refused, expiry);
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
    yield* inOrder(access.accounts.flatMap((account) => looksAt(account, signal)));
  } finally {
    access.connection.close();
  }
}

type Look = () => Promise<Finding | undefined>;

/** One for the account, and one for each of its regions. */
function looksAt({ fleet, regions }: AccountAccess, signal: AbortSignal): Look[] {
  const { account } = fleet;
  if ('error' in regions) {
    return [
      async () => {
        signal.throwIfAborted();
        return { about: 'refusal', account, error: regions.error };
      },
    ];
  }
  return [
    async () => ({ about: 'regions', account, regions: regions.length }),
    ...regions.map((region) => () => lookAt(fleet, region, signal)),
  ];
}

async function lookAt(fleet: Fleet, region: string, signal: AbortSignal): Promise<Finding | undefined> {
  const { account } = fleet;
  try {
    let servers = 0;
    for await (const page of fleet.resources(region, [serverType], signal)) servers += page.length;
    return servers > 0 ? { about: 'servers', account, region, servers } : undefined;
  } catch (caught) {
    signal.throwIfAborted();
    return { about: 'refusal', account, region, error: CollectError.from(caught) };
  }
}

/** Looks at several at once, and tells each as soon as those before it are told. */
async function* inOrder(looks: readonly Look[]): AsyncGenerator<Finding> {
  const found = new Map<number, Finding | undefined>();
  let next = 0;
  for await (const { at, finding } of mapConcurrent(looks.entries(), atOnce, async ([at, look]) => ({
    at,
    finding: await look(),
  }))) {
    found.set(at, finding);
    for (; found.has(next); next++) {
      const told = found.get(next);
      found.delete(next);
      if (told !== undefined) yield told;
    }
  }
}
