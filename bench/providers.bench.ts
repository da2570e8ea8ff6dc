/**
 * Calls that each cloud is asked for 12 keys × avg + max × 14 days, against the best plan that its API allows for that, and the time
 * against what so many calls take at least: at 50 ms an answer, in so many at a time, at the quota. One cloud and size at a
 * time, the simulation in a thread of its own.
 *
 * Run: `node bench/providers.bench.ts [provider…] [--servers 1000,10000]`
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { systemClock } from '#collect/clock.ts';
import { collectRegion } from '#collect/collect-region.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import type { Fleet } from '#model/fleet.ts';
import { metricKeys } from '#model/metric.ts';
import { serverType } from '#model/resource-type.ts';
import { lastDays } from '#model/window.ts';
import { loadProvider } from '#providers/registry.ts';
import { bigWorld } from '../src/demo/aws/accounts.ts';
import { bigTenant } from '../src/demo/azure/tenants.ts';
import { bigProject } from '../src/demo/google/projects.ts';
import { frozenNow } from './cloud.ts';
import { count, fixed, table } from './show.ts';

const latencyMs = 50;
const concurrency = 12;
const window = lastDays(14, frozenNow);

/** One cloud to be measured: how to start it, how to get in, and the calls of the best plan. */
interface Contender {
  readonly worker: URL;
  readonly options: (servers: number) => object;
  readonly secret: (started: unknown) => unknown;
  /** Of the API that reads metrics, by servers; what it is made of is told beside the result. */
  readonly best: (servers: number) => number;
  readonly because: string;
}

const Url = z.object({ url: z.string() });
const GoogleStarted = Url.extend({ credentials: z.looseObject({ serviceAccount: z.unknown() }) });
const AzureStarted = Url.extend({
  credentials: z.array(
    z.looseObject({ tenantId: z.string(), clientId: z.string(), clientSecret: z.string().optional() }),
  ),
});

const contenders: Readonly<Record<string, Contender>> = {
  aws: {
    worker: new URL('../src/demo/aws/worker.ts', import.meta.url),
    options: (servers) => ({ accounts: bigWorld(servers) }),
    secret: (started) => {
      const [{ accessKeyId, secretAccessKey }] = bigWorld(0);
      return { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint: Url.parse(started).url };
    },
    best: (servers) => (servers * 27) / 500,
    because: '9 metrics × 3 statistics of each server, 500 queries a call',
  },
  google_cloud: {
    worker: new URL('../src/demo/google/worker.ts', import.meta.url),
    options: (servers) => ({
      projects: bigProject(servers, ['us-central1-a', 'us-central1-b', 'europe-west1-b', 'asia-east1-a']),
    }),
    secret: (started) => {
      const { url, credentials } = GoogleStarted.parse(started);
      return { from: { kind: 'service_account', key: credentials.serviceAccount }, endpoint: url };
    },
    best: (servers) => 24 * Math.ceil((servers * 14) / 100_000),
    because: '12 metrics × 2 statistics of all servers, 100,000 daily points a page',
  },
  azure: {
    worker: new URL('../src/demo/azure/worker.ts', import.meta.url),
    options: (servers) => ({ tenants: bigTenant(servers) }),
    secret: (started) => {
      const { url, credentials } = AzureStarted.parse(started);
      const [{ tenantId, clientId, clientSecret } = { tenantId: '', clientId: '' }] = credentials;
      return {
        from: { kind: 'client_secret', tenantId, clientId, clientSecret },
        endpoints: { authority: url, resourceManager: url, metrics: `${url}/metrics/{region}` },
      };
    },
    best: (servers) => servers / 50,
    because: 'all metrics of 50 servers a call; packets are metrics of interfaces and come on top',
  },
};

async function measure(id: string, contender: Contender, servers: number): Promise<string[]> {
  const worker = new Worker(contender.worker, {
    workerData: { ...contender.options(servers), frozenAtMs: frozenNow, faults: { latencyMs } },
  });
  const [started] = await once(worker, 'message');
  try {
    return await read(id, contender, servers, contender.secret(started));
  } finally {
    await worker.terminate();
  }
}

async function read(id: string, contender: Contender, servers: number, secret: unknown): Promise<string[]> {
  const provider = await loadProvider(id);
  const ledger = new Ledger();
  const signal = new AbortController().signal;
  const gate = createGate({ limits: provider.limits, ledger, clock: systemClock });
  const { fleets, close } = await provider.connect(provider.parseSecret(secret), {
    gate,
    now: () => frozenNow,
    signal,
  });
  let found = 0;
  let values = 0;
  let failed = 0;
  const span = new Span();
  for (const fleet of fleets.map((each) => watched(each, span))) {
    for (const region of await fleet.regions(signal)) {
      const run = collectRegion({
        fleet,
        region,
        types: [serverType],
        wanted: { keys: metricKeys, statistics: ['avg', 'max'], window },
        concurrency,
        selects: () => true,
        known: async () => new Map(),
        stopping: signal,
        signal,
        now: () => frozenNow,
      });
      for await (const batch of run) {
        found += batch.length;
        for (const { folded, failures } of batch) {
          failed += failures.length;
          values += Object.values(folded?.monitoring ?? {}).reduce((sum, group) => sum + Object.keys(group).length, 0);
        }
      }
    }
  }
  close();
  const calls = ledger
    .lines()
    .filter(({ api }) => api === provider.metricApi)
    .reduce((sum, line) => sum + line.calls, 0);
  const perSecond = provider.limits[provider.metricApi]?.perSecond ?? Number.POSITIVE_INFINITY;
  const floor = Math.max(calls / perSecond, (Math.ceil(calls / concurrency) * latencyMs) / 1000);
  const best = contender.best(servers);
  return [
    id,
    count(found),
    count(values),
    count(failed),
    count(calls),
    fixed(best, 0),
    `${fixed(calls / best, 2)} ×`,
    fixed(span.seconds),
    `${fixed(span.seconds / floor, 2)} ×`,
    fixed(process.memoryUsage.rss() / 2 ** 20, 0),
  ];
}

/** From the first read of metrics to the end of the last. */
class Span {
  #first: number | undefined;
  #last = 0;
  begin(): void {
    this.#first ??= performance.now();
  }
  end(): void {
    this.#last = performance.now();
  }
  get seconds(): number {
    return (this.#last - (this.#first ?? this.#last)) / 1000;
  }
}

function watched(fleet: Fleet, span: Span): Fleet {
  return {
    ...fleet,
    fetch: async (request, signal) => {
      span.begin();
      const reply = await fleet.fetch(request, signal);
      span.end();
      return reply;
    },
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { servers: { type: 'string', default: '1000,10000' } },
});
const sizes = values.servers.split(',').map(Number);
const chosen = positionals.length > 0 ? positionals : Object.keys(contenders);
const rows = [['', 'servers', 'values', 'failed', 'calls', 'best', 'of best', 'seconds', 'of floor', 'RSS MiB']];
for (const id of chosen) {
  const contender = contenders[id];
  if (contender === undefined) throw new Error(`one of: ${Object.keys(contenders).join(', ')}`);
  for (const servers of sizes) rows.push(await measure(id, contender, servers));
}
console.log(
  `${process.version}, ${latencyMs} ms to every answer, ${concurrency} calls in flight, one region; RSS with the simulation in it`,
);
console.log(table(rows));
for (const id of chosen) console.log(`${id}: best is ${contenders[id]?.because}`);
