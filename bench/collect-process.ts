/**
 * Collects one simulated region as a run does, without a store, in a process of its own so that memory is that of this
 * size alone. `collect.ts` starts it. Sends `reading` and `read` around the run, then what it measured.
 */
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { systemClock } from '#collect/clock.ts';
import { collectRegion } from '#collect/collect-region.ts';
import { estimateRegion } from '#collect/estimate.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { mapConcurrent } from '#collect/map-concurrent.ts';
import type { Wanted } from '#collect/missing-days.ts';
import type { CallGate } from '#model/calls.ts';
import type { Fleet, MetricRequest } from '#model/fleet.ts';
import { serverMetricKeys } from '#model/metric.ts';
import type { Connection } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { daySeconds, lastDays, startOf } from '#model/window.ts';
import { aws } from '#providers/aws/index.ts';
import { bigWorld } from '../src/demo/aws/accounts.ts';
import { findServer, makeWorld } from '../src/demo/aws/world.ts';
import { createClients } from '../src/providers/aws/clients.ts';
import { parseSecret } from '../src/providers/aws/secret.ts';
import { benchRegion, frozenNow, worldSeed } from './cloud.ts';
import { type CollectResult, CollectTask } from './collect.ts';

const task = CollectTask.parse(JSON.parse(process.argv[2] ?? ''));
const concurrency = 12;
const [{ accessKeyId, secretAccessKey }] = bigWorld(1);
const secret = { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint: task.url };
const limit = aws.limits['cloudwatch:GetMetricData'];
const signal = new AbortController().signal;
const wanted: Wanted = { keys: serverMetricKeys, statistics: ['avg', 'max'], window: lastDays(task.days, frozenNow) };
const known = async () => new Map<string, never>();
const [cell] = makeWorld(bigWorld(task.worldServers), worldSeed, frozenNow / 1000).cells;

/**
 * Nitro servers say what they do to their disks by themselves; of others each volume is read, in five-minute points. Of those
 * whose monitoring was switched within the window, days have to be looked at more closely.
 */
function selects(resource: Resource): boolean {
  if (task.fleet === 'mixed') return true;
  const isNitro = 'ebs' in resource && resource.ebs === 'instance';
  if (task.fleet === 'nitro' || !isNitro || cell === undefined) return isNitro;
  return findServer(cell, resource.id)?.monitoring.switchedAt === 0;
}

const now = () => performance.now() / 1000;
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const ledger = new Ledger();
const gate = createGate({ limits: aws.limits, ledger, clock: systemClock });
const connection = await aws.connect(secret, { gate, now: () => frozenNow, signal });
const fleet = onlyFleet(connection);
/** Warms the SDK, so that neither side of the comparison pays for its start. */
await floor(task.floorCalls > 0 ? 60 : 0);

const discoveryStart = now();
const plan = await estimateRegion({
  fleet,
  region: benchRegion,
  types: [serverType],
  wanted,
  selects,
  known,
  limit,
  signal,
});
const discoverySeconds = now() - discoveryStart;
const describesToPlan = callsOf('ec2:DescribeInstances');

const memory = watchMemory();
process.send?.('reading');
const run = await read();
process.send?.('read');
const peak = memory.stop();

const after = await floor(Math.min(task.floorCalls, callsOf('cloudwatch:GetMetricData')));
const line = ledger.lines().find(({ api }) => api === 'cloudwatch:GetMetricData');
const result: CollectResult = {
  ...run,
  ...peak,
  planned: plan.cost.calls,
  calls: line?.calls ?? 0,
  throttled: line?.throttled ?? 0,
  retried: line?.retried ?? 0,
  points: line?.points ?? 0,
  listMetricsCalls: callsOf('cloudwatch:ListMetrics'),
  describeCalls: callsOf('ec2:DescribeInstances') - describesToPlan + callsOf('ec2:DescribeInstanceTypes'),
  discoverySeconds,
  quotaSeconds: Math.max((line?.calls ?? 0) / limit.perSecond, (line?.points ?? 0) / limit.pointsPerSecond),
  floorSecondsPerCall: after.perCall,
  floorCpuSecondsPerCall: after.cpuPerCall,
};
process.send?.(result);
connection.close();
process.disconnect();

function onlyFleet({ fleets: [fleet] }: Connection): Fleet {
  if (fleet === undefined) throw new Error('an AWS secret opens one account');
  return fleet;
}

/** The real path; records are counted and let go. */
async function read() {
  const kinds: Record<string, { calls: number; points: number }> = {};
  let firstFetch: number | undefined;
  const watched: Fleet = {
    ...fleet,
    fetch: (request, fetchSignal) => {
      firstFetch ??= now();
      const kind = kindOf(request);
      const { calls, points } = kinds[kind] ?? { calls: 0, points: 0 };
      kinds[kind] = { calls: calls + request.cost.calls, points: points + request.cost.points };
      return fleet.fetch(request, fetchSignal);
    },
  };
  const [start, cpuStart] = [now(), cpuSeconds()];
  let servers = 0;
  let values = 0;
  let failures = 0;
  const region = { fleet: watched, region: benchRegion, types: [serverType], wanted, concurrency, selects, known };
  for await (const batch of collectRegion({ ...region, stopping: signal, signal, now: () => frozenNow })) {
    servers += batch.length;
    for (const { folded, failures: failed } of batch) {
      failures += failed.length;
      values += Object.values(folded?.monitoring ?? {}).reduce((sum, section) => sum + Object.keys(section).length, 0);
    }
    memory.mark(servers);
  }
  return {
    servers,
    values,
    failures,
    kinds,
    totalSeconds: now() - start,
    metricSeconds: now() - (firstFetch ?? start),
    cpuSeconds: cpuSeconds() - cpuStart,
  };
}

/** Daily buckets; points of single volumes; hourly counts; samples. By what the queries of a request ask for. */
function kindOf(request: MetricRequest): string {
  const seconds = startOf(request.days.to) - startOf(request.days.from);
  const { points, metrics } = request.cost;
  if ('held' in request && request.held !== undefined) return 'hourly counts';
  if (points / metrics <= (4 * seconds) / daySeconds) return 'daily';
  return points / metrics === seconds / 60 ? 'samples' : 'daily, with volumes';
}

/** As many calls that ask for next to nothing, by the same SDK through the same gate: what no collector can do without. */
async function floor(calls: number): Promise<{ perCall: number; cpuPerCall: number }> {
  if (calls === 0) return { perCall: 0, cpuPerCall: 0 };
  const clients = createClients(parseSecret(secret));
  const ownGate: CallGate = createGate({ limits: aws.limits, ledger: new Ledger(), clock: systemClock });
  const input = {
    MetricDataQueries: [
      { Id: 'q0', MetricStat: { Metric: { Namespace: 'None', MetricName: 'None' }, Period: daySeconds, Stat: 'Sum' } },
    ],
    StartTime: new Date(startOf(wanted.window.from) * 1000),
    EndTime: new Date(startOf(wanted.window.to) * 1000),
  };
  const call = { api: 'cloudwatch:GetMetricData', account: fleet.account, region: benchRegion, points: task.days };
  const work = () =>
    ownGate.send(
      call,
      (abortSignal) => clients.cloudwatch(benchRegion).send(new GetMetricDataCommand(input), { abortSignal }),
      signal,
    );
  const [start, cpuStart] = [now(), cpuSeconds()];
  for await (const _ of mapConcurrent(Array(calls).keys(), concurrency, work));
  const spent = { perCall: (now() - start) / calls, cpuPerCall: (cpuSeconds() - cpuStart) / calls };
  clients.close();
  return spent;
}

function callsOf(api: string): number {
  return ledger.lines().reduce((calls, each) => calls + (each.api === api ? each.calls : 0), 0);
}

/** Resident memory every 25 ms, its peak, and how it stood at the tenths of the run. */
function watchMemory() {
  const mebi = 2 ** 20;
  const startRssMiB = process.memoryUsage.rss() / mebi;
  let rss = 0;
  let heap = 0;
  const marks: { servers: number; rssMiB: number; heapMiB: number }[] = [];
  const look = () => {
    const usage = process.memoryUsage();
    rss = Math.max(rss, usage.rss);
    heap = Math.max(heap, usage.heapUsed + usage.external);
  };
  const timer = setInterval(look, 25);
  return {
    /** With `--expose-gc`, what is alive is told too. */
    mark(servers: number) {
      look();
      globalThis.gc?.();
      const { rss: resident, heapUsed, external } = process.memoryUsage();
      marks.push({ servers, rssMiB: resident / mebi, heapMiB: (heapUsed + external) / mebi });
    },
    stop() {
      look();
      clearInterval(timer);
      const tenth = Math.max(1, Math.floor(marks.length / 10));
      return {
        startRssMiB,
        sampledRssMiB: rss / mebi,
        peakRssMiB: Math.max(rss / mebi, process.resourceUsage().maxRSS / 1024),
        peakHeapMiB: heap / mebi,
        course: marks.filter((_, at) => (at + 1) % tenth === 0),
      };
    },
  };
}
