/**
 * Plans the servers of a simulated cloud, or reads them as a run does, without a store, in a process of its own so that memory is
 * that of this size alone. `providers.bench.ts` starts it.
 */
import { z } from 'zod';
import { systemClock } from '#collect/clock.ts';
import { collectRegion } from '#collect/collect-region.ts';
import { estimateRegion } from '#collect/estimate.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import type { Fleet } from '#model/fleet.ts';
import { serverMetricKeys } from '#model/metric.ts';
import { serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { lastDays } from '#model/window.ts';
import { loadProvider } from '#providers/registry.ts';
import { frozenNow } from './cloud.ts';
import { providerWorlds } from './provider-worlds.ts';

const Task = z.object({
  id: z.string(),
  servers: z.int(),
  /** Whether the servers are read, or only planned. */
  reads: z.boolean(),
  statistics: z.array(z.enum(statistics)),
  started: z.unknown(),
  concurrency: z.int(),
});
export type ProviderTask = z.infer<typeof Task>;

const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
const world = providerWorlds[task.id];
if (world === undefined) throw new Error(`one of: ${Object.keys(providerWorlds).join(', ')}`);
const provider = await loadProvider(task.id);
const limit = provider.limits[provider.metricApi];
if (limit === undefined) throw new Error(`${provider.metricApi} has no limit`);
const ledger = new Ledger();
const gate = createGate({ limits: provider.limits, ledger, clock: systemClock });
const signal = new AbortController().signal;
const secret = provider.parseSecret(world.secret(task.started));
const connection = await provider.connect(secret, { gate, now: () => frozenNow, signal });
const wanted = {
  keys: serverMetricKeys,
  statistics: task.statistics,
  window: lastDays(14, frozenNow),
};
const selects = world.selects(task.servers);
const known = async () => new Map<string, never>();

let servers = 0;
let planned = 0;
let values = 0;
let failures = 0;
let firstFetch = 0;
let lastBatch = 0;
const startRssMiB = process.memoryUsage.rss() / 2 ** 20;
for (const fleet of connection.fleets) {
  for (const region of await fleet.regions(signal)) {
    const place = { region, types: [serverType], wanted, selects, known, signal };
    if (!task.reads) {
      const estimate = await estimateRegion({ ...place, fleet, limit });
      servers += estimate.servers;
      planned += estimate.cost.calls;
      continue;
    }
    const run = collectRegion({
      ...place,
      fleet: watched(fleet),
      concurrency: task.concurrency,
      stopping: signal,
      now: () => frozenNow,
    });
    for await (const batch of run) {
      servers += batch.length;
      lastBatch = performance.now();
      for (const { folded, failures: failed } of batch) {
        failures += failed.length;
        values += Object.values(folded?.monitoring ?? {}).reduce((sum, group) => sum + Object.keys(group).length, 0);
      }
    }
  }
}
connection.close();

const lines = ledger.lines().filter(({ api }) => api === provider.metricApi);
const calls = lines.reduce((sum, line) => sum + line.calls, 0);
const points = lines.reduce((sum, line) => sum + line.points, 0);
const result = {
  servers,
  values,
  failures,
  calls: task.reads ? calls : planned,
  seconds: (lastBatch - firstFetch) / 1000,
  quotaSeconds: Math.max(calls / limit.perSecond, points / (limit.pointsPerSecond ?? Number.POSITIVE_INFINITY)),
  startRssMiB,
  peakRssMiB: process.resourceUsage().maxRSS / 1024,
};
export type ProviderResult = typeof result;
process.send?.(result);
process.disconnect();

function watched(fleet: Fleet): Fleet {
  return {
    ...fleet,
    fetch: (request, fetchSignal) => {
      if (firstFetch === 0) {
        firstFetch = performance.now();
        process.send?.('reading');
      }
      return fleet.fetch(request, fetchSignal);
    },
  };
}
