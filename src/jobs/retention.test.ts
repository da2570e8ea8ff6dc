import { expect, it } from 'vitest';
import { dayAt } from '#model/window.ts';
import { mergeBatch } from '#platform/inventory/inventory.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { measured } from '#store/testing/servers.ts';
import { forgetOldDays } from './retention.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const today = dayAt(now / 1000);

it('keeps so many days before today, and forgets those before', async () => {
  const store = await openTestStore();
  const [outcome] = await mergeBatch(store, [measured('i-1', 2)], now);
  const resourceId = outcome !== undefined && outcome.change !== 'failed' ? outcome.id : 0;
  const cells = new Map([['cpu.utilization', { sum: 86_400, seconds: 86_400, max: 2 }]] as const);
  const days = new Map([today - 31, today - 30, today - 1].map((day) => [day, cells]));
  await store.history.write([{ resourceId, days }]);
  expect(await forgetOldDays(store, 30, now)).toBe(1);
  const left = await store.history.read([resourceId], { from: today - 40, to: today });
  expect([...(left.get(resourceId)?.keys() ?? [])]).toEqual([today - 30, today - 1]);
  await store.close();
});
