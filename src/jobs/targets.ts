import { type Clock, systemClock } from '#collect/clock.ts';
import { createGate } from '#collect/gate.ts';
import type { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { Connection, Provider } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';

/** One way into a cloud: who provides it, and how to get in. */
export interface Target {
  /** Its name among ours; shown where the cloud's own id is not known yet. */
  readonly name: string;
  readonly provider: Provider;
  readonly secret: unknown;
  /** Empty for all that are enabled. */
  readonly regions: readonly string[];
}

export interface ConnectedTarget {
  readonly target: Target;
  readonly outcome: Access | { readonly error: CollectError };
}

export interface Access {
  readonly connection: Connection;
  readonly accounts: readonly AccountAccess[];
}

/** One account that a target opens, and where in it to read. */
export interface AccountAccess {
  readonly fleet: Fleet;
  readonly regions: readonly string[] | { readonly error: CollectError };
  readonly selects: (resource: Resource) => boolean;
}

export interface ConnectOptions {
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Signs in to each cloud and lists its regions. One that refuses is a result, not the end of the others.
 *
 * @throws CollectError `invalid_input` for a region that none of the targets' clouds can have
 */
export async function connectAll(targets: readonly Target[], options: ConnectOptions): Promise<ConnectedTarget[]> {
  for (const region of targets.flatMap(({ regions }) => regions)) {
    if (targets.some(({ provider }) => provider.regionForm.test(region))) continue;
    const names = [...new Set(targets.map(({ provider }) => provider.name))].join(' or ');
    throw new CollectError('invalid_input', `'${region}' is not a region of ${names}`);
  }
  return Promise.all(
    targets.map(async (target) => {
      try {
        return { target, outcome: await connect(target, options) };
      } catch (caught) {
        return { target, outcome: { error: CollectError.from(caught) } };
      }
    }),
  );
}

/** @throws CollectError where the cloud does not let us in; an account that does not list its regions is a result */
export async function connect(
  { provider, secret, regions }: Target,
  { ledger, signal, clock = systemClock }: ConnectOptions,
): Promise<Access> {
  const gate = createGate({ limits: provider.limits, ledger, clock });
  const connection = await provider.connect(secret, { gate, now: clock.now, signal });
  const wanted = regions.filter((region) => provider.regionForm.test(region));
  const isElsewhere = regions.length > 0 && wanted.length === 0;
  const accounts = await Promise.all(
    connection.fleets.map(async (fleet) => ({
      fleet,
      regions: isElsewhere ? [] : await regionsOf(fleet, wanted, signal),
      selects: ({ region }: Resource) => wanted.length === 0 || wanted.includes(region),
    })),
  );
  return { connection, accounts };
}

async function regionsOf(fleet: Fleet, wanted: readonly string[], signal: AbortSignal) {
  if (fleet.isRegional && wanted.length > 0) return wanted;
  try {
    return await fleet.regions(signal);
  } catch (caught) {
    return { error: CollectError.from(caught) };
  }
}

export function closeAll(targets: readonly ConnectedTarget[]): void {
  for (const { outcome } of targets) if ('connection' in outcome) outcome.connection.close();
}
