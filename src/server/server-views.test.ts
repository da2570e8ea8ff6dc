import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { metricPath } from '#store/query/text.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { measured } from '#store/testing/servers.ts';
import { serverViews } from './server-views.ts';

const servers = 2_100;
const byCpu = { path: metricPath('cpu.avg') ?? ['none'], descending: true } as const;

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
  await store.inventory.put(
    Array.from({ length: servers }, (_, at) => ({ record: measured(`i-${at}`, at) })),
    1000,
  );
});
afterAll(() => store.close());

it('shows any window of a long list, in the order of at most ten seconds ago', async () => {
  let now = 0;
  const windowOf = serverViews(store.inventory, () => now);
  const idsFrom = async (from: number) => {
    const { rows, total } = await windowOf(byCpu, {}, from, 3);
    return [total, ...rows.map(({ record }) => record.reference.resource_id)];
  };
  const windows = [
    [0, [servers, 'i-2099', 'i-2098', 'i-2097']],
    [1_998, [servers, 'i-101', 'i-100', 'i-99']],
    [2_098, [servers, 'i-1', 'i-0']],
    [5_000, [servers]],
  ] as const;
  for (const [from, want] of windows) expect(await idsFrom(from)).toEqual(want);
  await store.inventory.put([{ record: measured('i-new', 9_000) }], 2000);
  for (const [from, want] of windows) expect(await idsFrom(from)).toEqual(want);
  now += 10_000;
  expect(await idsFrom(0)).toEqual([servers + 1, 'i-new', 'i-2099', 'i-2098']);
  expect(await idsFrom(1_999)).toEqual([servers + 1, 'i-101', 'i-100', 'i-99']);
});

describe('a list that is read window by window', () => {
  const pauseMs = 9_000;

  /** One that changes before each window: what it ends with comes first. */
  async function openReader() {
    const own = await openTestStore();
    onTestFinished(() => own.close());
    const records = Array.from({ length: servers }, (_, at) => ({ record: measured(`i-${at}`, at) }));
    const ids = await own.inventory.put(records, 1000);
    const clock = { now: 0 };
    const windowOf = serverViews(own.inventory, () => clock.now);
    let changes = 0;
    const readFrom = async (from: number, limit = 500) => {
      clock.now += pauseMs;
      const id = ids[changes] ?? 0;
      await own.inventory.put([{ id, record: measured(`i-${changes}`, 10_000 + changes) }], 2000);
      changes++;
      return (await windowOf(byCpu, {}, from, limit)).rows.map((row) => row.id);
    };
    return { ids, clock, windowOf, readFrom };
  }

  it('repeats and misses no row, however often it changes meanwhile and is shown from its beginning to others', async () => {
    const { ids, windowOf, readFrom } = await openReader();
    const read: number[] = [];
    while (read.length < servers) {
      read.push(...(await readFrom(read.length)));
      await windowOf(byCpu, {}, 0, 3);
    }
    expect(new Set(read)).toEqual(new Set(ids));
  });

  it('is of a new order again after five minutes', async () => {
    const { clock, readFrom } = await openReader();
    const read = await readFrom(0, 10);
    const begun = clock.now;
    while (clock.now + pauseMs < begun + 300_000) read.push(...(await readFrom(read.length, 10)));
    expect(new Set(read).size).toBe(read.length);
    expect(read).toEqual(expect.arrayContaining(await readFrom(read.length, 10)));
  });

  it('is of one order for up to a minute where somebody goes back or jumps in it', async () => {
    const { clock, readFrom } = await openReader();
    const first = await readFrom(0);
    const begun = clock.now;
    const second = await readFrom(first.length);
    while (clock.now + pauseMs < begun + 60_000) expect(await readFrom(first.length)).toEqual(second);
    const again = await readFrom(first.length);
    expect(again[0]).not.toBe(second[0]);
    expect(again).toContain(second[0]);
  });

  it('is of a new order where nobody has read of it for ten seconds', async () => {
    const { clock, readFrom } = await openReader();
    const first = await readFrom(0);
    const second = await readFrom(first.length);
    clock.now += 10_000 - pauseMs;
    expect((await readFrom(first.length))[0]).not.toBe(second[0]);
  });
});

it('repeats and misses no row where the list changes between its first rows and the others', async () => {
  const own = await openTestStore();
  onTestFinished(() => own.close());
  const records = Array.from({ length: servers }, (_, at) => ({ record: measured(`i-${at}`, at) }));
  const ids = await own.inventory.put(records, 1000);
  const windowOf = serverViews(own.inventory, () => 0);
  const idsFrom = async (from: number) =>
    (await windowOf(byCpu, {}, from, 100)).rows.map(({ record }) => record.reference.resource_id);
  const first = await idsFrom(1_900);
  const moved = { id: ids[2_050] ?? 0, record: measured('i-2050', -1) };
  await own.inventory.put([moved, { record: measured('i-new', 9_000) }], 2000);
  const order = Array.from({ length: servers }, (_, at) => `i-${servers - 1 - at}`);
  expect([...first, ...(await idsFrom(2_000)), ...(await idsFrom(2_100))]).toEqual([
    ...order.slice(1_900, 2_000),
    'i-new',
    ...order.slice(2_000),
  ]);
  expect(await idsFrom(0)).toEqual(order.slice(0, 100));
  const totals = await Promise.all([0, 2_000].map((from) => windowOf(byCpu, {}, from, 100)));
  expect(totals.map(({ total }) => total)).toEqual([servers + 1, servers + 1]);
});
