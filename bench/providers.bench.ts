/**
 * Calls that each cloud is asked for 12 keys × avg + max × 14 days, against the best plan that its API allows for that, the time
 * against the least that so many calls take, and the memory of the reader. The least is the longest of what the quota allows, of
 * 50 ms an answer in so many calls at a time, and of the processor time that the simulation takes to answer.
 *
 * Run: `node bench/providers.bench.ts [provider…] [--servers 1000,10000] [--planned 100000] [--points]`; `--planned` sizes are
 * discovered and planned and not read, `--points` reads percentiles too.
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

async function measure(world: ProviderWorld, task: Omit<ProviderTask, 'started'>): Promise<Measured> {
  const faults = { latencyMs: task.reads ? latencyMs : 0 };
  const worker = new Worker(world.worker, {
    workerData: { ...world.options(task.servers), frozenAtMs: frozenNow, faults },
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

function rowOf({ best }: ProviderWorld, { id, reads }: Omit<ProviderTask, 'started'>, each: Measured): string[] {
  const { servers, calls, seconds, quotaSeconds, cloudCpuSeconds } = each;
  const latencySeconds = (Math.ceil(calls / concurrency) * latencyMs) / 1000;
  const least = Math.max(quotaSeconds, latencySeconds, cloudCpuSeconds);
  const bestCalls = best(servers);
  return [
    id,
    count(servers),
    count(calls),
    fixed(bestCalls, 0),
    `${fixed(calls / bestCalls, 2)} ×`,
    ...(reads
      ? [
          count(each.values),
          count(each.failures),
          fixed(seconds),
          fixed(quotaSeconds),
          fixed(latencySeconds),
          fixed(cloudCpuSeconds),
          `${fixed(seconds / least, 2)} ×`,
          `${fixed(each.startRssMiB, 0)} → ${fixed(each.peakRssMiB, 0)}`,
        ]
      : ['planned', ...Array.from({ length: 7 }, () => '–')]),
  ];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    servers: { type: 'string', default: '1000,10000' },
    planned: { type: 'string', default: '100000' },
    points: { type: 'boolean', default: false },
  },
});
const sizesOf = (text: string) =>
  text
    .split(',')
    .filter((size) => size !== '')
    .map(Number);
const sizes = [
  ...sizesOf(values.servers).map((servers) => ({ servers, reads: true })),
  ...sizesOf(values.planned).map((servers) => ({ servers, reads: false })),
];
const chosen = positionals.length > 0 ? positionals : Object.keys(providerWorlds);
const rows = ['servers calls best of_best values failed seconds quota latency simulation of_least MiB'.split(' ')].map(
  (names) => ['', ...names.map((name) => name.replace('_', ' '))],
);
for (const id of chosen) {
  const world = providerWorlds[id];
  if (world === undefined) throw new Error(`one of: ${Object.keys(providerWorlds).join(', ')}`);
  for (const size of sizes) {
    const task: Omit<ProviderTask, 'started'> = {
      id,
      ...size,
      statistics: values.points ? ['avg', 'max', 'p95'] : ['avg', 'max'],
      concurrency,
    };
    const start = performance.now();
    rows.push(rowOf(world, task, await measure(world, task)));
    process.stderr.write(`${id} ${size.servers}: ${fixed((performance.now() - start) / 1000)} s\n`);
  }
}
console.log(`${process.version}, ${latencyMs} ms to every answer, ${concurrency} calls in flight`);
console.log(table(rows));
for (const id of chosen) console.log(`${id}: best is ${providerWorlds[id]?.because}`);
