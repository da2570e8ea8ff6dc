import { describe, expect, it, onTestFinished } from 'vitest';
import { presets } from '#rightsizing/policy.ts';
import type { RecordFilter } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { server } from '#store/testing/servers.ts';
import { writePolicy } from '../rightsizing/policy.ts';
import { contentsOf } from './contents.ts';
import { ExportWish } from './wish.ts';

const today = 20_000;
const now = today * 86_400_000 + 3_600_000;

async function opened(): Promise<Store> {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  return store;
}

it.each([undefined, 'name:none-such'])('ends with the signal, also where there is nothing to write: %s', async (q) => {
  const store = await opened();
  await store.inventory.put([{ record: server('i-1') }], 1);
  const contents = contentsOf(
    { store, types: [], demo: false, now: () => now },
    ExportWish.parse({ kind: 'metrics', format: 'ndjson', ...(q === undefined ? {} : { q }) }),
  );
  const soFar = { done: 0, rows: 0 };
  expect(await Array.fromAsync(contents.bytes(soFar))).toEqual([]);
  expect(soFar).toEqual({ done: await contents.count(), rows: 0 });
  const over = AbortSignal.abort();
  await expect(Array.fromAsync(contents.bytes(soFar, over))).rejects.toBe(over.reason);
});

it('gives others a turn where the filter lets no server through', async () => {
  const store = await opened();
  async function* nobody() {
    for (let page = 0; page < 1_000; page++) yield [];
  }
  const on = { ...store, inventory: { ...store.inventory, stream: nobody } };
  const wish = ExportWish.parse({ kind: 'metrics', format: 'ndjson' });
  const contents = contentsOf({ store: on, types: [], demo: false, now: () => now }, wish);
  const over = new AbortController();
  setImmediate(() => over.abort());
  const bytes = contents.bytes({ done: 0, rows: 0 }, over.signal);
  await expect(Array.fromAsync(bytes)).rejects.toMatchObject({ name: 'AbortError' });
});

describe('verdicts of one file', () => {
  it.each([
    { change: 'the policy', meanwhile: (store: Store) => writePolicy(store.settings, presets.careful), passes: 0 },
    { change: 'the day', meanwhile: async () => {}, passes: 7 },
  ])('are made alike, though $change changes meanwhile', async ({ meanwhile, passes }) => {
    const store = await opened();
    const ids = await store.inventory.put([{ record: server('i-1') }, { record: server('i-2') }], 1);
    const measured = new Map([['cpu.utilization' as const, { sum: 50 * 86_400, seconds: 86_400, max: 60 }]]);
    const days = new Map(Array.from({ length: 14 }, (_, at) => [today - 1 - at, measured]));
    await store.history.write(ids.map((resourceId) => ({ resourceId, days })));

    const clock = { now };
    async function* oneByOne(filter?: RecordFilter) {
      for await (const page of store.inventory.stream(filter)) {
        for (const each of page) {
          yield [each];
          await meanwhile(store);
          clock.now += passes * 86_400_000;
        }
      }
    }
    const on = { ...store, inventory: { ...store.inventory, stream: oneByOne } };
    const source = { store: on, types: [], demo: false, now: () => clock.now };
    const contents = contentsOf(source, ExportWish.parse({ kind: 'rightsizing', format: 'ndjson' }));
    const chunks = await Array.fromAsync(contents.bytes({ done: 0, rows: 0 }));
    const rows = Buffer.concat(chunks)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map((row) => row['cpu.coverage'])).toEqual([1, 1]);
    expect(rows[1]).toMatchObject({ class: rows[0].class, reason: rows[0].reason });
  });
});
