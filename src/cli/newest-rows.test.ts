import { expect, it } from 'vitest';
import { newestRows } from './newest-rows.ts';

/** So many rows with ids that count up, read as a store reads them. */
function listOf(count: number) {
  return async ({ limit, before = count + 1 }: { limit: number; before?: number }) =>
    Array.from({ length: Math.min(limit, before - 1) }, (_, at) => ({ id: before - 1 - at }));
}

it.each([
  { there: 0, limit: undefined, read: 0 },
  { there: 50, limit: 10, read: 50 },
  { there: 2500, limit: undefined, read: 2500 },
  { there: 10_000, limit: undefined, read: 10_000 },
  { there: 25_000, limit: 0, read: 25_000 },
  { there: 25_000, limit: 25_000, read: 25_000 },
])('reads all of $there rows with --limit $limit', async ({ there, limit, read }) => {
  const { rows, warnings } = await newestRows({ ...(limit === undefined ? {} : { limit }) }, listOf(there));
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: read }, (_, at) => there - at));
  expect(warnings).toEqual([]);
});

it('looks at the newest of very many, and says that there are older ones', async () => {
  const { rows, warnings } = await newestRows({ limit: 50 }, listOf(10_001));
  expect([rows.length, rows.at(-1)?.id]).toEqual([10_000, 2]);
  expect(warnings).toEqual([expect.stringMatching(/newest 10000 .+ older ones; --limit 0/)]);
});
