/**
 * What it takes to read a simulated EC2 region, 12 keys × avg + max × 14 days, on the real path without a store: against as
 * many empty calls, and in memory. Each size in a process of its own, the simulation in another.
 *
 * Run: `node bench/collect.bench.ts [servers…] [--fleet usual|nitro|mixed] [--memory]`; 1,000 and 10,000
 * servers of the usual fleet unless told. `--memory` goes up to 100,000 servers and leaves the floor out.
 */
import { parseArgs } from 'node:util';
import { type Collected, CollectTask, collect } from './collect.ts';
import { limits } from './limits.ts';
import { count, fixed, mark, table } from './show.ts';

/** What two sizes say of growth: 1 is linear. */
function exponent(a: Collected, b: Collected, of: (each: Collected) => number): string {
  return fixed(Math.log(of(b) / of(a)) / Math.log(b.servers / a.servers), 2);
}

function describe(each: Collected): string {
  const { servers, calls, floorSeconds, metricSeconds } = each;
  const isTimed = floorSeconds > 0;
  const kinds = Object.entries(each.kinds).map(
    ([kind, asked]) => `${kind} ${count(asked.calls)} calls, ${count(asked.points)} points`,
  );
  const rows: [string, string, string?][] = [
    ['GetMetricData calls', count(calls), `${count(each.planned)} planned`],
    ['  by what they ask for', '', kinds.join('; ')],
    ['  a 1,000 servers', fixed(each.callsPerThousand), mark(each.callsPerThousand, limits.callsPerThousand)],
    ['  throttled, tried again', `${each.throttled}, ${each.retried}`],
    ['ListMetrics, Describe* calls', `${each.listMetricsCalls}, ${each.describeCalls}`],
    ['values, failures', `${count(each.values)}, ${each.failures}`],
    ['discovery and plan', `${fixed(each.discoverySeconds)} s`],
    ['metrics', `${fixed(metricSeconds)} s`, `${fixed(each.totalSeconds)} s from the survey on`],
    [
      '  at quota',
      `${fixed(each.quotaSeconds)} s`,
      `${fixed(metricSeconds / each.quotaSeconds, 2)} ×; calls and points`,
    ],
    [
      '  floor: empty calls',
      isTimed ? `${fixed(floorSeconds)} s` : '–',
      !isTimed
        ? 'not timed'
        : `${fixed(metricSeconds / floorSeconds, 2)} ×; limit ${limits.floorRatio} ×, of a quiet machine`,
    ],
    [
      'CPU, of the collector',
      `${fixed(each.cpuSeconds)} s`,
      `${fixed((1000 * each.cpuSeconds) / servers, 2)} s a 1,000 servers` +
        (isTimed ? `; ${fixed(each.floorCpuSecondsPerCall * calls)} s for as many empty calls` : ''),
    ],
    ['CPU, of the simulation', `${fixed(each.cloudCpuSeconds)} s`],
    ['peak RSS', `${fixed(each.peakRssMiB, 0)} MiB`, mark(each.peakRssMiB, limits.peakRssMiB)],
    ['  before reading', `${fixed(each.startRssMiB, 0)} MiB`, `peak of the heap ${fixed(each.peakHeapMiB, 0)} MiB`],
    [
      '  in the course of it',
      '',
      each.course.map(({ servers: at, rssMiB }) => `${at}: ${fixed(rssMiB, 0)}`).join('  '),
    ],
  ];
  const lines = table(rows.map(([name, value]) => [`  ${name}`, value])).split('\n');
  return [
    `${count(servers)} servers, ${each.fleet}`,
    ...lines.map((line, at) => [line, rows[at]?.[2]].filter(Boolean).join('   ')),
  ].join('\n');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fleet: { type: 'string', default: 'usual' }, memory: { type: 'boolean', default: false } },
});
const fleet = CollectTask.shape.fleet.parse(values.fleet);
const told = positionals.map(Number);
const sizes = told.length > 0 ? told : values.memory ? [1_000, 10_000, 100_000] : [1_000, 10_000];
console.log(`${process.version}, 50 ms to every answer, AWS's quotas, 12 calls in flight`);
let last: Collected | undefined;
for (const size of sizes) {
  const result = await collect(size, fleet, { floorCalls: values.memory ? 0 : 1000 });
  console.log(describe(result));
  if (last !== undefined) {
    console.log(
      `growth from ${count(last.servers)} to ${count(result.servers)} servers, as an exponent: ` +
        `time ${exponent(last, result, (each) => each.metricSeconds)}, ` +
        `CPU ${exponent(last, result, (each) => each.cpuSeconds)}, ` +
        `peak RSS ${exponent(last, result, (each) => each.peakRssMiB)}`,
    );
  }
  last = result;
}
