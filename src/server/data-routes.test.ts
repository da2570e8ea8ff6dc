import { expect, it, onTestFinished } from 'vitest';
import { addAccount } from '#platform/secret/accounts.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { openWithUsers } from './auth-server.fixture.ts';
import { DataReply } from './data-api.ts';

const secret = 'aSecretThatMustNeverBeShownToAnybody';

async function open(hasKey = true) {
  const store = await openTestStore();
  const key = await masterKey({ folder: await temporaryFolder(), env: {} });
  const site = await openWithUsers({ store, ...(hasKey ? { masterKey: key } : {}) });
  onTestFinished(() => site.close());
  const draft = { provider: 'prometheus', account: 'here', name: 'metrics', regions: [] };
  const { id } = await addAccount(store, key, draft, { token: secret }, 1);
  const error = { code: 'internal', message: `a careless server said ${secret}` } as const;
  await store.accounts.updateStatus(id, { state: 'FAILED', at: 1, error });
  return { ...site, get: (path: string, bearer: string) => site.ask('GET', `/api${path}`, { bearer }) };
}

it('tells what is stored, and how much room it takes', async () => {
  const { get, keys, store } = await open();
  const { data } = await get('/data', keys.viewer);
  const { size_bytes, schema, ...told } = DataReply.parse(data);
  const database = store.cluster === undefined ? 'embedded' : 'postgresql';
  expect(told).toEqual({ database, servers: 4, accounts: 1, runs: 1 });
  expect(size_bytes).toBeGreaterThan(100_000);
  expect(schema.stored).toBe(schema.known);
});

it('shows an admin what may be shown to somebody who helps, and no secret of it', async () => {
  const { get, keys } = await open();
  expect((await get('/diagnostics', keys.operator)).status).toBe(403);
  const { data, text, status } = await get('/diagnostics', keys.admin);
  expect(status).toBe(200);
  expect(data).toMatchObject({
    fleetgauge: { version: '0' },
    accounts: [{ name: 'metrics', status: { error: { message: 'a careless server said [secret]' } } }],
    jobs: [{ state: expect.any(String), tasks: expect.any(Array) }],
  });
  expect(text).not.toContain(secret);
  expect((await get('/audit', keys.admin)).data).toContainEqual(
    expect.objectContaining({ action: 'diagnostics.read', outcome: 'ok' }),
  );
});

it('shows nothing where it could not take out the secrets', async () => {
  const { get, keys } = await open(false);
  expect(await get('/diagnostics', keys.admin)).toMatchObject({ status: 409, error: { code: 'conflict' } });
});
