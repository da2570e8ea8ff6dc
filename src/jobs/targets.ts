import { type Clock, systemClock } from '#collect/clock.ts';
import { createGate, type PaceOf } from '#collect/gate.ts';
import type { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { Connection, Provider } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import type { ProviderTypes } from '#model/resource-type.ts';
import type { CallRecorder } from './call-recorder.ts';
import type { PhaseBook } from './phase-book.ts';

/** One way into a cloud: who provides it, and how to get in. */
export interface Target {
  /** Its name among ours; shown where the cloud's own id is not known yet. */
  readonly name: string;
  readonly provider: Provider;
  readonly secret: unknown;
  /** Empty for all that are enabled. */
  readonly regions: readonly string[];
}

/** What the providers of targets have. */
export function typesOf(targets: readonly Pick<Target, 'provider'>[]): ProviderTypes[] {
  return [...new Set(targets.map(({ provider }) => provider))].map(({ id, types }) => ({ provider: id, types }));
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
  /** Where others read the same accounts at the same time: what keeps the pace for all of them. */
  readonly paceOf?: PaceOf;
  /** Who sums up how the cloud answers. */
  readonly calls?: CallRecorder | undefined;
  /** Who keeps what tasks are busy with. */
  readonly phases?: Phases | undefined;
}

type Phases = Pick<PhaseBook, 'steps'>;

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
export async function connect(target: Target, options: ConnectOptions): Promise<Access> {
  const { signal } = options;
  const connection = await signIn(target, options);
  const wanted = ownRegions(target);
  const isElsewhere = target.regions.length > 0 && wanted.length === 0;
  const selects = inRegions(wanted);
  const accounts = await Promise.all(
    connection.fleets.map(async (fleet) => ({
      fleet,
      regions: isElsewhere ? [] : await regionsOf(fleet, wanted, signal),
      selects,
    })),
  );
  return { connection, accounts };
}

/** One account of a target, and what of it to read, without a look at its regions. */
export type OpenAccount = Pick<AccountAccess, 'fleet' | 'selects'> & { readonly connection: Connection };

/** @throws CollectError where the cloud does not let us in, or the secret does not open this account any more */
export async function openAccount(target: Target, account: string, options: ConnectOptions): Promise<OpenAccount> {
  const connection = await signIn(target, options);
  const fleet = connection.fleets.find((each) => each.account === account);
  if (fleet !== undefined) return { connection, fleet, selects: inRegions(ownRegions(target)) };
  connection.close();
  throw new CollectError('not_found', `the secret of '${target.name}' does not open account ${account} any more`, {
    fix: 'start a new run, which finds out what it opens now',
  });
}

function signIn(
  { provider, secret }: Target,
  { ledger, signal, clock = systemClock, paceOf, calls, phases }: ConnectOptions,
): Promise<Connection> {
  const gate = createGate({
    limits: provider.limits,
    ledger,
    clock,
    ...(paceOf === undefined ? {} : { paceOf }),
    ...(calls === undefined ? {} : { watch: calls.watch(provider) }),
    ...(phases === undefined ? {} : { steps: phases.steps(provider) }),
  });
  return provider.connect(secret, { gate, now: clock.now, signal });
}

/** Those of the wanted regions that are meant for this cloud. */
function ownRegions({ provider, regions }: Target): readonly string[] {
  return regions.filter((region) => provider.regionForm.test(region));
}

function inRegions(wanted: readonly string[]) {
  return ({ region }: Pick<Resource, 'region'>) => wanted.length === 0 || wanted.includes(region);
}

/** Whether a target reads resources of a region, where its cloud is one place with all of them. */
export function keepsRegion(target: Target, region: string): boolean {
  return inRegions(ownRegions(target))({ region });
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
