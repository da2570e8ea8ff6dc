import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { messagesOf, startBenchCloud } from './cloud.ts';

/** Run as fleetgauge is run. */
const Lean = z.object({ flags: z.array(z.string()), env: z.record(z.string(), z.string()) });
const { lean } = z.object({ lean: Lean }).parse(createRequire(import.meta.url)('../tools/bootstrap.cjs'));

/** What `collect-process.ts` is to do. */
export const CollectTask = z.object({
  url: z.url(),
  /**
   * `usual`: Nitro servers whose monitoring was not switched in the window, of every life and with every agent. `nitro`: also
   * those that were, one in twenty. `mixed`: all that the simulated world has, a quarter of it Xen and bare metal.
   */
  fleet: z.enum(['usual', 'nitro', 'mixed']),
  /** Servers of the simulated world, of which the fleet is a part. */
  worldServers: z.int(),
  days: z.int(),
  /** The floor is timed over so many calls at most. */
  floorCalls: z.int(),
});
export type FleetKind = z.infer<typeof CollectTask>['fleet'];

const Result = z.object({
  servers: z.int(),
  /** Keys that came out with a value. */
  values: z.int(),
  failures: z.int(),
  /** GetMetricData, by what was asked for. */
  kinds: z.record(z.string(), z.object({ calls: z.number(), points: z.number() })),
  planned: z.number(),
  calls: z.int(),
  throttled: z.int(),
  retried: z.int(),
  points: z.number(),
  listMetricsCalls: z.int(),
  describeCalls: z.int(),
  /** Listing the region and planning it, as before every run. */
  discoverySeconds: z.number(),
  /** From the survey to the last record. */
  totalSeconds: z.number(),
  /** From the first GetMetricData call to the last record. */
  metricSeconds: z.number(),
  /** What these calls and points take at the rates that we hold ourselves to, whoever sends them. */
  quotaSeconds: z.number(),
  floorSecondsPerCall: z.number(),
  floorCpuSecondsPerCall: z.number(),
  cpuSeconds: z.number(),
  startRssMiB: z.number(),
  sampledRssMiB: z.number(),
  peakRssMiB: z.number(),
  peakHeapMiB: z.number(),
  course: z.array(z.object({ servers: z.int(), rssMiB: z.number(), heapMiB: z.number() })),
});
export type CollectResult = z.infer<typeof Result>;

export interface Collected extends CollectResult {
  readonly fleet: FleetKind;
  /** The simulation's own, while it was read. */
  readonly cloudCpuSeconds: number;
  readonly floorSeconds: number;
  readonly callsPerThousand: number;
}

/** The part of the simulated servers that a fleet is: the world is made larger by it, so that as many are read. */
const shareOf = { usual: 0.68, nitro: 0.735, mixed: 1 } as const satisfies Record<FleetKind, number>;

/** Collects a simulated region of about so many servers in a fresh process. */
export async function collect(
  servers: number,
  fleet: FleetKind,
  { days = 14, floorCalls = 1000 }: { readonly days?: number; readonly floorCalls?: number } = {},
): Promise<Collected> {
  const worldServers = Math.round(servers / shareOf[fleet]);
  const cloud = await startBenchCloud(worldServers);
  try {
    const task: z.infer<typeof CollectTask> = { url: cloud.url, fleet, worldServers, days, floorCalls };
    const child = fork(new URL('collect-process.ts', import.meta.url), [JSON.stringify(task)], {
      execArgv: lean.flags,
      env: { ...process.env, ...lean.env },
    });
    let cloudCpu = 0;
    for await (const message of messagesOf(child)) {
      if (message === 'reading') cloudCpu -= await cloud.cpuSeconds();
      else if (message === 'read') cloudCpu += await cloud.cpuSeconds();
      else return withCloud(Result.parse(message), fleet, cloudCpu);
    }
    throw new Error(`collecting ${servers} servers ended without a result`);
  } finally {
    cloud.stop();
  }
}

function withCloud(result: CollectResult, fleet: FleetKind, cloudCpuSeconds: number): Collected {
  return {
    ...result,
    fleet,
    cloudCpuSeconds,
    floorSeconds: result.floorSecondsPerCall * result.calls,
    callsPerThousand: (1000 * result.calls) / result.servers,
  };
}
