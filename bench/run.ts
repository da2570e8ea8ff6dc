/**
 * All benches at modest sizes, in one table. Ends with 1 where a limit is broken that does not depend on the machine (calls,
 * memory); times are told and never judged alone. Run: `node bench/run.ts`
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Collected, collect, type FleetKind } from './collect.ts';
import { foldBench } from './fold.ts';
import { limits } from './limits.ts';
import { collectByPlatform } from './platform.ts';
import { atLeast, count, fixed, mark, table } from './show.ts';
import { streamBench } from './stream.ts';

type Row = readonly [what: string, value: string, limit: string];

interface Section {
  readonly rows: readonly Row[];
  readonly broken: readonly string[];
}

const collectServers = 1000;
const storeRows = 5000;
const streamMessages = 2000;
const streamRounds = 5;

async function collectSection(kind: FleetKind): Promise<Section> {
  const result = await collect(collectServers, kind, { floorCalls: 200 });
  const name = `collect ${count(result.servers)} ${kind}`;
  return { rows: collectRows(name, result), broken: brokenBy(name, result) };
}

function collectRows(name: string, result: Collected): Row[] {
  const { calls, planned, callsPerThousand, metricSeconds, quotaSeconds, floorSeconds, peakRssMiB } = result;
  return [
    [`${name}: GetMetricData calls a 1,000`, fixed(callsPerThousand), mark(callsPerThousand, limits.callsPerThousand)],
    [`${name}: calls, planned`, `${count(calls)}, ${count(planned)}`, ''],
    [`${name}: seconds, at quota`, `${fixed(metricSeconds)}, ${fixed(quotaSeconds)}`, ''],
    [
      `${name}: of as many empty calls`,
      `${fixed(metricSeconds / floorSeconds, 2)} ×`,
      `${mark(metricSeconds / floorSeconds, limits.floorRatio)}, not judged`,
    ],
    [`${name}: CPU seconds`, fixed(result.cpuSeconds), ''],
    [`${name}: peak RSS, MiB`, fixed(peakRssMiB, 0), mark(peakRssMiB, limits.peakRssMiB)],
  ];
}

/** The limit of calls is for the usual fleet: Xen servers and switched monitoring take more, as CloudWatch is. */
function brokenBy(name: string, { fleet, callsPerThousand, peakRssMiB, failures }: Collected): string[] {
  return [
    ...(fleet === 'usual' && callsPerThousand > limits.callsPerThousand ? [`${name}: calls`] : []),
    ...(peakRssMiB > limits.peakRssMiB ? [`${name}: memory`] : []),
    ...(failures > 0 ? [`${name}: ${failures} failures`] : []),
  ];
}

async function foldSection(): Promise<Section> {
  const rates = await foldBench();
  return {
    rows: rates.map(({ name, perSecond, ratio }): Row => [name, `${count(perSecond)} /s`, `${fixed(ratio, 2)} × JSON`]),
    broken: [],
  };
}

/** The store bench prints for itself; its lines that name a rate are taken over. */
async function storeSection(): Promise<Section> {
  const script = new URL('store.bench.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(storeRows)]);
  const rows = stdout.split('\n').flatMap((line): Row[] => {
    const [, name, rate, ratio = ''] = /^(\S.*?)\s{2,}([\d,]+ \/s)(?:\s+(.*))?$/.exec(line) ?? [];
    return name === undefined || rate === undefined ? [] : [[`store, ${count(storeRows)} rows: ${name}`, rate, ratio]];
  });
  return { rows, broken: [] };
}

/** As the store bench: it prints for itself. Where there is no PostgreSQL it says so, and nothing else. */
async function postgresSection(): Promise<Section> {
  const script = new URL('postgres.bench.ts', import.meta.url).pathname;
  const name = `PostgreSQL, ${count(storeRows)} records`;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, String(storeRows), '0']);
    const rows = stdout.split('\n').flatMap((line): Row[] => {
      const [what = '', ...cells] = line.split(/\s{2,}/);
      const limit = cells.find((cell) => /^(OK|over|under)\b/.test(cell));
      const [value = '', , p95 = ''] = cells;
      if (limit === undefined) return [];
      const isMerge = what.startsWith('merge');
      return [[`${name}: ${what}`, isMerge ? `${value} /s` : `p95 ${p95} ms`, `${limit}, not judged`]];
    });
    return { rows, broken: [] };
  } catch (caught) {
    const reason = /Error: (PostgreSQL is not on this machine.*)/.exec(String(caught))?.[1];
    if (reason === undefined) throw caught;
    return { rows: [['PostgreSQL', 'left out', reason]], broken: [] };
  }
}

async function platformSection(): Promise<Section> {
  const result = await collectByPlatform(collectServers);
  const { servers, messages, callsPerThousand, firstMessageSeconds, peakRssMiB } = result;
  const name = `platform, ${count(servers)} servers`;
  return {
    rows: [
      [`${name}: messages`, count(messages), mark(messages, servers)],
      [`${name}: get_data calls a 1,000`, fixed(callsPerThousand), mark(callsPerThousand, limits.getDataPerThousand)],
      [
        `${name}: seconds to the first message`,
        fixed(firstMessageSeconds, 2),
        `${mark(firstMessageSeconds, limits.firstMessageSeconds)}, not judged`,
      ],
      [`${name}: seconds`, fixed(result.seconds), ''],
      [`${name}: peak RSS, MiB`, fixed(peakRssMiB, 0), mark(peakRssMiB, limits.peakRssMiB)],
    ],
    broken: [
      ...(messages === servers ? [] : [`${name}: messages`]),
      ...(callsPerThousand > limits.getDataPerThousand ? [`${name}: calls`] : []),
      ...(peakRssMiB > limits.peakRssMiB ? [`${name}: memory`] : []),
    ],
  };
}

async function streamSection(): Promise<Section> {
  const { rates, cpuRatio } = await streamBench(streamMessages, streamRounds);
  const { messagesPerSecond, cpuMicrosPerMessage } = rates.get('ours') ?? {};
  const [ofRaw, ofStock] = [cpuRatio('ours', 'raw'), cpuRatio('stock', 'ours')];
  return {
    rows: [
      [
        'stream: messages',
        `${count(messagesPerSecond ?? Number.NaN)} /s`,
        `${fixed(cpuMicrosPerMessage)} µs of CPU each`,
      ],
      ["stream: CPU against raw HTTP/2's", `${fixed(ofRaw, 2)} ×`, `${mark(ofRaw, limits.streamCpuOfRaw)}, not judged`],
      [
        "stream: CPU of ts-proto's codec against ours",
        `${fixed(ofStock, 2)} ×`,
        `${atLeast(ofStock, limits.stockCpu)}, not judged`,
      ],
    ],
    broken: [],
  };
}

const sections: Section[] = [];
const runs = [
  () => collectSection('usual'),
  () => collectSection('mixed'),
  platformSection,
  streamSection,
  foldSection,
  storeSection,
  postgresSection,
];
for (const run of runs) sections.push(await run());
console.log(table([['', process.version, 'limit, ratio'], ...sections.flatMap(({ rows }) => rows)]));
const broken = sections.flatMap((section) => section.broken);
if (broken.length > 0) {
  console.log(`broken: ${broken.join('; ')}`);
  process.exitCode = 1;
}
