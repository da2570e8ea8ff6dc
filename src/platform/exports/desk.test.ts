import { parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CollectError } from '#model/errors.ts';
import { lastDays } from '#model/window.ts';
import type { RecordFilter } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { measured, server } from '#store/testing/servers.ts';
import { openDesk } from './desk.ts';
import { usualExportLimits } from './limits.ts';
import type { ExportWish } from './wish.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const serverCount = 1_200;
const wanted = { owner: 'user-1', ownerName: 'ann' };
const allNames = { kind: 'servers', type: 'server', format: 'csv', columns: ['resource_id'] } satisfies ExportWish;

let store: Store;
let reported: CollectError[];
beforeEach(async () => {
  reported = [];
  store = await openTestStore();
  const records = Array.from({ length: serverCount }, (_, at) => measured(`i-${at}`, 12.5, 40));
  await store.inventory.put(
    [...records, server('i-last', { name: '=cmd()' })].map((record) => ({ record })),
    now,
  );
});
afterEach(async () => {
  expect(reported).toEqual([]);
  await store.close();
});

const deskOn = (on: Store, limits = usualExportLimits) =>
  openDesk({ store: on, types: [], demo: false, now: () => now, limits, report: (error) => reported.push(error) });

async function made(wish: ExportWish, options: { demo?: boolean } = {}) {
  const { id } = await store.exports.add({ ...wanted, wish }, now);
  const context = { store, types: [], demo: false, now: () => now, limits: usualExportLimits, ...options };
  await using _desk = openDesk({ ...context, report: (error) => reported.push(error) });
  await over(id);
  return bytesOf(id);
}

async function over(id: number) {
  await expect.poll(async () => (await store.exports.get(id))?.state).toMatch(/READY|FAILED|CANCELED/);
  return store.exports.get(id);
}

async function bytesOf(id: number): Promise<Buffer> {
  const file = await store.exports.get(id);
  if (file?.state !== 'READY') throw new Error(`export ${id} is ${file?.state}: ${file?.error?.message}`);
  const chunks: Uint8Array[] = [];
  for (let at = 0; ; at++) {
    const chunk = await store.exports.chunk(file, at);
    if (chunk === undefined) break;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  expect(bytes.length).toBe(file.bytes);
  return bytes;
}

/** A store whose servers stop coming after the first page, until they are let through; of each look at them, the pages. */
function gated() {
  const { inventory } = store;
  const gate = Promise.withResolvers<void>();
  const looks: { pages: number }[] = [];
  async function* stream(filter?: RecordFilter) {
    const look = { pages: 0 };
    looks.push(look);
    for await (const page of inventory.stream(filter)) {
      if (look.pages === 1) await gate.promise;
      look.pages++;
      yield page;
    }
  }
  return { open: gate.resolve, looks, on: { ...store, inventory: { ...inventory, stream } } satisfies Store };
}

const runs = (id: number) => expect.poll(async () => (await store.exports.get(id))?.state).toBe('RUNNING');

describe('a file', () => {
  it('has every server, in chunks that are no longer than is said', async () => {
    const lines = (await made({ ...allNames, format: 'csv' })).toString().split('\r\n');
    expect(lines).toHaveLength(serverCount + 3);
    const usual = await made({ kind: 'servers', type: 'server', format: 'ndjson' });
    expect(usual.length).toBeGreaterThan(600_000);
    expect(usual.toString().trimEnd().split('\n')).toHaveLength(serverCount + 1);
    const [newest] = await store.exports.list({ limit: 1 });
    expect(newest).toMatchObject({
      state: 'READY',
      rows: serverCount + 1,
      done: serverCount + 1,
      total: serverCount + 1,
    });
    if (newest === undefined) throw new Error('there is one');
    expect((await store.exports.chunk(newest, 0))?.length).toBe(262_144);
  });

  it('marks what is made up, and gives a spreadsheet nothing to run', async () => {
    const text = (await made({ ...allNames, columns: ['name'], q: 'name:~cmd' }, { demo: true })).toString();
    expect(text).toBe("demo,name\r\nDEMO: made up,'=cmd()\r\n");
  });

  it('has what was measured day by day; what was asked without an answer is blank', async () => {
    const { to } = lastDays(1, now);
    const [first] = (await store.inventory.list({ limit: 1 })).rows;
    const cells = new Map([['cpu.utilization' as const, { sum: 3.5 * 7200, seconds: 7200, max: 61 }]]);
    const empty = new Map([['cpu.utilization' as const, { sum: 0, seconds: 0, max: 0 }]]);
    const days = new Map([
      [to - 1, cells],
      [to - 2, empty],
      [to - 20, cells],
    ]);
    await store.history.write([{ resourceId: first?.id ?? 0, days }]);
    const wish = { kind: 'metrics', type: 'server', metrics: ['cpu.utilization', 'memory.usage'], days: 14 } as const;
    const lines = (await made({ ...wish, format: 'csv' })).toString().split('\r\n');
    const [head, ...rows] = lines.map((line) => line.split(',').slice(6));
    expect(head).toEqual(['day', 'metric', 'unit', 'avg', 'max', 'min', 'p50', 'p95', 'p99', 'max_is', 'hours']);
    expect(rows).toEqual([
      ['2026-11-20', 'cpu.utilization', 'percent', '', '', '', '', '', '', '', '0'],
      ['2026-11-21', 'cpu.utilization', 'percent', '3.5', '61', '', '', '', '', '', '2'],
      [],
    ]);
  });

  it('has the verdicts that were asked for, as Parquet that others read', async () => {
    const file = await made({ kind: 'rightsizing', format: 'parquet', class: 'not_enough_data', q: 'name:~cmd' });
    const rows = await parquetReadObjects({ file: new Uint8Array(file).buffer });
    expect(rows).toMatchObject([{ resource_id: 'i-last', class: 'not_enough_data' }]);
    expect(rows[0]?.savings_usd ?? null).toBeNull();
    const none = await made({ kind: 'rightsizing', format: 'csv', class: 'hot' });
    expect(none.toString().split('\r\n')).toHaveLength(2);
  });
});

describe('a file that is being made', () => {
  it('is left to the next start where the server ends, and is whole then', async () => {
    const { open, on } = gated();
    const { id } = await store.exports.add({ ...wanted, wish: allNames }, now);
    const first = deskOn(on);
    await runs(id);
    const closed = first[Symbol.asyncDispose]();
    open();
    await closed;
    expect(await store.exports.get(id)).toMatchObject({ state: 'WAITING', rows: 0 });
    await using _second = deskOn(store);
    expect(await over(id)).toMatchObject({ state: 'READY', attempt: 2, broken: 0 });
    expect((await bytesOf(id)).toString().split('\r\n')).toHaveLength(serverCount + 3);
  });

  it('is begun anew where its server was killed', async () => {
    const { id } = await store.exports.add({ ...wanted, wish: allNames }, now);
    const dead = await store.exports.claim(now - 61_000, 0);
    if (dead === undefined) throw new Error('it was not begun');
    const chunk = { at: 0, bytes: new TextEncoder().encode('half of') };
    await store.exports.append(dead, { done: 1, total: 2, rows: 1 }, now - 60_500, chunk);
    await using _desk = deskOn(store);
    expect(await over(id)).toMatchObject({ state: 'READY', attempt: 2, broken: 1 });
    expect((await bytesOf(id)).toString()).toMatch(/^resource_id\r\ni-0\r\n/);
  });

  it('is given up where its server is killed again and again', async () => {
    const { id } = await store.exports.add({ ...wanted, wish: allNames }, now);
    for (let times = 0; times < 3; times++) await store.exports.claim(now - 100_000 + times, now - 100_000 + times);
    await using _desk = deskOn(store);
    expect(await over(id)).toMatchObject({
      state: 'FAILED',
      error: { message: 'the server ended 3 times while it made this file', fix: expect.stringContaining('again') },
    });
  });

  it('stops where it is canceled', async () => {
    const { open, on } = gated();
    const { id } = await store.exports.add({ ...wanted, wish: allNames }, now);
    await using desk = deskOn(on);
    await runs(id);
    await store.exports.cancel(id, now, now + 1);
    open();
    const { id: next } = await store.exports.add({ ...wanted, wish: allNames }, now);
    desk.wake();
    expect(await over(next)).toMatchObject({ state: 'READY' });
    expect(await store.exports.get(id)).toMatchObject({ state: 'CANCELED', bytes: 0 });
  });

  describe('of which no row comes', () => {
    const noRows = { kind: 'rightsizing', format: 'ndjson', class: 'hot' } satisfies ExportWish;
    const clock = { now };
    beforeEach(() => {
      clock.now = now;
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });
    const clockedDesk = (on: Store) =>
      openDesk({
        ...{ store: on, types: [], demo: false, limits: usualExportLimits },
        now: () => clock.now,
        report: (error) => reported.push(error),
      });

    it('says how far it is, and is taken over by nobody', async () => {
      const { open, on } = gated();
      const { id } = await store.exports.add({ ...wanted, wish: noRows }, now);
      await using _desk = clockedDesk(on);
      await runs(id);
      clock.now += 50_000;
      const done = async () => {
        vi.advanceTimersByTime(1_000);
        const file = await store.exports.get(id);
        return [file?.done, file?.total];
      };
      await expect.poll(done).toEqual([250, serverCount + 1]);
      clock.now += 50_000;
      expect(await store.exports.claim(clock.now, clock.now - 60_000)).toBeUndefined();
      open();
      expect(await over(id)).toMatchObject({ state: 'READY', attempt: 1, broken: 0, rows: 0, done: serverCount + 1 });
    });

    it('stops where it is canceled', async () => {
      const { open, looks, on } = gated();
      const told = Promise.withResolvers<void>();
      const append: Store['exports']['append'] = async (...progress) => {
        const goesOn = await store.exports.append(...progress);
        if (!goesOn) told.resolve();
        return goesOn;
      };
      const { id } = await store.exports.add({ ...wanted, wish: noRows }, now);
      await using desk = clockedDesk({ ...on, exports: { ...store.exports, append } });
      await expect.poll(() => looks).toEqual([{ pages: 1 }]);
      await store.exports.cancel(id, now, now + 1);
      vi.advanceTimersByTime(1_000);
      await told.promise;
      const { id: next } = await store.exports.add({ ...wanted, wish: { ...allNames, q: 'name:~cmd' } }, now);
      open();
      desk.wake();
      expect(await over(next)).toMatchObject({ state: 'READY' });
      expect(looks).toEqual([{ pages: 2 }, { pages: 5 }]);
    });
  });

  it('is given up where another release wrote down what is wanted', async () => {
    const { id } = await store.exports.add({ ...wanted, wish: { ...allNames, kind: 'of a later release' } }, now);
    await using _desk = deskOn(store);
    expect(await over(id)).toMatchObject({
      state: 'FAILED',
      error: { code: 'conflict', message: expect.stringContaining('release'), fix: 'Ask for it again.' },
    });
  });

  it.each([
    { of: 'one user', limits: { ...usualExportLimits, userBytes: 300_000 }, says: 'your exports would take more' },
    { of: 'all', limits: { ...usualExportLimits, totalBytes: 300_000 }, says: 'all exports together would take more' },
  ])('fails where it outgrows what the files of $of may take', async ({ limits, says }) => {
    const wish = { kind: 'servers', type: 'server', format: 'ndjson' } satisfies ExportWish;
    const { id } = await store.exports.add({ ...wanted, wish }, now);
    await using _desk = deskOn(store, limits);
    const file = await over(id);
    expect(file).toMatchObject({ state: 'FAILED', bytes: 0, error: { code: 'conflict' } });
    expect(file?.error?.message).toContain(says);
    expect(file?.error?.fix).toContain('narrow the filter');
  });
});

it('deletes what is older than it is kept', async () => {
  const { id } = await store.exports.add({ ...wanted, wish: allNames }, now);
  const clock = { now };
  const context = { store, types: [], demo: false, limits: usualExportLimits };
  await using desk = openDesk({ ...context, now: () => clock.now, report: (error) => reported.push(error) });
  const file = await over(id);
  clock.now += 7 * 86_400_000 - 1;
  desk.wake();
  expect(await store.exports.get(id)).toBeDefined();
  clock.now += 1;
  desk.wake();
  await expect.poll(() => store.exports.get(id)).toBeUndefined();
  if (file === undefined) throw new Error('it was made');
  await expect.poll(() => store.exports.chunk(file, 0)).toBeUndefined();
});
