import { expect, it } from 'vitest';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { addAccount, openSecret, replaceSecret } from './accounts.ts';
import { masterKey } from './master-key.ts';

it('replaces the secret that was there when the new one was tried, and no later one', async () => {
  const store = await openTestStore();
  const key = await masterKey({ folder: await temporaryFolder(), env: {} });
  const account = await addAccount(store, key, { provider: 'aws', account: '1', name: 'prod', regions: [] }, 'old', 1);
  const before = await store.accounts.sealedSecret(account.id);
  await replaceSecret(store, key, account, 'theirs', before);
  await expect(replaceSecret(store, key, account, 'ours', before)).rejects.toMatchObject({ code: 'conflict' });
  expect(await openSecret(store, key, account)).toBe('theirs');
});
