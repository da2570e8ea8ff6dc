import { type Clock, systemClock } from '#collect/clock.ts';
import { createGate } from '#collect/gate.ts';
import type { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { Provider } from '#model/provider.ts';

/** One account to read: who provides it, and how to get in. */
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
  readonly outcome: { readonly fleet: Fleet; readonly regions: readonly string[] } | { readonly error: CollectError };
}

export interface ConnectOptions {
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** Signs in to each account and lists its regions. An account that refuses is a result, not the end of the others. */
export async function connectAll(targets: readonly Target[], options: ConnectOptions): Promise<ConnectedTarget[]> {
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

/** @throws CollectError */
export async function connect(
  { provider, secret, regions }: Target,
  { ledger, signal, clock = systemClock }: ConnectOptions,
) {
  const gate = createGate({ limits: provider.limits, ledger, clock });
  const fleet = await provider.connect(secret, { gate, now: clock.now, signal });
  return { fleet, regions: regions.length > 0 ? regions : await fleet.regions(signal) };
}

export function closeAll(targets: readonly ConnectedTarget[]): void {
  for (const { outcome } of targets) if ('fleet' in outcome) outcome.fleet.close();
}
