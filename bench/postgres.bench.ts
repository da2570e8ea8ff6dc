/**
 * The store on a PostgreSQL of its own: merging records and writing history against plain COPY of the same bytes, and how long
 * the console's commonest queries take then. Beside the time there is the processor's, which others on the machine change less,
 * and the load. Run: `node bench/postgres.bench.ts [records] [servers with history]`; 100,000 and 20,000 × 30 days unless told.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, rm, stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { serverMetricKeys } from '#model/metric.ts';
import { mergeBatch } from '#platform/inventory/inventory.ts';
import { encodeDay } from '#store/day-codec.ts';
import { openStore } from '#store/open.ts';
import { identityOf, outlineOf } from '#store/record-outline.ts';
import type { Store } from '#store/store.ts';
import { type Cluster, startCluster } from '../tests/postgres/cluster.ts';
import { consoleQueries } from './console-queries.ts';
import { cpuSecondsOf } from './cpu-time.ts';
import { limits } from './limits.ts';
import { atLeast, count, fixed, mark, table } from './show.ts';
import { daysAt, firstDay, serverAt } from './store-records.ts';

const records = Number(process.argv[2] ?? 100_000);
const withHistory = Number(process.argv[3] ?? 20_000);
const batchSize = 500;
/** Servers of which history is read at once. */
const pageSize = 100;
const dayCount = 30;
const rounds = 20;
const recordColumns = `${Array.from({ length: 13 }, (_, at) => `c${at} text`).join(', ')}, doc jsonb`;
const dayColumns = 'resource bigint, day integer, cells bytea';

/** Of processor that this process has spent on what was timed. */
let ownMicros = 0;

const cluster = await startCluster({ shared_buffers: '1GB', max_wal_size: '4GB' });
try {
  console.log(`${process.version}, PostgreSQL of this machine, fsync on, ${count(records)} records`);
  await bench(cluster);
} finally {
  await cluster.stop();
}

async function bench({ url, folder }: Cluster): Promise<void> {
  const store = await openStore({ database: url, folder });
  const copied = await copyRate(url, folder, recordColumns, records, recordLine);
  const phases = [
    ['created', 0],
    ['updated', 1],
    ['updated', 2],
    ['unchanged', 2],
    ['unchanged', 2],
  ] as const;
  const merged: string[][] = [];
  for (const [want, day] of phases) {
    const rate = await rateOf(folder, records, (from) => mergeOn(store, from, day, want));
    const ratio = rate.perSecond / copied.perSecond;
    merged.push([`merge, ${want}`, ...rateCells(rate), `${fixed(ratio, 2)} ×`, atLeast(ratio, limits.mergeOfCopy)]);
  }
  console.log(
    table([
      ['records', '/s', 'CPU µs each', 'load', 'of COPY', ''],
      ['COPY of the same bytes', ...rateCells(copied), '', ''],
      ...merged,
    ]),
  );
  await queries(store);
  await history(store, url, folder);
  await store.close();
}

async function mergeOn(store: Store, from: number, day: number, want: string): Promise<number> {
  const batch = Array.from({ length: Math.min(batchSize, records - from) }, (_, offset) =>
    serverAt(from + offset, day),
  );
  return timed(async () => {
    for (const { change } of await mergeBatch(store, batch, 1000 + day))
      if (change !== want) throw new Error(`a record is ${change}, not ${want}`);
  });
}

async function queries(store: Store): Promise<void> {
  const limit = records > 100_000 ? limits.queryMsOfMillion : limits.queryMs;
  const told: string[][] = [];
  for (const [name, ask] of Object.entries(await consoleQueries(store))) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await timed(ask));
    const p95 = percentile(times, 95);
    told.push([name, fixed(Math.min(...times)), fixed(percentile(times, 50)), fixed(p95), load(), mark(p95, limit)]);
  }
  console.log(table([[`queries of ${count(records)}`, 'least, ms', 'median', 'p95', 'load', ''], ...told]));
}

async function history(store: Store, url: string, folder: string): Promise<void> {
  const servers = Math.min(withHistory, records);
  const { rows } = await store.inventory.list({ filter: {}, limit: 1 });
  const first = rows[0]?.id ?? 1;
  const days = servers * dayCount;
  const copied = await copyRate(url, folder, dayColumns, days, dayLine);
  const written = await rateOf(
    folder,
    days,
    (from) => {
      const at = from / dayCount;
      const entries = Array.from({ length: Math.min(batchSize, servers - at) }, (_, offset) => ({
        resourceId: first + at + offset,
        days: daysAt(at + offset, false, dayCount),
      }));
      return timed(() => store.history.write(entries));
    },
    batchSize * dayCount,
  );
  const reads: number[] = [];
  const read = await rateOf(
    folder,
    days,
    async (from) => {
      const at = from / dayCount;
      const ids = Array.from({ length: Math.min(pageSize, servers - at) }, (_, offset) => first + at + offset);
      const ms = await timed(async () => {
        const found = await store.history.read(ids, { from: firstDay, to: firstDay + dayCount });
        if (found.size !== ids.length) throw new Error('days are missing');
      });
      reads.push(ms);
      return ms;
    },
    pageSize * dayCount,
  );
  const ratio = written.perSecond / copied.perSecond;
  console.log(
    table([
      [
        `history of ${count(servers)} servers × ${dayCount} days × ${serverMetricKeys.length} keys`,
        'days /s',
        'CPU µs each',
        'load',
        '',
      ],
      ['COPY of the same bytes', ...rateCells(copied), ''],
      ['write', ...rateCells(written), `${fixed(ratio, 2)} ×`],
      [`read, ${pageSize} servers at once`, ...rateCells(read), `p95 ${fixed(percentile(reads, 95))} ms`],
    ]),
  );
  const bytes = await bytesOfHistory(url);
  console.log(`on disk: ${count(bytes / days)} bytes a day of a server, ${fixed(bytes / 2 ** 30)} GiB`);
}

async function bytesOfHistory(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ bytes: string }>(
    `SELECT sum(pg_total_relation_size(inhrelid)) AS bytes FROM pg_inherits WHERE inhparent = 'day'::regclass`,
  );
  await client.end();
  return Number(rows[0]?.bytes);
}

function recordLine(index: number): string {
  const record = serverAt(index, 0);
  const { name, instanceType, state, cpuAvg, cpuMax, memoryAvg, shape } = outlineOf(record);
  const cells = [...Object.values(identityOf(record)), name, instanceType, state, cpuAvg, cpuMax, memoryAvg, shape];
  const texts = Array.from({ length: 13 }, (_, at) => String(cells[at] ?? ''));
  return [...texts, JSON.stringify(record)].map(escaped).join('\t');
}

function dayLine(index: number): string {
  const day = index % dayCount;
  const cells = encodeDay(daysAt(Math.floor(index / dayCount), false, dayCount).get(firstDay + day) ?? new Map());
  return [index, firstDay + day, `\\\\x${Buffer.from(cells).toString('hex')}`].join('\t');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
}

/** COPY from a file into a table without an index. */
async function copyRate(
  url: string,
  folder: string,
  columns: string,
  rows: number,
  line: (index: number) => string,
): Promise<Rate> {
  const file = join(folder, 'rows.copy');
  const out = createWriteStream(file);
  for (let index = 0; index < rows; index++) {
    if (!out.write(`${line(index)}\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  await chmod(file, 0o644);
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`DROP TABLE IF EXISTS plain; CREATE TABLE plain (${columns})`);
  const rate = await rateOf(folder, rows, () => timed(() => client.query(`COPY plain FROM '${file}'`)), rows);
  const { size } = await stat(file);
  await client.query('DROP TABLE plain');
  await client.end();
  await rm(file);
  console.log(`COPY: ${count(size / rows)} bytes a row`);
  return rate;
}

interface Rate {
  readonly perSecond: number;
  /** Of this process and of the cluster. */
  readonly cpuMicros: number;
}

/** Work in batches, where that says how many milliseconds it took. What is made for it in between is not counted as time. */
async function rateOf(
  folder: string,
  rows: number,
  work: (from: number) => Promise<number>,
  atOnce = batchSize,
): Promise<Rate> {
  const before = cpuSecondsOf(folder);
  ownMicros = 0;
  let ms = 0;
  for (let from = 0; from < rows; from += atOnce) ms += await work(from);
  return { perSecond: (rows * 1000) / ms, cpuMicros: ((cpuSecondsOf(folder) - before) * 1e6 + ownMicros) / rows };
}

function rateCells({ perSecond, cpuMicros }: Rate): string[] {
  return [count(perSecond), fixed(cpuMicros), load()];
}

/** Of the machine, over the last minute. */
function load(): string {
  return fixed(loadavg()[0]);
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const used = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(used);
  ownMicros += user + system;
  return performance.now() - start;
}
