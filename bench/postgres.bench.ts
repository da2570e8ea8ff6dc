/**
 * The store on a PostgreSQL of its own: merging records and writing history against plain COPY of the same bytes, and how long
 * the console's commonest queries take then. Run: `node bench/postgres.bench.ts [records] [servers with history]`; 100,000 and
 * 20,000 × 30 days unless told.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { serverMetricKeys } from '#model/metric.ts';
import { mergeBatch } from '#platform/inventory/inventory.ts';
import { encodeDay } from '#store/day-codec.ts';
import type { RecordQuery } from '#store/inventory.ts';
import { openStore } from '#store/open.ts';
import { conditionOfText } from '#store/query/text.ts';
import { identityOf, outlineOf } from '#store/record-outline.ts';
import type { Store } from '#store/store.ts';
import { type Cluster, startCluster } from '../tests/postgres/cluster.ts';
import { limits } from './limits.ts';
import { atLeast, count, fixed, mark, table } from './show.ts';
import { daysAt, firstDay, serverAt } from './store-records.ts';

const records = Number(process.argv[2] ?? 100_000);
const withHistory = Number(process.argv[3] ?? 20_000);
const batchSize = 500;
const dayCount = 30;
const rounds = 15;
const recordColumns = `${Array.from({ length: 13 }, (_, at) => `c${at} text`).join(', ')}, doc jsonb`;
const dayColumns = 'resource bigint, day integer, cells bytea';

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
  const created = await rate(records, (from) => mergeOn(store, from, 0, 'created'));
  const updated = await rate(records, (from) => mergeOn(store, from, 1, 'updated'));
  const unchanged = await rate(records, (from) => mergeOn(store, from, 1, 'unchanged'));
  const ofCopy = (perSecond: number) => [
    `${fixed(perSecond / copied, 2)} ×`,
    atLeast(perSecond / copied, limits.mergeOfCopy),
  ];
  console.log(
    table([
      ['records', '/s', 'of COPY', ''],
      ['COPY of the same bytes', count(copied), '', ''],
      ['merge, created', count(created), ...ofCopy(created)],
      ['merge, updated', count(updated), ...ofCopy(updated)],
      ['merge, unchanged', count(unchanged), ...ofCopy(unchanged)],
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

/** What the console asks most: its first page, sorts, searches, filters, a page deep inside, one server, the overview. */
async function queries(store: Store): Promise<void> {
  const page = (query: Partial<RecordQuery> & { readonly q?: string }) => {
    const { q, filter, ...rest } = query;
    const condition = q === undefined ? {} : { condition: conditionOfText(q) };
    return store.inventory.list({ limit: 100, ...rest, filter: { ...filter, ...condition } });
  };
  const highest = { by: 'cpuAvg', descending: true } as const;
  const { next = '', rows } = await page({ sort: highest, limit: 1000 });
  const some = rows[500]?.id ?? 0;
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    'first page by cpu': () => page({ sort: highest }),
    'by name': () => page({ sort: { by: 'name', descending: false } }),
    'page 11 by cpu': () => page({ sort: highest, after: next }),
    'search for a text': () => page({ filter: { search: 'web-77' }, sort: highest }),
    'one account': () => page({ filter: { account: '100000000007' }, sort: highest }),
    'region:…': () => page({ q: 'region:eu-west-1', sort: highest }),
    'cpu.avg:<5': () => page({ q: 'cpu.avg:<5', sort: highest }),
    'mem:none': () => page({ q: 'mem:none', sort: highest }),
    'one server': () => store.inventory.get(some),
    overview: () => store.inventory.summary(),
  };
  const limit = records > 100_000 ? limits.queryMsOfMillion : limits.queryMs;
  const told: string[][] = [];
  for (const [name, ask] of Object.entries(asked)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await timed(ask));
    const p95 = times.toSorted((a, b) => a - b)[Math.ceil(0.95 * rounds) - 1] ?? Number.NaN;
    told.push([name, fixed(p95), mark(p95, limit)]);
  }
  console.log(table([[`query of ${count(records)}`, 'p95, ms', ''], ...told]));
}

async function history(store: Store, url: string, folder: string): Promise<void> {
  const servers = Math.min(withHistory, records);
  const { rows } = await store.inventory.list({ filter: {}, limit: 1 });
  const first = rows[0]?.id ?? 1;
  const days = servers * dayCount;
  const copied = await copyRate(url, folder, dayColumns, days, dayLine);
  const written = await rate(servers, (from) => {
    const entries = Array.from({ length: Math.min(batchSize, servers - from) }, (_, offset) => ({
      resourceId: first + from + offset,
      days: daysAt(from + offset, false, dayCount),
    }));
    return timed(() => store.history.write(entries));
  });
  const read = await rate(servers, (from) => {
    const ids = Array.from({ length: Math.min(batchSize, servers - from) }, (_, offset) => first + from + offset);
    return timed(async () => {
      const found = await store.history.read(ids, { from: firstDay, to: firstDay + dayCount });
      if (found.size !== ids.length) throw new Error('days are missing');
    });
  });
  const ratio = (written * dayCount) / copied;
  console.log(
    table([
      [`history of ${count(servers)} servers × ${dayCount} days × ${serverMetricKeys.length} keys`, 'days /s', ''],
      ['COPY of the same bytes', count(copied), ''],
      ['write', count(written * dayCount), `${fixed(ratio, 2)} ×`],
      ['read', count(read * dayCount), ''],
    ]),
  );
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

/** Rows a second of COPY from a file into a table without an index. */
async function copyRate(
  url: string,
  folder: string,
  columns: string,
  rows: number,
  line: (index: number) => string,
): Promise<number> {
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
  const ms = await timed(() => client.query(`COPY plain FROM '${file}'`));
  const { size } = await stat(file);
  await client.query('DROP TABLE plain');
  await client.end();
  await rm(file);
  console.log(`COPY: ${count(size / rows)} bytes a row`);
  return (rows * 1000) / ms;
}

/** Rows a second of work in batches, where that says how many milliseconds it took. */
async function rate(rows: number, work: (from: number) => Promise<number>): Promise<number> {
  let ms = 0;
  for (let from = 0; from < rows; from += batchSize) ms += await work(from);
  return (rows * 1000) / ms;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
