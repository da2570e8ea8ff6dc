import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DayCell, type Days, emptyCell } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import { days } from './testing/arbitraries.ts';
import { openTestStore } from './testing/open-test-store.ts';
import { server } from './testing/servers.ts';

async function storeWith(...names: string[]) {
  const store = await openTestStore();
  const ids = await store.inventory.put(
    names.map((name) => ({ record: server(name) })),
    1,
  );
  return { store, ids };
}

const cell = (sum: number): DayCell => ({ sum, seconds: 60, max: sum });

describe('history', () => {
  it('reads what was written, the last write of a key winning', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 2 }), days(100, 110)), { maxLength: 6 }), async (writes) => {
        const { store, ids } = await storeWith('a', 'b', 'c');
        const expected = new Map<number, Map<number, Map<MetricKey, DayCell>>>();
        const entries = writes.map(([index, written]) => ({ resourceId: ids[index] ?? 0, days: written }));
        for (const { resourceId, days } of entries) {
          const known = expected.get(resourceId) ?? new Map();
          for (const [day, cells] of days) known.set(day, new Map([...(known.get(day) ?? []), ...cells]));
          if (known.size > 0) expected.set(resourceId, known);
        }
        // The first alone, the others in one call: both ways of merging.
        await store.history.write(entries.slice(0, 1));
        await store.history.write(entries.slice(1));
        expect(await store.history.read(ids, { from: 100, to: 110 })).toEqual(expected);
        await store.close();
      }),
      { numRuns: 30 },
    ));

  it('reads the resources and days that are asked for', async () => {
    const { store, ids } = await storeWith('a', 'b');
    const [a = 0, b = 0] = ids;
    const written: Days = new Map([9, 10, 11, 12].map((day) => [day, new Map([['cpu.utilization', cell(day)]])]));
    await store.history.write([
      { resourceId: a, days: written },
      { resourceId: b, days: written },
    ]);
    const read = await store.history.read([a], { from: 10, to: 12 });
    expect([...read.keys()]).toEqual([a]);
    expect([...(read.get(a)?.keys() ?? [])]).toEqual([10, 11]);
  });

  it('forgets what is before a day', async () => {
    const { store, ids } = await storeWith('a', 'b');
    const written: Days = new Map([9, 10, 11].map((day) => [day, new Map([['memory.usage', emptyCell]])]));
    await store.history.write(ids.map((resourceId) => ({ resourceId, days: written })));
    expect(await store.history.forget(11)).toBe(4);
    const read = await store.history.read(ids, { from: 0, to: 100 });
    expect([...read.values()].map((known) => [...known.keys()])).toEqual([[11], [11]]);
  });

  it('writes all entries or none', async () => {
    const { store, ids } = await storeWith('a');
    const written: Days = new Map([[9, new Map([['cpu.utilization', cell(1)]])]]);
    const unknown = { resourceId: 99, days: written };
    await expect(store.history.write([{ resourceId: ids[0] ?? 0, days: written }, unknown])).rejects.toThrow('refused');
    expect((await store.history.read(ids, { from: 0, to: 100 })).size).toBe(0);
  });
});
