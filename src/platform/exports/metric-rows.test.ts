import { expect, it, onTestFinished } from 'vitest';
import { type Day, dayCount, daysOf } from '#model/window.ts';
import type { HistoryStore } from '#store/history.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { server } from '#store/testing/servers.ts';
import { metricRows } from './metric-rows.ts';

const keys = ['cpu.utilization', 'memory.usage', 'disk.read_iops'] as const;

it.each([
  { what: 'few servers over a long time', names: ['i-1', 'i-2'], window: { from: 20_000, to: 20_400 } },
  {
    what: 'many servers',
    names: Array.from({ length: 250 }, (_, at) => `i-${at}`),
    window: { from: 20_000, to: 20_014 },
  },
])('are read and made some at a time: $what', async ({ names, window }) => {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  const ids = await store.inventory.put(
    names.map((name) => ({ record: server(name) })),
    1,
  );
  const cell = { sum: 1, seconds: 60, max: 1 };
  const days = new Map(
    [...daysOf(window)].map((day): [Day, Map<(typeof keys)[number], typeof cell>] => [
      day,
      new Map(keys.map((key) => [key, cell])),
    ]),
  );
  await store.history.write(ids.map((resourceId) => ({ resourceId, days })));
  const servers = await store.inventory.records(ids);

  const daysRead: number[] = [];
  const history: HistoryStore = {
    ...store.history,
    read(resourceIds, range) {
      daysRead.push(resourceIds.length * dayCount(range));
      return store.history.read(resourceIds, range);
    },
  };
  const pages = await Array.fromAsync(metricRows(history, servers, { window, keys }));
  expect(Math.max(...daysRead)).toBeLessThanOrEqual(500);
  expect(Math.max(...pages.map((rows) => rows.length))).toBeLessThanOrEqual(1_000);
  const rows = pages.flat().map(({ stored, day, key }) => `${stored.record.reference.resource_id} ${day} ${key}`);
  expect(rows).toEqual(
    names.flatMap((name) => [...daysOf(window)].flatMap((day) => keys.map((key) => `${name} ${day} ${key}`))),
  );
});
