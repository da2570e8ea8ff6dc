import { type Clock, systemClock } from '#collect/clock.ts';
import { createGate, type PaceOf } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { mapConcurrent } from '#collect/map-concurrent.ts';
import type { CallGate } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import type { Expiry } from '#model/expiry.ts';
import type { Cost, Fleet } from '#model/fleet.ts';
import type { Connection } from '#model/provider.ts';
import { anyRegion } from '#model/region.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { lastDays } from '#model/window.ts';
import type { CallRecorder } from './call-recorder.ts';
import { connect, type Target } from './targets.ts';

/** What became of the calls of one API. */
export interface AccessCheck {
  readonly api: string;
  readonly calls: number;
  /** Of the slowest call, tries included, in milliseconds. */
  readonly tookMs: number;
  /** Where it failed; empty where all is well. */
  readonly failures: readonly { readonly account: string; readonly region: string; readonly error: CollectError }[];
}

/** The same while it is under way. */
export interface OngoingCheck extends AccessCheck {
  /** Calls that were not answered yet, the oldest first. */
  readonly waiting: readonly { readonly account: string; readonly region: string; readonly tookMs: number }[];
}

interface AccessFailure {
  readonly region: string;
  readonly error: CollectError;
}

export interface AccessReport {
  /** Undefined where the cloud did not let us in. */
  readonly principal: string | undefined;
  /** Accounts that are open, with the regions that have servers. */
  readonly accounts: readonly {
    readonly account: string;
    readonly name?: string;
    readonly regions: readonly { readonly region: string; readonly servers: number }[];
    /** What could not be listed of it, with or without a call; the region is `anyRegion` where that were the regions. */
    readonly failures: readonly AccessFailure[];
  }[];
  /** In the order in which they were first made. */
  readonly checks: readonly AccessCheck[];
  readonly spent: Cost;
  /** Undefined where it is not known. */
  readonly expiry: Expiry | undefined;
  /** Why nothing else was tried. */
  readonly error: CollectError | undefined;
}

export interface CheckOptions {
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Keeps the pace for all who ask the same accounts at the same time. */
  readonly paceOf?: PaceOf | undefined;
  readonly calls?: CallRecorder | undefined;
  /** Nothing that bills is called: such a call fails with `budget_exceeded` before it is sent. */
  readonly isFree?: boolean;
  /** Called whenever a call begins or ends. */
  readonly onChange?: (look: () => readonly OngoingCheck[]) => void;
}

const regionsAtOnce = 12;

/** Who keeps when a secret ends need not let us ask: nobody waits for it longer. */
const expiryMs = 8_000;

/**
 * Makes each kind of call that reading servers takes: signs in, lists regions and servers, and asks for one day of one metric
 * of one server in each region that has some, which is all that may bill.
 *
 * @throws CollectError `cancelled`
 */
export async function checkAccess(
  target: Target,
  { signal, clock = systemClock, paceOf, calls, isFree = false, onChange }: CheckOptions,
): Promise<AccessReport> {
  const ledger = new Ledger(isFree ? 0 : undefined);
  const { limits } = target.provider;
  const watch = calls === undefined ? {} : { watch: calls.watch(target.provider) };
  const pace = paceOf === undefined ? {} : { paceOf };
  const { gate, checks } = recording(createGate({ limits, ledger, clock, ...pace, ...watch }), onChange);
  const provider = {
    ...target.provider,
    connect: (secret: unknown) => target.provider.connect(secret, { gate, now: clock.now, signal }),
  };
  let connection: Connection | undefined;
  let error: CollectError | undefined;
  let expiry: Promise<Expiry | undefined> | undefined;
  const accounts: AccessReport['accounts'][number][] = [];
  try {
    const access = await connect({ ...target, provider }, { ledger, signal, clock });
    connection = access.connection;
    expiry = expiryOf(target, clock, signal);
    for (const { fleet, regions } of access.accounts) {
      const found =
        'error' in regions
          ? { regions: [], failures: [{ region: anyRegion, error: regions.error }] }
          : await readRegions(fleet, regions, clock.now(), signal);
      const name = fleet.name === undefined ? {} : { name: fleet.name };
      accounts.push({ account: fleet.account, ...name, ...found });
    }
  } catch (caught) {
    error = CollectError.from(caught);
  } finally {
    connection?.close();
  }
  if (signal.aborted) throw new CollectError('cancelled', 'the check was stopped');
  const { principal } = connection ?? {};
  return { principal, accounts, checks: checks(), spent: ledger.spent(), expiry: await expiry, error };
}

/** Until when a secret that has let us in does so; undefined where it cannot be known. What it asks is no part of a check. */
export async function expiryOf(
  { provider, secret }: Pick<Target, 'provider' | 'secret'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Expiry | undefined> {
  const gate = createGate({ limits: provider.limits, ledger: new Ledger(0), clock });
  const patience = AbortSignal.any([signal, AbortSignal.timeout(expiryMs)]);
  return provider.expiry?.(secret, { gate, now: clock.now, signal: patience }).catch(() => undefined);
}

/** A region whose servers cannot be listed goes on with what it has found. */
async function readRegions(fleet: Fleet, wanted: readonly string[], now: number, signal: AbortSignal) {
  const failures: AccessFailure[] = [];
  const found = await Array.fromAsync(
    mapConcurrent(wanted, regionsAtOnce, async (region) => {
      let servers = 0;
      let first: Resource | undefined;
      try {
        for await (const page of fleet.resources(region, [serverType], signal)) {
          servers += page.length;
          first ??= page.find(({ state }) => state === 'RUNNING');
        }
      } catch (caught) {
        failures.push({ region, error: CollectError.from(caught) });
      }
      if (first !== undefined) await readOneMetric(fleet, first, now, signal);
      return { region, servers };
    }),
  );
  const regions = found.filter(({ servers }) => servers > 0).toSorted((a, b) => a.region.localeCompare(b.region));
  return { regions, failures: failures.toSorted((a, b) => a.region.localeCompare(b.region)) };
}

/** A call that fails is told by the gate. */
async function readOneMetric(fleet: Fleet, resource: Resource, now: number, signal: AbortSignal): Promise<void> {
  const want = { resource, keys: resource.metrics.slice(0, 1), days: lastDays(1, now), statistics: ['avg'] as const };
  const [request] = fleet.plan([want], undefined).requests;
  if (request !== undefined) await fleet.fetch(request, signal).catch(CollectError.from);
}

interface Waiting {
  readonly account: string;
  readonly region: string;
  readonly began: number;
}

/** Remembers what became of each call. */
function recording(gate: CallGate, onChange: CheckOptions['onChange'] = () => {}) {
  const seen = new Map<
    string,
    { calls: number; tookMs: number; failures: AccessCheck['failures'][number][]; waiting: Set<Waiting> }
  >();
  const checks = (): OngoingCheck[] => {
    const now = performance.now();
    return [...seen].map(([api, { waiting, failures, ...check }]) => ({
      api,
      ...check,
      failures: [...failures],
      waiting: [...waiting].map(({ began, ...place }) => ({ ...place, tookMs: now - began })),
    }));
  };
  const recorder: CallGate = {
    async send(call, work, signal) {
      const { api, account, region } = call;
      const check = seen.get(api) ?? { calls: 0, tookMs: 0, failures: [], waiting: new Set() };
      seen.set(api, check);
      check.calls++;
      const asked = { account, region, began: performance.now() };
      check.waiting.add(asked);
      onChange(checks);
      try {
        return await gate.send(call, work, signal);
      } catch (caught) {
        const error = CollectError.from(caught);
        const isKnown = check.failures.some((each) => each.account === account && each.region === region);
        if (!isKnown) check.failures.push({ account, region, error });
        throw error;
      } finally {
        check.waiting.delete(asked);
        check.tookMs = Math.max(check.tookMs, performance.now() - asked.began);
        onChange(checks);
      }
    },
  };
  return { gate: recorder, checks };
}
