/**
 * What it takes to collect by way of a platform that answers in 20 ms, 12 keys × avg + max × 14 days: calls, time, memory, and how
 * they grow. Run: `node bench/platform.bench.ts [servers…] [--generation v1|v2]`; 1,000, 10,000 and 30,000 servers unless told.
 */
import { parseArgs } from 'node:util';
import { limits } from './limits.ts';
import { collectByPlatform, growth, type PlatformCollected, platformLatencyMs } from './platform.ts';
import { count, fixed, mark, table } from './show.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { generation: { type: 'string', default: 'v2' } },
});
const generation = values.generation === 'v1' ? 'v1' : 'v2';
const sizes = positionals.length > 0 ? positionals.map(Number) : [1_000, 10_000, 30_000];
console.log(`${process.version}, Cloudforet ${generation}, ${platformLatencyMs} ms to every answer`);
let last: PlatformCollected | undefined;
for (const size of sizes) {
  const result = await collectByPlatform(size, generation);
  console.log(`${count(size)} servers\n${table(rowsOf(result))}`);
  if (last !== undefined) {
    const [time, cpu] = [
      growth(last, result, ({ seconds }) => seconds),
      growth(last, result, ({ cpuSeconds }) => cpuSeconds),
    ];
    console.log(
      `growth from ${count(last.servers)}, as an exponent: time ${fixed(time, 2)} ${mark(time, limits.growth)}, ` +
        `CPU ${fixed(cpu, 2)} ${mark(cpu, limits.growth)}`,
    );
  }
  last = result;
}

function rowsOf(result: PlatformCollected): string[][] {
  const { servers, messages, callsPerThousand, firstMessageSeconds, peakRssMiB, seconds } = result;
  return [
    ['  messages', count(messages), messages === servers ? 'OK, one a server' : `over, for ${count(servers)}`],
    ['  Metric.get_data calls', count(result.getDataCalls), `${result.mostInFlight} in flight at most`],
    ['    a 1,000 servers', fixed(callsPerThousand), mark(callsPerThousand, limits.getDataPerThousand)],
    [
      '  time to the first message, s',
      fixed(firstMessageSeconds, 2),
      mark(firstMessageSeconds, limits.firstMessageSeconds),
    ],
    ['  time, s', fixed(seconds, 1), `${count(servers / seconds)} servers /s`],
    [
      '  CPU of the collector, s',
      fixed(result.cpuSeconds, 1),
      `of the platform ${fixed(result.platformCpuSeconds, 1)}`,
    ],
    ['  peak RSS, MiB', fixed(peakRssMiB, 0), mark(peakRssMiB, limits.peakRssMiB)],
  ];
}
