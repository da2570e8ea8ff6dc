import { expect, it, onTestFinished } from 'vitest';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { server } from '#store/testing/servers.ts';
import { contentsOf } from './contents.ts';
import { ExportWish } from './wish.ts';

it('ends with the signal, also where there is nothing to write', async () => {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  await store.inventory.put([{ record: server('i-1') }], 1);
  const contents = contentsOf(
    { store, types: [], demo: false, now: () => 86_400_000 * 30 },
    ExportWish.parse({ kind: 'metrics', format: 'ndjson' }),
  );
  const soFar = { done: 0, rows: 0 };
  expect(await Array.fromAsync(contents.bytes(soFar))).toEqual([]);
  expect(soFar).toEqual({ done: await contents.count(), rows: 0 });
  const over = AbortSignal.abort();
  await expect(Array.fromAsync(contents.bytes(soFar, over))).rejects.toBe(over.reason);
});
