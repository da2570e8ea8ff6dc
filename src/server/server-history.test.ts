import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Days } from '#model/day-cell.ts';
import { dayAt, daysOf } from '#model/window.ts';
import type { ChangeDraft } from '#store/changes.ts';
import type { RecordId } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { server } from '#store/testing/servers.ts';
import { readHistory } from './server-history.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const today = dayAt(now / 1000);
const hourMs = 3_600_000;

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** @param percentAt of its cpu, so many days ago */
async function serverWith(percentAt: (ago: number) => number): Promise<RecordId> {
  const [id = 0] = await store.inventory.put([{ record: server(crypto.randomUUID()) }], now);
  const cellOf = (percent: number) =>
    new Map([['cpu.utilization', { sum: percent, seconds: 1, max: percent }]] as const);
  const days: Days = new Map(
    [...daysOf({ from: today - 400, to: today })].map((day) => [day, cellOf(percentAt(today - day))]),
  );
  await store.history.write([{ resourceId: id, days }]);
  return id;
}

/** Noon of so many days ago, or another hour of that day. */
const at = (ago: number, hour = 12) => (today - ago) * 24 * hourMs + hour * hourMs;

async function add(resource: RecordId, changes: readonly { at: number; path: string; from: string; to: string }[]) {
  for (const [when, same] of Map.groupBy(
    changes.toSorted((a, b) => a.at - b.at),
    (change) => change.at,
  )) {
    const drafts = same.map(({ at: _, ...field }): ChangeDraft => ({ resource, event: 'changed', fields: [field] }));
    await store.changes.add(drafts, when);
  }
}

const resize = (ago: number, from: string, to: string) => ({ at: at(ago), path: 'instance_type', from, to });
const nights = (count: number) =>
  Array.from({ length: count }, (_, night) => [
    { at: at(night + 1, 20), path: 'data.compute.instance_state', from: 'RUNNING', to: 'STOPPED' },
    { at: at(night, 6), path: 'data.compute.instance_state', from: 'STOPPED', to: 'RUNNING' },
  ]).flat();
const hours = (count: number) =>
  Array.from({ length: count }, (_, hour) => ({
    at: now - (hour + 1) * hourMs,
    path: 'tags.heartbeat',
    from: `${hour + 1}`,
    to: `${hour}`,
  }));

async function sizesOf(id: RecordId, days: number) {
  const { sizes } = await readHistory(store, id, days, now);
  return sizes.map(({ instance_type, days: measured, cpu }) => [instance_type, measured, cpu?.avg ?? null]);
}

describe.each([
  { name: 'changed nothing else', others: [] },
  { name: 'is stopped each night', others: nights(95) },
  { name: 'has a tag that changes each hour', others: hours(95 * 24) },
])('a server that $name', ({ others }) => {
  it('is told apart by all sizes that it had', async () => {
    const id = await serverWith((ago) => (ago > 80 ? 90 : ago > 10 ? 40 : 5));
    await add(id, [resize(80, 'small', 'medium'), resize(10, 'medium', 'large'), ...others]);
    expect(await sizesOf(id, 90)).toEqual([
      ['small', 10, 90],
      ['medium', 69, 40],
      ['large', 9, 5],
    ]);
  });

  it('has the one size before its only change, and the other since', async () => {
    const id = await serverWith((ago) => (ago > 60 ? 90 : 40));
    await add(id, [resize(60, 'small', 'medium'), ...others]);
    expect(await sizesOf(id, 90)).toEqual([
      ['small', 30, 90],
      ['medium', 59, 40],
    ]);
  });
});

it.each([
  { every: 'week', seen: 67 },
  { every: 'day', seen: 61 },
  { every: 'hour', seen: 60 },
])(
  'leaves out all days on which a server may have had either size, which runs of each $every read',
  async ({ seen }) => {
    const id = await serverWith((ago) => (ago > seen ? 90 : ago >= 60 ? 1 : 40));
    const { at: found, ...field } = resize(60, 'small', 'medium');
    const seenBefore = at(seen, 11);
    await store.changes.add([{ resource: id, event: 'changed', fields: [field], seenBefore }], found);
    expect(await sizesOf(id, 90)).toEqual([
      ['small', 90 - seen, 90],
      ['medium', 59, 40],
    ]);
  },
);

it('lists the newest changes of size and state, however many others there are', async () => {
  const id = await serverWith(() => 1);
  await add(id, [resize(40, 'small', 'medium'), ...hours(40 * 24)]);
  const { changes } = await readHistory(store, id, 90, now);
  expect(changes).toMatchObject([{ what: 'size', from: 'small', to: 'medium' }]);
  await add(id, nights(60));
  const newest = (await readHistory(store, id, 90, now)).changes;
  expect(newest).toHaveLength(100);
  expect(newest.at(-1)).toMatchObject({ what: 'state', to: 'RUNNING', at: '2026-11-22T06:00:00.000Z' });
});

it('says of a day of many sizes what it was before and after, and nothing of the sizes between', async () => {
  const id = await serverWith((ago) => (ago > 20 ? 90 : 5));
  const flips = Array.from({ length: 12 }, (_, hour) => ({
    ...resize(20, hour % 2 === 0 ? 'small' : 'large', hour % 2 === 0 ? 'large' : 'small'),
    at: at(20, hour),
  }));
  await add(id, [...flips, { ...resize(20, 'small', 'medium'), at: at(20, 12) }]);
  expect(await sizesOf(id, 30)).toEqual([
    ['small', 10, 90],
    ['medium', 19, 5],
  ]);
});

it('begins at the oldest change that it knows where there are more than it reads', async () => {
  const id = await serverWith((ago) => (ago > 300 ? 90 : ago > 200 ? 40 : 5));
  const many = Array.from({ length: 1_000 }, (_, minute) => ({
    ...resize(200, minute === 0 ? 'medium' : `size-${minute - 1}`, minute === 999 ? 'large' : `size-${minute}`),
    at: at(200, 0) + minute * 60_000,
  }));
  await add(id, [resize(300, 'small', 'medium'), ...many]);
  expect(await sizesOf(id, 400)).toEqual([['large', 199, 5]]);
});
