import { expect, it } from 'vitest';
import { openMemoryStore } from '#store/open.ts';
import { measured, server } from '#store/testing/servers.ts';
import { readServers, type ServerSort, serverSort, sortText } from './server-rows.ts';

const namesBy = async (sort: ServerSort | undefined, limit: number) => {
  const store = await openMemoryStore();
  const records = [measured('i-1', 5), server('i-2'), measured('i-3', 90), measured('i-4', 40)];
  await store.inventory.put(
    records.map((record) => ({ record })),
    1000,
  );
  if (sort === undefined) throw new Error('it is sorted by something');
  const { rows, total } = await readServers(store.inventory, {}, sort, limit);
  await store.close();
  return { ids: rows.map(({ reference }) => reference.resource_id), total };
};

it.each([
  ['-cpu.avg', 2, ['i-3', 'i-4']],
  ['cpu.avg', 9, ['i-1', 'i-4', 'i-3', 'i-2']],
  ['-cpu.avg', Number.POSITIVE_INFINITY, ['i-3', 'i-4', 'i-1', 'i-2']],
  ['-cpuAvg', 3, ['i-3', 'i-4', 'i-1']],
  ['-id', 1, ['i-4']],
] as const)('lists by %s, at most %d; without a value last', async (text, limit, ids) => {
  expect(await namesBy(serverSort(text), limit)).toEqual({ ids, total: 4 });
});

it('knows no order by what is neither measured nor kept in a column', () => {
  expect(['colour', 'cpu.p12', '-', ''].map(serverSort)).toEqual([undefined, undefined, undefined, undefined]);
});

it.each(['-cpu.p95', 'name'])('is said to a server as it was given: %s', (text) => {
  const sort = serverSort(text);
  expect(sort && sortText(sort)).toBe(text);
});
