import { describe, expect, it } from 'vitest';
import { openTestStore } from './testing/open-test-store.ts';

const draft = { provider: 'aws', account: '123', name: 'prod', regions: ['eu-west-1'] };
const sealed = (id: number) => Uint8Array.of(id, 255);

describe('accounts', () => {
  it('keeps an account, its sealed secret apart', async () => {
    const { accounts } = await openTestStore();
    const added = await accounts.add(draft, sealed, 1000);
    expect(added).toEqual({ ...draft, id: 1, createdAt: 1000, status: { state: 'UNKNOWN' } });
    expect(await accounts.get('prod')).toEqual(added);
    expect(await accounts.get(1)).toEqual(added);
    expect(await accounts.sealedSecret(1)).toEqual(Uint8Array.of(1, 255));
  });

  it('notes uses and how they went', async () => {
    const { accounts } = await openTestStore();
    const { id } = await accounts.add(draft, sealed, 1000);
    const status = { state: 'FAILED', at: 2, error: { code: 'secret_rejected', message: 'no' } } as const;
    await accounts.touch(id, 2000);
    await accounts.updateStatus(id, status);
    expect(await accounts.list()).toMatchObject([{ name: 'prod', lastUsedAt: 2000, status }]);
  });

  it('refuses a name twice, and knows when one is gone', async () => {
    const { accounts } = await openTestStore();
    const { id } = await accounts.add(draft, sealed, 1);
    await expect(accounts.add(draft, sealed, 1)).rejects.toMatchObject({
      code: 'conflict',
      fix: 'Choose another name.',
    });
    await accounts.remove(id);
    const lookups = [accounts.remove(id), accounts.get('prod'), accounts.sealedSecret(id), accounts.touch(id, 1)];
    await Promise.all(lookups.map((gone) => expect(gone).rejects.toMatchObject({ code: 'not_found' })));
  });

  it('never gives an id twice', async () => {
    const { accounts } = await openTestStore();
    const { id } = await accounts.add(draft, sealed, 1);
    await accounts.remove(id);
    expect((await accounts.add(draft, sealed, 1)).id).toBe(id + 1);
  });
});
