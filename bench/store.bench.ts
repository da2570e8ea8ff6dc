/**
 * How fast the inventory merges and the history grows, against plain INSERTs of the same bytes into a database with the
 * same settings. Run: `node bench/store.bench.ts [rows]`; the rows are 100,000 unless told.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverMetricKeys } from '#model/metric.ts';
import { mergeBatch } from '#platform/inventory/inventory.ts';
import { encodeDay } from '#store/day-codec.ts';
import { openStore } from '#store/open.ts';
import { identityOf, outlineOf } from '#store/record-outline.ts';
import { DatabaseFile } from '#store/sqlite/database-file.ts';
import { daysAt, firstDay, serverAt } from './store-records.ts';

const rows = Number(process.argv[2] ?? 100_000);
const batchSize = 500;
const dayCount = 14;

function* batches<T>(count: number, make: (index: number) => T): Generator<T[]> {
  for (let from = 0; from < count; from += batchSize) {
    yield Array.from({ length: Math.min(batchSize, count - from) }, (_, offset) => make(from + offset));
  }
}

/** Times the work alone, not the making of its input. @returns rows per second */
async function rate<T>(
  count: number,
  make: (index: number) => T,
  work: (batch: T[]) => Promise<void>,
): Promise<number> {
  let busyMs = 0;
  for (const batch of batches(count, make)) {
    const start = performance.now();
    await work(batch);
    busyMs += performance.now() - start;
  }
  return (count * 1000) / busyMs;
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function plain(sql: string, table: string, count: number, make: (index: number) => (string | number | Uint8Array)[]) {
  return withFolder(async (folder) => {
    const file = await DatabaseFile.open(join(folder, 'plain.db'));
    file.exec(table);
    const insert = file.writer(sql);
    const result = await rate(count, make, async (batch) => {
      file.exec('BEGIN IMMEDIATE');
      for (const row of batch) insert(row);
      file.exec('COMMIT');
    });
    file.close();
    return result;
  });
}

/** Those of identity and outline, three times, and the record. */
const narrow = Object.keys(identityOf(serverAt(0, 0))).length + Object.keys(outlineOf(serverAt(0, 0))).length + 3;
const columns = [...Array.from({ length: narrow }, (_, index) => `column_${index}`), 'doc'];

const show = (name: string, perSecond: number, base?: number) =>
  console.log(
    `${name.padEnd(42)} ${Math.round(perSecond).toLocaleString('en').padStart(10)} /s` +
      (base === undefined ? '' : `   ${(perSecond / base).toFixed(2)} of plain`),
  );

const sample = JSON.stringify(serverAt(1, 0)).length;
console.log(`${rows.toLocaleString('en')} records of ${sample} bytes, ${batchSize} a transaction, ${process.version}`);

/** All that a merge writes of a record, in one table without an index: what an insert costs at the least. */
const plainDocs = () =>
  plain(
    `INSERT INTO plain (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    `CREATE TABLE plain (id INTEGER PRIMARY KEY, ${columns.join(', ')})`,
    rows,
    (index) => {
      const record = serverAt(index, 0);
      return [
        ...Object.values(identityOf(record)),
        ...Object.values(outlineOf(record)).map((value) => value ?? 0),
        1000,
        1000,
        1000,
        JSON.stringify(record),
      ];
    },
  );

const before = await plainDocs();
show('plain INSERT, first', before);

const merged = await withFolder(async (folder) => {
  const store = await openStore({ folder });
  const run = (day: number, want: string) =>
    rate(
      rows,
      (index) => serverAt(index, day),
      async (batch) => {
        const outcomes = await mergeBatch(store, batch, 1000 + day);
        if (outcomes.some((outcome) => outcome.change !== want)) throw new Error(`not all ${want}`);
      },
    );
  const result = {
    created: await run(0, 'created'),
    updated: await run(1, 'updated'),
    unchanged: await run(1, 'unchanged'),
  };
  const start = performance.now();
  await store.inventory.summary();
  const summaryMs = performance.now() - start;
  const page = { sort: { by: 'cpuAvg', descending: true }, limit: 50, filter: { search: 'web-99' } } as const;
  await store.inventory.list(page);
  console.log(
    `summary ${summaryMs.toFixed(0)} ms, page of a search by cpu ${(performance.now() - start - summaryMs).toFixed(0)} ms`,
  );
  await store.close();
  return result;
});

const after = await plainDocs();
show('plain INSERT, again', after);
const base = (before + after) / 2;
show('mergeBatch, created', merged.created, base);
show('mergeBatch, updated', merged.updated, base);
show('mergeBatch, unchanged', merged.unchanged, base);

for (const withSketch of [false, true]) {
  const servers = Math.max(batchSize, Math.round(rows / (withSketch ? 50 : 10)));
  const cellsPerServer = dayCount * serverMetricKeys.length;
  const history = await withFolder(async (folder) => {
    const store = await openStore({ folder });
    const records = Array.from({ length: servers }, (_, index) => serverAt(index, 0));
    const ids: number[] = [];
    for (const outcome of await mergeBatch(store, records, 1)) if (outcome.change !== 'failed') ids.push(outcome.id);
    const entry = (index: number) => ({ resourceId: ids[index] ?? 0, days: daysAt(index, withSketch) });
    const written = await rate(servers, entry, (batch) => store.history.write(batch));
    const read = await rate(
      servers,
      (index) => ids[index] ?? 0,
      async (batch) => {
        await store.history.read(batch, { from: firstDay, to: firstDay + dayCount });
      },
    );
    await store.close();
    return { written, read };
  });
  const plainDays = await plain(
    'INSERT INTO plain (resource, day, cells) VALUES (?, ?, ?)',
    'CREATE TABLE plain (resource INTEGER NOT NULL, day INTEGER NOT NULL, cells BLOB NOT NULL) STRICT',
    servers * dayCount,
    (index) => {
      const cells = daysAt(Math.floor(index / dayCount), withSketch).get(firstDay + (index % dayCount));
      return [index, index, encodeDay(cells ?? new Map())];
    },
  );
  const label = withSketch ? 'with sketches' : 'without sketches';
  const bytes = encodeDay(daysAt(1, withSketch).get(firstDay) ?? new Map()).length;
  console.log(`history of ${servers.toLocaleString('en')} servers, ${dayCount} days, ${label}: ${bytes} bytes a day`);
  show('plain INSERT, cells', plainDays * serverMetricKeys.length);
  show('history.write, cells', history.written * cellsPerServer, plainDays * serverMetricKeys.length);
  show('history.read, cells', history.read * cellsPerServer);
}
