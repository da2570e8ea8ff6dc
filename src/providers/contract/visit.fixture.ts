import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#collect/clock.ts';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import type { Call, CallGate } from '#model/calls.ts';
import type { Fleet, Want } from '#model/fleet.ts';
import type { Connection, Provider } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import { metricsOf, serverType } from '#model/resource-type.ts';
import type { Statistic } from '#model/statistic.ts';
import { lastDays } from '#model/window.ts';
import type { Testbed } from './testbed.fixture.ts';

export const never = new AbortController().signal;

/** A provider, connected to its testbed. */
export interface Visit extends Disposable {
  readonly connection: Connection;
  readonly ledger: Ledger;
  /** In the order in which they were sent. */
  readonly calls: readonly Call[];
  /** Where most servers are. */
  place(): Promise<Place>;
  /** Reads that place as a run would. */
  read(wanted: Reading, signal?: AbortSignal): Promise<Map<string, CollectedServer>>;
}

export interface Place {
  readonly fleet: Fleet;
  readonly region: string;
  readonly servers: readonly Resource[];
}

export interface Reading {
  readonly statistics: readonly Statistic[];
  readonly days: number;
}

export interface VisitOptions {
  readonly secret?: unknown;
  readonly timeoutMs?: number;
  /** How late answers come in: the first of any three by so much, the others by less, so that they overtake each other. */
  readonly latencyMs?: number;
}

export async function visit(provider: Provider, bed: Testbed, options: VisitOptions = {}): Promise<Visit> {
  const { secret = bed.secret, timeoutMs = 100_000, latencyMs = 0 } = options;
  const now = () => bed.now;
  const ledger = new Ledger();
  const limits = Object.fromEntries(
    Object.entries(provider.limits).map(([api, limit]) => [api, { ...limit, timeoutMs }]),
  );
  const calls: Call[] = [];
  const inner = createGate({ limits, ledger, clock: hurriedAt(bed.now) });
  const gate: CallGate = {
    send: async (call, work, signal) => {
      const nth = calls.push(call);
      const answer = await inner.send(call, work, signal);
      if (latencyMs > 0) await sleep(latencyMs / (1 + (nth % 3)));
      return answer;
    },
  };
  const connection = await provider.connect(provider.parseSecret(secret), { gate, now, signal: never });
  let found: Promise<Place> | undefined;
  const place = () => {
    found ??= fullestPlace(connection);
    return found;
  };
  return {
    connection,
    ledger,
    calls,
    place,
    async read({ statistics, days }, signal = never) {
      const { fleet, region } = await place();
      const wanted = { keys: metricsOf(provider, serverType), statistics, window: lastDays(days, bed.now) };
      const run = collectRegion({
        fleet,
        region,
        types: [serverType],
        wanted,
        concurrency: 8,
        selects: () => true,
        known: async () => new Map(),
        stopping: signal,
        signal,
        now,
      });
      const servers = new Map<string, CollectedServer>();
      for await (const batch of run) for (const server of batch) servers.set(server.resource.id, server);
      return servers;
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

async function fullestPlace({ fleets }: Connection): Promise<Place> {
  const places: Place[] = [];
  for (const fleet of fleets)
    for (const region of await fleet.regions(never))
      places.push({ fleet, region, servers: await serversIn(fleet, region) });
  const [fullest] = places.sort((a, b) => b.servers.length - a.servers.length);
  if (fullest === undefined || fullest.servers.length < 4)
    throw new Error('the testbed has no place with more than three servers');
  return fullest;
}

export async function serversIn(fleet: Fleet, region: string): Promise<Resource[]> {
  return (await Array.fromAsync(fleet.resources(region, [serverType], never))).flat();
}

/** The last days of some servers, all that is measured of them. */
export function wantsOf({ servers }: Place, now: number): Want[] {
  return servers.slice(0, 20).map((resource) => ({
    resource,
    keys: resource.metrics.filter((key) => !(key in resource.constants)),
    days: lastDays(2, now),
    statistics: ['avg', 'max'],
  }));
}

/** Waits are cut short: what counts is what is done about a fault, not how long it takes. */
function hurriedAt(now: number): Clock {
  return {
    now: () => now,
    sleep: (_, signal) => {
      signal.throwIfAborted();
      return new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0.5,
  };
}
