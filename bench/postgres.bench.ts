/**
 * The store on a PostgreSQL of its own: merging records and writing history against plain COPY of the same bytes, and how long
 * the console's commonest queries take then. Beside the time there is the processor's, which others on the machine change less,
 * and the load. Run: `node bench/postgres.bench.ts [records] [servers with history] [--phases created,updated,unchanged]`;
 * 100,000 and 20,000 × 30 days unless told, and without records history alone. Of a million COPY and reading of history are measured
 * of a part.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, rm, stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
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

const phaseNames = ['created', 'updated', 'unchanged'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { phases: { type: 'string', default: 'created,updated,updated,unchanged,unchanged' } },
});
const phases = values.phases.split(',').flatMap((name) => phaseNames.find((phase) => phase === name) ?? []);
const records = Number(positionals[0] ?? 100_000);
const withHistory = Number(positionals[1] ?? 20_000);
const batchSize = 500;
/** Servers of which history is read at once. */
const pageSize = 100;
const dayCount = 30;
const rounds = 20;
/** Records and days that COPY writes for comparison, and pages of history that are read, at most. */
const [mostRecordsCopied, mostDaysCopied, mostPages] = [200_000, 600_000, 2_000];
/** Who write history at the same time. */
const writers = 2;
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
  if (records > 0) {
    await merges(store, url, folder);
    await queries(store);
  }
  if (withHistory > 0) await history(store, url, folder);
  await store.close();
}

async function merges(store: Store, url: string, folder: string): Promise<void> {
  const copied = await copyRate(url, folder, recordColumns, Math.min(records, mostRecordsCopied), recordLine);
  const merged: string[][] = [];
  let day = 0;
  for (const phase of phases) {
    if (phase === 'updated') day++;
    const rate = await rateOf(folder, records, (from) => mergeOn(store, from, day, phase));
    const ratio = rate.perSecond / copied.perSecond;
    merged.push([`merge, ${phase}`, ...rateCells(rate), `${fixed(ratio, 2)} ×`, atLeast(ratio, limits.mergeOfCopy)]);
  }
  console.log(
    table([
      ['records', '/s', 'CPU µs each', 'load', 'of COPY', ''],
      ['COPY of the same bytes', ...rateCells(copied), '', ''],
      ...merged,
    ]),
  );
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
  const first = await firstOf(url, withHistory);
  const days = withHistory * dayCount;
  const copied = await copyRate(url, folder, dayColumns, Math.min(days, mostDaysCopied), dayLine);
  const written = await historyRate(store, folder, first);
  const reads: number[] = [];
  const pages = Math.min(mostPages, Math.ceil(withHistory / pageSize));
  const read = await rateOf(
    folder,
    pages * pageSize * dayCount,
    async (from) => {
      const page = Math.floor(((from / dayCount / pageSize) * Math.floor(withHistory / pageSize)) / pages);
      const ids = Array.from({ length: pageSize }, (_, offset) => first + page * pageSize + offset);
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
        `history of ${count(withHistory)} servers × ${dayCount} days × ${serverMetricKeys.length} keys`,
        'days /s',
        'CPU µs each',
        'load',
        '',
      ],
      ['COPY of the same bytes', ...rateCells(copied), ''],
      [`write, ${writers} at once`, ...rateCells(written), `${fixed(ratio, 2)} ×`],
      [`read, ${pageSize} servers at once`, ...rateCells(read), `p95 ${fixed(percentile(reads, 95))} ms`],
    ]),
  );
  const bytes = await bytesOfHistory(url);
  console.log(`on disk: ${count(bytes / days)} bytes a day of a server, ${fixed(bytes / 2 ** 30)} GiB`);
}

/** The first of so many ids in a row; records that are not there are made, as narrow as can be. */
async function firstOf(url: string, servers: number): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(
    `INSERT INTO resource (provider, account, region, resource_id, "group", type, name, instance_type, state, shape,
       first_seen, updated_at, last_seen_at)
     SELECT 'aws', '1', 'r', 'i-more-' || at, 'EC2', 'Instance', 'n', 't', 'RUNNING', '', 1, 1, 1
     FROM generate_series(1, $1 - (SELECT count(*) FROM resource)) AS at`,
    [servers],
  );
  const { rows } = await client.query<{ first: string }>('SELECT min(id) AS first FROM resource');
  await client.end();
  return Number(rows[0]?.first);
}

/** The same days for each batch: what is made up here is not timed. */
async function historyRate(store: Store, folder: string, first: number): Promise<Rate> {
  const days = Array.from({ length: batchSize }, (_, at) => daysAt(at, false, dayCount));
  const before = cpuSecondsOf(folder);
  ownMicros = 0;
  let next = 0;
  const write = async () => {
    while (next < withHistory) {
      const from = next;
      next += batchSize;
      const entries = days
        .slice(0, withHistory - from)
        .map((each, at) => ({ resourceId: first + from + at, days: each }));
      await store.history.write(entries);
    }
  };
  const ms = await timed(() => Promise.all(Array.from({ length: writers }, write)));
  const rows = withHistory * dayCount;
  return { perSecond: (rows * 1000) / ms, cpuMicros: ((cpuSecondsOf(folder) - before) * 1e6 + ownMicros) / rows };
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
