import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrations as postgresSteps } from './postgres/migrations.ts';
import { DatabaseFile } from './sqlite/database-file.ts';
import { storeOnFile } from './sqlite/store.ts';
import type { Store } from './store.ts';
import { openTestStore } from './testing/open-test-store.ts';

const entry = { actor: 'ann', action: 'user.add', outcome: 'ok' as const, detail: { role: 'admin' } };

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

it('keeps entries in order, each as it was', async () => {
  const full = { ...entry, actorId: 'user-1', from: '10.0.0.1', target: '서버' };
  await store.audit.add(entry, 1);
  await store.audit.add(full, 2);
  expect(await store.audit.list({ limit: 9 })).toEqual([
    { ...full, id: expect.any(Number), at: 2 },
    { ...entry, id: expect.any(Number), at: 1 },
  ]);
  const [newest] = await store.audit.list({ limit: 1 });
  expect(await store.audit.list({ limit: 9, before: newest?.id ?? 0 })).toMatchObject([{ at: 1 }]);
  expect(await store.audit.list({ limit: 9, actor: 'bob' })).toEqual([]);
  expect(await store.audit.list({ limit: 9, action: 'user.add' })).toHaveLength(2);
});

it('is gone with a transaction that did not come to be', async () => {
  const before = await store.audit.list({ limit: 100 });
  const failed = store.transaction(async (tx) => {
    await tx.audit.add(entry, 3);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(await store.audit.list({ limit: 100 })).toEqual(before);
});

it('is changed by nobody, not even in the database', async () => {
  const file = await DatabaseFile.open(':memory:');
  const own = await storeOnFile(file);
  await own.audit.add(entry, Date.now());
  for (const statement of ["UPDATE audit_entry SET actor = 'x'", 'DELETE FROM audit_entry']) {
    expect(() => file.exec(statement)).toThrow('only added to');
  }
  expect(await own.audit.list({ limit: 9 })).toHaveLength(1);
  await own.close();
  expect(postgresSteps.join()).toContain('BEFORE UPDATE OR TRUNCATE ON audit_entry');
});

it('forgets what is old, and keeps what is younger than 90 days whoever asks', async () => {
  const own = await openTestStore();
  const day = 86_400_000;
  const now = Date.now();
  for (const age of [400, 91, 89, 0]) await own.audit.add({ ...entry, actor: `${age}` }, now - age * day);
  expect(await own.audit.forget(now - 200 * day)).toBe(1);
  await expect(own.audit.forget(now - 30 * day)).rejects.toMatchObject({ code: 'store_failed' });
  expect((await own.audit.list({ limit: 9 })).map(({ actor }) => actor)).toEqual(['0', '89', '91']);
  expect(await own.audit.forget(now - 90 * day)).toBe(1);
  expect(await own.audit.forget(now - 90 * day)).toBe(0);
  await own.close();
});
