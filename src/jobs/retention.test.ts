import { expect, it } from 'vitest';
import { dayAt } from '#model/window.ts';
import { mergeBatch } from '#platform/inventory/inventory.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { measured } from '#store/testing/servers.ts';
import { defaultKept, forgetOld } from './retention.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const today = dayAt(now / 1000);

it('keeps so many days before today, and forgets those before', async () => {
  const store = await openTestStore();
  const [outcome] = await mergeBatch(store, [measured('i-1', 2)], now);
  const resourceId = outcome !== undefined && outcome.change !== 'failed' ? outcome.id : 0;
  const cells = new Map([['cpu.utilization', { sum: 86_400, seconds: 86_400, max: 2 }]] as const);
  const days = new Map([today - 31, today - 30, today - 1].map((day) => [day, cells]));
  await store.history.write([{ resourceId, days }]);
  expect((await forgetOld(store, { ...defaultKept, historyDays: 30 }, now)).resourceDays).toBe(1);
  const left = await store.history.read([resourceId], { from: today - 40, to: today });
  expect([...(left.get(resourceId)?.keys() ?? [])]).toEqual([today - 30, today - 1]);
  await store.close();
});

it('forgets old changes and audit entries, in any number, each after its own time, and says so in the log', async () => {
  const store = await openTestStore();
  const [outcome] = await mergeBatch(store, [measured('i-1', 2)], now);
  const resource = outcome !== undefined && outcome.change !== 'failed' ? outcome.id : 0;
  const day = 86_400_000;
  const many = Array.from({ length: 6_001 }, () => ({ resource, event: 'changed', fields: [] }) as const);
  await store.changes.add(many, now - 401 * day);
  await store.changes.add(many.slice(0, 2), now - 399 * day);
  const entry = { actor: 'ann', action: 'user.add', outcome: 'ok', detail: {} } as const;
  for (const age of [731, 729]) await store.audit.add(entry, now - age * day);
  expect(await forgetOld(store, defaultKept, now)).toEqual({ resourceDays: 0, changes: 6_001, auditEntries: 1 });
  expect(await store.changes.list({ resource, limit: 9_999 })).toHaveLength(3);
  expect(await store.audit.list({ limit: 9 })).toMatchObject([
    { actor: 'retention', action: 'audit.forget', detail: { entries: 1, kept_days: 730 } },
    { actor: 'ann', at: now - 729 * day },
  ]);
  await store.close();
});
