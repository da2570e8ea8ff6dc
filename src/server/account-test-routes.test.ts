import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#collect/clock.ts';
import { keepExpiry, knownExpiry } from '#platform/account/expiry.ts';
import { openSecret, replaceSecret } from '#platform/secret/accounts.ts';
import { keys, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { AwsCloudOptions } from '../demo/aws/server.ts';
import { openWorkshop } from '../jobs/workshop.fixture.ts';
import { AccessReply, AccessWatch, RotateReply } from './account-api.ts';
import { checkMs } from './account-routes.ts';
import { accountTestRoutes } from './account-test-routes.ts';

const failed = { state: 'FAILED', at: 1, error: { code: 'secret_rejected', message: 'of another time' } } as const;
/** The region that never answers is looked at until time runs out. */
const endless = { faults: { hangingRegions: ['eu-west-1'] } };
const late = { code: 'timeout', message: 'took longer than 120 s; 0 of 1 accounts were checked' };

/** The routes on a simulated AWS, by a clock that gives a check all its time at once when the test says so. */
async function openRoutes(cloud: AwsCloudOptions) {
  const workshop = await openWorkshop(cloud);
  const { store, start } = workshop;
  const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
  const sleep: Clock['sleep'] = (ms, signal) => (ms === checkMs ? passed : systemClock.sleep(ms, signal));
  const app = fastify();
  const stopping = new AbortController();
  const now = () => worldNow;
  const source = { store, work: start, demo: false, now, stopping: stopping.signal };
  accountTestRoutes(app, source, { ...systemClock, now, sleep });
  onTestFinished(() => app.close());
  const send = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
  return { workshop, store, account: await store.accounts.get('prod'), send, pass, stopping };
}

it('keeps of a test that took too long until when the secret is good, and no failure', async () => {
  const { workshop, store, account, send, pass } = await openRoutes(endless);
  await store.accounts.updateStatus(account.id, { state: 'OK', at: 1 });
  const asked = send('/accounts/test/events', { account: account.id });
  await workshop.asked();
  pass();
  const last = AccessWatch.parse(JSON.parse((await asked).body.trimEnd().split('\n').at(-1) ?? ''));
  if (last.event !== 'report') throw new Error('no report');
  const { report } = last;
  expect(report).toMatchObject({ is_ok: false, principal: account.account, error: late });
  expect(report.accounts[0]?.failures).toContainEqual({ region: 'eu-west-1', error: report.error });
  expect(report.checks.filter(({ error }) => error !== null)).toEqual([]);
  expect((await store.accounts.get('prod')).status).toEqual({ state: 'OK', at: 1 });
  expect(await knownExpiry(store, account.id)).toEqual({ of: 'key', at: null });
});

it.each([
  { name: 'leaves the old secret where the new one', force: false },
  { name: 'takes where it is wanted a new one that', force: true },
])('$name could not be tried in time', async ({ force }) => {
  const { workshop, store, account, send, pass } = await openRoutes(endless);
  await store.accounts.updateStatus(account.id, failed);
  const before = await store.accounts.sealedSecret(account.id);
  const asked = send('/accounts/prod/rotate', { secret: { from: { secretAccessKey: keys.secretAccessKey } }, force });
  await workshop.asked();
  pass();
  const { data } = (await asked).json<{ data: unknown }>();
  expect(RotateReply.parse(data)).toMatchObject({ is_replaced: force, report: { is_ok: false, error: late } });
  expect(Buffer.compare(await store.accounts.sealedSecret(account.id), before) === 0).toBe(!force);
  // What was known of the old secret says nothing of the new one.
  expect((await store.accounts.get('prod')).status).toEqual(force ? { state: 'UNKNOWN' } : failed);
});

it('keeps nothing of a test that was stopped', async () => {
  const { workshop, store, account, send, stopping } = await openRoutes(endless);
  const asked = send('/accounts/test/events', { account: account.id });
  await workshop.asked();
  stopping.abort();
  const last = AccessWatch.parse(JSON.parse((await asked).body.trimEnd().split('\n').at(-1) ?? ''));
  expect(last).toMatchObject({ event: 'failure', error: { code: 'cancelled' } });
  expect((await store.accounts.get('prod')).status).toEqual({ state: 'UNKNOWN' });
});

it('keeps nothing of a test of a secret that was replaced meanwhile', async () => {
  const { workshop, store, account, send } = await openRoutes({
    faults: { latencyMs: 60, deniedCloudwatch: ['*/eu-west-1'] },
  });
  const { key } = workshop.vault;
  const asked = send('/accounts/test', { account: account.id });
  await workshop.called('DescribeInstances');
  const before = await store.accounts.sealedSecret(account.id);
  await replaceSecret(store, key, account, await openSecret(store, key, account), before);
  await store.accounts.updateStatus(account.id, { state: 'OK', at: 7 });
  await keepExpiry(store, account.id, { of: 'token', at: worldNow });
  const { data } = (await asked).json<{ data: unknown }>();
  expect(AccessReply.parse(data)).toMatchObject({ is_ok: false, principal: account.account });
  expect((await store.accounts.get('prod')).status).toEqual({ state: 'OK', at: 7 });
  expect(await knownExpiry(store, account.id)).toEqual({ of: 'token', at: worldNow });
});

it('tells the report of an account that was forgotten meanwhile', async () => {
  const { workshop, store, account, send } = await openRoutes({ faults: { latencyMs: 60 } });
  const asked = send('/accounts/test', { account: account.id });
  await workshop.called('DescribeInstances');
  await store.accounts.remove(account.id);
  const { data } = (await asked).json<{ data: unknown }>();
  expect(AccessReply.parse(data)).toMatchObject({ is_ok: true, principal: account.account });
  expect(await knownExpiry(store, account.id)).toBeUndefined();
});
