import { systemClock } from '#collect/clock.ts';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import type { Fleet } from '#model/fleet.ts';
import { serverMetricKeys } from '#model/metric.ts';
import { serverType } from '#model/resource-type.ts';
import type { Statistic } from '#model/statistic.ts';
import type { DayRange } from '#model/window.ts';
import { prometheus } from '#providers/prometheus/index.ts';

export interface Connected extends Disposable {
  readonly fleet: Fleet;
  readonly ledger: Ledger;
}

const never = new AbortController().signal;

export async function connectTo(url: string, secret: object = {}): Promise<Connected> {
  const ledger = new Ledger();
  const gate = createGate({ limits: prometheus.limits, ledger, clock: systemClock });
  const { fleets, close } = await prometheus.connect({ url, ...secret }, { gate, now: Date.now, signal: never });
  const [fleet] = fleets;
  if (fleet === undefined) throw new Error('a Prometheus is one fleet');
  return { fleet, ledger, [Symbol.dispose]: close };
}

/** Reads a whole Prometheus as a run does, without a store. */
export async function read(
  fleet: Fleet,
  window: DayRange,
  statistics: readonly Statistic[] = ['avg', 'max'],
): Promise<CollectedServer[]> {
  const run = collectRegion({
    fleet,
    region: 'global',
    types: [serverType],
    wanted: { keys: serverMetricKeys, statistics, window },
    concurrency: 8,
    selects: () => true,
    known: async () => new Map(),
    stopping: never,
    signal: never,
    now: Date.now,
  });
  return (await Array.fromAsync(run)).flat();
}
