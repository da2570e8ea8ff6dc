import { expect, it, onTestFinished } from 'vitest';
import { keepExpiry, knownExpiry } from '#platform/account/expiry.ts';
import { addAccount, openSecret, replaceSecret } from '#platform/secret/accounts.ts';
import { keys, account as simulated, startCloud, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import type { Faults } from '../demo/aws/faults.ts';
import { testAccount } from './account-test.ts';
import { openData } from './open-data.ts';

const never = new AbortController().signal;
const regions = { 'eu-west-1': 3, 'us-east-1': 2, 'ap-south-1': 1, 'sa-east-1': 0, 'eu-north-1': 4 };

async function openAccount(faults: Partial<Faults>) {
  const cloud = await startCloud({ accounts: [{ ...simulated, regions }], faults });
  onTestFinished(() => cloud.stop());
  const data = await openData({ folder: await temporaryFolder() });
  onTestFinished(() => data[Symbol.asyncDispose]());
  const draft = { provider: 'aws', account: simulated.id, name: 'prod', regions: Object.keys(regions) };
  const account = await addAccount(data.store, data.key, draft, { from: keys, endpoint: cloud.url }, Date.now());
  return { cloud, data, account };
}

it('tells regions in their order, whichever answers first', async () => {
  const { data, account } = await openAccount({ latencyJitterMs: 60 });
  const found = await Array.fromAsync(testAccount(data, account, never));
  expect(found.flatMap((each) => (each.about === 'servers' ? [[each.region, each.servers]] : []))).toEqual(
    Object.entries(regions).filter(([, servers]) => servers > 0),
  );
  expect((await data.store.accounts.get('prod')).status).toMatchObject({ state: 'OK' });
});

it('goes on after a region that refuses, and keeps that', async () => {
  const { data, account } = await openAccount({ deniedEc2: ['*/us-east-1'] });
  const found = await Array.fromAsync(testAccount(data, account, never));
  const told = found.flatMap((each) => ('region' in each ? [`${each.about} ${each.region}`] : []));
  expect(told).toEqual(['servers eu-west-1', 'refusal us-east-1', 'servers ap-south-1', 'servers eu-north-1']);
  expect((await data.store.accounts.get('prod')).status).toMatchObject({ state: 'FAILED' });
});

it('keeps nothing of a secret that was replaced meanwhile', async () => {
  const { data, account } = await openAccount({});
  const { store, key } = data;
  const testing = testAccount(data, account, never);
  expect((await testing.next()).value).toMatchObject({ about: 'sign-in' });
  const before = await store.accounts.sealedSecret(account.id);
  await replaceSecret(store, key, account, await openSecret(store, key, account), before);
  await store.accounts.updateStatus(account.id, { state: 'OK', at: 7 });
  await keepExpiry(store, account.id, { of: 'token', at: worldNow });
  expect(await Array.fromAsync(testing)).not.toEqual([]);
  expect((await store.accounts.get('prod')).status).toEqual({ state: 'OK', at: 7 });
  expect(await knownExpiry(store, account.id)).toEqual({ of: 'token', at: worldNow });
});

it('tells what it found of an account that was forgotten meanwhile', async () => {
  const { data, account } = await openAccount({});
  const testing = testAccount(data, account, never);
  await testing.next();
  await data.store.accounts.remove(account.id);
  expect(await Array.fromAsync(testing)).toContainEqual(expect.objectContaining({ about: 'servers' }));
});

it('does not wait for a region that is slow before it asks the next', async () => {
  const { cloud, data, account } = await openAccount({ hangingRegions: ['eu-west-1'] });
  const stop = new AbortController();
  const found = Array.fromAsync(testAccount(data, account, stop.signal));
  const isAsked = () => cloud.stats.rows().some(({ region }) => region === 'eu-north-1');
  await expect.poll(isAsked, { timeout: 20_000 }).toBe(true);
  stop.abort();
  await expect(found).rejects.toMatchObject({ code: 'cancelled' });
  expect((await data.store.accounts.get('prod')).status).toEqual({ state: 'UNKNOWN' });
});
