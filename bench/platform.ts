import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { z } from 'zod';
import type { Generation } from '#wire/generation.ts';
import type { ProcessOptions } from '../src/demo/cloudforet/process.ts';
import { messagesOf } from './cloud.ts';
import { countMessages } from './stream-client.ts';

/** Run as fleetgauge is run. */
const Lean = z.object({ flags: z.array(z.string()), env: z.record(z.string(), z.string()) });
const { lean } = z.object({ lean: Lean }).parse(createRequire(import.meta.url)('../tools/bootstrap.cjs'));

/** What the simulated platform takes to answer a call. */
export const platformLatencyMs = 20;

const Platform = z.object({
  endpoint: z.string(),
  secretData: z.object({ api_key_id: z.string(), api_key: z.string(), endpoint: z.string() }),
});
const PlatformSpent = z.object({
  stats: z.record(z.string(), z.object({ calls: z.int(), maxInFlight: z.int() })),
  cpuSeconds: z.number(),
});
const Collector = z.object({ port: z.int() });
const CollectorSpent = z.object({ cpuSeconds: z.number(), peakRssMiB: z.number() });

export interface PlatformCollected {
  readonly generation: Generation;
  readonly servers: number;
  readonly messages: number;
  readonly getDataCalls: number;
  readonly callsPerThousand: number;
  readonly mostInFlight: number;
  readonly seconds: number;
  readonly firstMessageSeconds: number;
  /** Of the collector. */
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
  readonly platformCpuSeconds: number;
}

/** Collects so many servers, 12 keys × avg + max × 14 days, by way of a simulated platform; each in a process of its own. */
export async function collectByPlatform(servers: number, generation: Generation = 'v2'): Promise<PlatformCollected> {
  const options: ProcessOptions = {
    generation,
    servers,
    latencyMs: platformLatencyMs,
    accountsPerProvider: 2,
    regionsPerAccount: 2,
  };
  const platform = fork(new URL('../src/demo/cloudforet/process.ts', import.meta.url), [JSON.stringify(options)]);
  const collector = fork(new URL('platform-process.ts', import.meta.url), [generation], {
    execArgv: lean.flags,
    env: { ...process.env, ...lean.env },
  });
  try {
    const [platformSays, collectorSays] = [messagesOf(platform), messagesOf(collector)];
    const { secretData } = Platform.parse((await platformSays.next()).value);
    const { port } = Collector.parse((await collectorSays.next()).value);
    const start = performance.now();
    let messages = 0;
    let first = Number.NaN;
    for await (const sofar of countMessages(port, { options: {}, secret_data: secretData, filter: {} })) {
      if (messages === 0 && sofar > 0) first = performance.now();
      messages = sofar;
    }
    const seconds = (performance.now() - start) / 1000;
    platform.send('stats');
    collector.send('spent');
    const { stats, cpuSeconds: platformCpuSeconds } = PlatformSpent.parse((await platformSays.next()).value);
    const spent = CollectorSpent.parse((await collectorSays.next()).value);
    const { calls = 0, maxInFlight = 0 } = stats['Metric.get_data'] ?? {};
    return {
      generation,
      servers,
      messages,
      getDataCalls: calls,
      callsPerThousand: (1000 * calls) / servers,
      mostInFlight: maxInFlight,
      seconds,
      firstMessageSeconds: (first - start) / 1000,
      ...spent,
      platformCpuSeconds,
    };
  } finally {
    platform.disconnect();
    collector.disconnect();
  }
}

/** What two sizes say of growth: 1 is linear. */
export function growth(small: PlatformCollected, large: PlatformCollected, of: (each: PlatformCollected) => number) {
  return Math.log(of(large) / of(small)) / Math.log(large.servers / small.servers);
}
