import { expect, it } from 'vitest';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { recordAudit } from '../audit/audit.ts';
import { keepExpiry, knownExpiry } from './expiry.ts';
import { accountOrigins } from './origin.ts';

const draft = { provider: 'aws', account: '123', name: 'prod', regions: [] };

it('tells who added an account of this name, and who replaced its secret last', async () => {
  const store = await openTestStore();
  const account = await store.accounts.add(draft, () => new Uint8Array(), 1000);
  const note = (
    action: 'account.add' | 'account.rotate',
    actor: string,
    at: number,
    outcome: 'ok' | 'refused' = 'ok',
  ) => recordAudit(store, { action, actor, target: 'prod', outcome }, at);
  // An account that had the name before, and is gone.
  await note('account.add', 'long-gone', 500);
  await note('account.rotate', 'long-gone', 600);
  expect((await accountOrigins(store.audit, [account])).get(account.id)).toEqual({});
  await note('account.add', 'nobody', 1001, 'refused');
  await note('account.add', 'ann', 1002);
  // It was there already.
  await note('account.add', 'bob', 2000);
  await note('account.rotate', 'ann', 3000);
  await note('account.rotate', 'bob', 4000);
  await note('account.rotate', 'eve', 5000, 'refused');
  const origins = await accountOrigins(store.audit, [account]);
  expect(origins.get(account.id)).toEqual({ addedBy: 'ann', rotatedAt: 4000, rotatedBy: 'bob' });
});

it('keeps until when a secret is good, and forgets it with the secret', async () => {
  const store = await openTestStore();
  expect(await knownExpiry(store, 7)).toBeUndefined();
  await keepExpiry(store, 7, { of: 'secret', at: 1_800_000_000_000 });
  expect(await knownExpiry(store, 7)).toEqual({ of: 'secret', at: 1_800_000_000_000 });
  await keepExpiry(store, 7, { of: 'key', at: null });
  expect(await knownExpiry(store, 7)).toEqual({ of: 'key', at: null });
  await keepExpiry(store, 7, { of: 'token', at: 9_999_999_999_999_000 });
  expect(await knownExpiry(store, 7)).toEqual({ of: 'token', at: null });
  await keepExpiry(store, 7, undefined);
  expect(await knownExpiry(store, 7)).toBeUndefined();
  expect(await knownExpiry(store, 8)).toBeUndefined();
});
