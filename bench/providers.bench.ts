/**
 * Calls that each cloud is asked for 12 keys × avg + max × 14 days, against the best plan that its API allows for that, the time
 * against the least that so many calls take, and the memory of the reader. `planned at most` is what a run is said to take before
 * it is agreed to, when only calls that are not billed have been made; `made` is what it took. The least is the longest of what
 * the quota allows, of 50 ms an answer in so many calls at a time, and of the processor time that the simulation takes to answer.
 *
 * Run: `node bench/providers.bench.ts [provider…] [--servers 1000,10000] [--counted 100000] [--points]`; of `--counted` sizes, which
 * take some minutes each, no time is told. `--points` reads percentiles too.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { frozenNow, messagesOf } from './cloud.ts';
import type { ProviderResult, ProviderTask } from './provider-process.ts';
import { type ProviderWorld, providerWorlds } from './provider-worlds.ts';
import { count, fixed, table } from './show.ts';

const latencyMs = 50;
const concurrency = 12;

/** Run as fleetgauge is run. */
const Lean = z.object({ flags: z.array(z.string()), env: z.record(z.string(), z.string()) });
const { lean } = z.object({ lean: Lean }).parse(createRequire(import.meta.url)('../tools/bootstrap.cjs'));

const Result: z.ZodType<ProviderResult> = z.object({
  servers: z.int(),
  values: z.int(),
  failures: z.int(),
  calls: z.number(),
  seconds: z.number(),
  quotaSeconds: z.number(),
  startRssMiB: z.number(),
  peakRssMiB: z.number(),
});

interface Measured extends ProviderResult {
  /** Of this process, which the simulation is a thread of, while it was read. */
  readonly cloudCpuSeconds: number;
}

interface Size {
  readonly servers: number;
  readonly timed: boolean;
}

async function measure(world: ProviderWorld, task: Omit<ProviderTask, 'started'>, answerMs: number): Promise<Measured> {
  const worker = new Worker(world.worker, {
    workerData: { ...world.options(task.servers), frozenAtMs: frozenNow, faults: { latencyMs: answerMs } },
  });
  try {
    const [started] = await once(worker, 'message');
    const child = fork(new URL('provider-process.ts', import.meta.url), [JSON.stringify({ ...task, started })], {
      execArgv: lean.flags,
      env: { ...process.env, ...lean.env },
    });
    let cpu = process.cpuUsage();
    for await (const message of messagesOf(child)) {
      if (message === 'reading') cpu = process.cpuUsage();
      else {
        const { user, system } = process.cpuUsage(cpu);
        return { ...Result.parse(message), cloudCpuSeconds: (user + system) / 1e6 };
      }
    }
    throw new Error(`${task.id} with ${task.servers} servers ended without a result`);
  } finally {
    await worker.terminate();
  }
}

function rowOf({ best }: ProviderWorld, id: string, { timed }: Size, planned: number, made: Measured): string[] {
  const { servers, calls, seconds, quotaSeconds, cloudCpuSeconds } = made;
  const latencySeconds = (Math.ceil(calls / concurrency) * latencyMs) / 1000;
  const least = Math.max(quotaSeconds, latencySeconds, cloudCpuSeconds);
  const bestCalls = best(servers);
  return [
    id,
    count(servers),
    fixed(bestCalls, 0),
    count(planned),
    `${fixed(planned / bestCalls, 2)} ×`,
    count(calls),
    `${fixed(calls / bestCalls, 2)} ×`,
    count(made.values),
    count(made.failures),
    `${fixed(made.startRssMiB, 0)} → ${fixed(made.peakRssMiB, 0)}`,
    fixed(quotaSeconds),
    ...(timed
      ? [fixed(seconds), fixed(latencySeconds), fixed(cloudCpuSeconds), `${fixed(seconds / least, 2)} ×`]
      : ['–', '–', '–', '–']),
  ];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    servers: { type: 'string', default: '1000,10000' },
    counted: { type: 'string', default: '100000' },
    points: { type: 'boolean', default: false },
  },
});
const sizesOf = (text: string) =>
  text
    .split(',')
    .filter((size) => size !== '')
    .map(Number);
const sizes: Size[] = [
  ...sizesOf(values.servers).map((servers) => ({ servers, timed: true })),
  ...sizesOf(values.counted).map((servers) => ({ servers, timed: false })),
];
const chosen = positionals.length > 0 ? positionals : Object.keys(providerWorlds);
const columns =
  'servers best planned_at_most of_best made of_best values failed MiB quota seconds latency simulation of_least';
const rows = [['', ...columns.split(' ').map((name) => name.replaceAll('_', ' '))]];
for (const id of chosen) {
  const world = providerWorlds[id];
  if (world === undefined) throw new Error(`one of: ${Object.keys(providerWorlds).join(', ')}`);
  for (const size of sizes) {
    const { servers } = size;
    const statistics = values.points ? (['avg', 'max', 'p95'] as const) : (['avg', 'max'] as const);
    const task = { id, servers, statistics: [...statistics], concurrency };
    const start = performance.now();
    const planned = await measure(world, { ...task, reads: false }, 0);
    const made = await measure(world, { ...task, reads: true }, size.timed ? latencyMs : 0);
    rows.push(rowOf(world, id, size, planned.calls, made));
    process.stderr.write(`${id} ${servers}: ${fixed((performance.now() - start) / 1000)} s\n`);
  }
}
console.log(`${process.version}, ${latencyMs} ms to every answer, ${concurrency} calls in flight`);
console.log(table(rows));
for (const id of chosen) console.log(`${id}: best is ${providerWorlds[id]?.because}`);
