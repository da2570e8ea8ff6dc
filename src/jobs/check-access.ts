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
import { type AccountAccess, connect, type Target } from './targets.ts';

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
  /** All accounts that are open, in the order in which the cloud told them, with the regions that have servers. */
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
  /** Whether time ran out: `error` says so, and is the failure of each place that was not looked at for that. */
  readonly isPartial: boolean;
}

export interface CheckOptions {
  /** Ends it without a report. */
  readonly signal: AbortSignal;
  /** After so many milliseconds it tells what it has found; it takes as long as it takes where absent. */
  readonly limitMs?: number;
  readonly clock?: Clock;
  /** Keeps the pace for all who ask the same accounts at the same time. */
  readonly paceOf?: PaceOf | undefined;
  readonly calls?: CallRecorder | undefined;
  /** Nothing that bills is called: such a call fails with `budget_exceeded` before it is sent. */
  readonly isFree?: boolean;
  /** Called whenever a call begins or ends. */
  readonly onChange?: (look: () => readonly OngoingCheck[]) => void;
}

const accountsAtOnce = 16;
/** Of one account. */
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
  {
    signal,
    limitMs = Number.POSITIVE_INFINITY,
    clock = systemClock,
    paceOf,
    calls,
    isFree = false,
    onChange,
  }: CheckOptions,
): Promise<AccessReport> {
  const ledger = new Ledger(isFree ? 0 : undefined);
  const { limits } = target.provider;
  const watch = calls === undefined ? {} : { watch: calls.watch(target.provider) };
  const pace = paceOf === undefined ? {} : { paceOf };
  const { gate, checks } = recording(createGate({ limits, ledger, clock, ...pace, ...watch }), onChange);
  using limit = startLimit(limitMs, clock);
  const inTime = AbortSignal.any([signal, limit.passed]);
  const provider = {
    ...target.provider,
    connect: (secret: unknown) => target.provider.connect(secret, { gate, now: clock.now, signal: inTime }),
  };
  let connection: Connection | undefined;
  let error: CollectError | undefined;
  let expiry: Promise<Expiry | undefined> | undefined;
  let open: readonly AccountAccess[] = [];
  const looks: (Look & { readonly at: number })[] = [];
  try {
    const access = await connect({ ...target, provider }, { ledger, signal: inTime, clock });
    connection = access.connection;
    open = access.accounts;
    expiry = expiryOf(target, clock, signal);
    const now = clock.now();
    const looking = mapConcurrent(open.entries(), accountsAtOnce, async ([at, account]) => ({
      at,
      ...(await lookAt(account, now, inTime)),
    }));
    for await (const look of looking) looks.push(look);
  } catch (caught) {
    error = CollectError.from(caught);
  } finally {
    connection?.close();
  }
  if (signal.aborted) throw new CollectError('cancelled', 'the check was stopped');
  const late = limit.passed.aborted ? overdue(limitMs, connection && open, looks) : undefined;
  const accounts = looks
    .toSorted((a, b) => a.at - b.at)
    .map(({ at: _, missed, failures, ...look }) => {
      const unseen = late === undefined ? [] : missed.map((region) => ({ region, error: late }));
      return { ...look, failures: [...failures, ...unseen].toSorted((a, b) => a.region.localeCompare(b.region)) };
    });
  return {
    principal: connection?.principal,
    accounts,
    checks: checks().map(({ failures, ...check }) => ({ ...check, failures: failures.toSorted(byPlace) })),
    spent: ledger.spent(),
    expiry: await expiry,
    error: late ?? error,
    isPartial: late !== undefined,
  };
}

type Place = AccessCheck['failures'][number];

function byPlace(a: Place, b: Place): number {
  return a.account.localeCompare(b.account) || a.region.localeCompare(b.region);
}

/** What a report says is wrong with an account; that it took too long to find out is not. */
export function faultOf({ error, isPartial, accounts, checks }: AccessReport): CollectError | undefined {
  const late = isPartial ? error : undefined;
  const found = [...accounts, ...checks].flatMap(({ failures }) => failures.map((each) => each.error));
  return [error, ...found].find((each) => each !== late);
}

function startLimit(limitMs: number, clock: Clock): Disposable & { readonly passed: AbortSignal } {
  const over = new AbortController();
  const limit = new AbortController();
  if (Number.isFinite(limitMs)) {
    clock.sleep(limitMs, over.signal).then(
      () => limit.abort(),
      () => {},
    );
  }
  return { passed: limit.signal, [Symbol.dispose]: () => over.abort() };
}

/** @param open undefined where we were not let in; @returns undefined where all of it was looked at nevertheless */
function overdue(
  limitMs: number,
  open: readonly AccountAccess[] | undefined,
  looks: readonly Look[],
): CollectError | undefined {
  const checked = looks.filter(({ missed }) => missed.length === 0).length;
  if (checked === open?.length) return undefined;
  const far = open === undefined ? 'we were not let in by then' : `${checked} of ${open.length} accounts were checked`;
  return new CollectError('timeout', `took longer than ${limitMs / 1_000} s; ${far}`, {
    fix:
      open === undefined
        ? 'try again'
        : 'go on with what was found; once it is saved, this checks all of it, however long that takes: fleetgauge account test',
  });
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

/** What was found in an account. */
interface Look {
  readonly account: string;
  readonly name?: string;
  readonly regions: AccessReport['accounts'][number]['regions'];
  readonly failures: readonly AccessFailure[];
  /** Regions that were not looked at when time ran out; `anyRegion` where those were all. */
  readonly missed: readonly string[];
}

async function lookAt({ fleet, regions }: AccountAccess, now: number, signal: AbortSignal): Promise<Look> {
  const { account, name } = fleet;
  const look = { account, ...(name === undefined ? {} : { name }), regions: [], failures: [], missed: [] };
  if ('error' in regions) {
    if (signal.aborted && regions.error.code === 'cancelled') return { ...look, missed: [anyRegion] };
    return { ...look, failures: [{ region: anyRegion, error: regions.error }] };
  }
  if (signal.aborted) return { ...look, missed: [anyRegion] };
  return { ...look, ...(await readRegions(fleet, regions, now, signal)) };
}

/** A region whose servers cannot be listed goes on with what it has found. */
async function readRegions(fleet: Fleet, wanted: readonly string[], now: number, signal: AbortSignal) {
  const failures: AccessFailure[] = [];
  const missed: string[] = [];
  const found = await Array.fromAsync(
    mapConcurrent(wanted, regionsAtOnce, async (region) => {
      let servers = 0;
      let first: Resource | undefined;
      let isCut = false;
      try {
        for await (const page of fleet.resources(region, [serverType], signal)) {
          servers += page.length;
          first ??= page.find(({ state }) => state === 'RUNNING');
        }
      } catch (caught) {
        isCut = signal.aborted;
        if (!isCut) failures.push({ region, error: CollectError.from(caught) });
      }
      if (first !== undefined) isCut ||= !(await readOneMetric(fleet, first, now, signal));
      if (isCut) missed.push(region);
      return { region, servers };
    }),
  );
  const regions = found.filter(({ servers }) => servers > 0).toSorted((a, b) => a.region.localeCompare(b.region));
  return { regions, failures, missed };
}

/** A call that fails is told by the gate. @returns whether there was time for it */
async function readOneMetric(fleet: Fleet, resource: Resource, now: number, signal: AbortSignal): Promise<boolean> {
  const want = { resource, keys: resource.metrics.slice(0, 1), days: lastDays(1, now), statistics: ['avg'] as const };
  const [request] = fleet.plan([want], undefined).requests;
  if (request === undefined) return true;
  return fleet.fetch(request, signal).then(
    () => true,
    () => !signal.aborted,
  );
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
        // What we break off ourselves is no failure.
        if (signal.aborted) throw caught;
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
