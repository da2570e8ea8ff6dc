import { expect, it } from 'vitest';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { homeDomain } from './domain.ts';
import { closeSession, openSession, readSession, sessionLimits } from './sessions.ts';
import { addUser } from './users.ts';

const { idleMs, absoluteMs } = sessionLimits;

async function withAnn() {
  const store: Store = await openTestStore();
  const { id: domain } = await homeDomain(store, 1);
  const ann = await addUser(store, { domain, kind: 'PERSON', name: 'ann@corp.example', role: 'admin' }, 1);
  return { store, ann };
}

it('ends a session that nobody uses', async () => {
  const { store, ann } = await withAnn();
  const secret = await openSession(store, ann, 0);
  expect(await readSession(store, secret, idleMs - 1)).toMatchObject({ user: ann, expiresAt: 2 * idleMs - 1 });
  expect(await readSession(store, secret, 2 * idleMs - 2)).toMatchObject({ user: ann });
  expect(await readSession(store, secret, 3 * idleMs)).toBeUndefined();
});

it('ends a session however much it is used', async () => {
  const { store, ann } = await withAnn();
  const secret = await openSession(store, ann, 0);
  for (let now = 0; now < absoluteMs; now += idleMs / 2) {
    expect((await readSession(store, secret, now))?.expiresAt).toBe(Math.min(now + idleMs, absoluteMs));
  }
  expect(await readSession(store, secret, absoluteMs)).toBeUndefined();
});

it('knows a session by its secret alone, and forgets it when it is closed', async () => {
  const { store, ann } = await withAnn();
  const [one, other] = [await openSession(store, ann, 0), await openSession(store, ann, 0)];
  expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(one).not.toBe(other);
  await closeSession(store, one);
  expect(await readSession(store, one, 1)).toBeUndefined();
  expect(await readSession(store, other, 1)).toBeDefined();
  expect(await readSession(store, `${other}x`, 1)).toBeUndefined();
});

it('clears away what is over when the next one begins', async () => {
  const { store, ann } = await withAnn();
  await openSession(store, ann, 0);
  const used = await openSession(store, ann, idleMs);
  await openSession(store, ann, idleMs + 1);
  expect(await readSession(store, used, idleMs + 2)).toBeDefined();
});
