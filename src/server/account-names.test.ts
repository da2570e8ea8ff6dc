import { expect, it, onTestFinished } from 'vitest';
import { knownExpiry } from '#platform/account/expiry.ts';
import { startFake } from '#providers/prometheus/testing-prometheus.fixture.ts';
import { AccessReply, AccountRow } from './account-api.ts';
import { openRunServer } from './run-server.fixture.ts';

const year9999 = 253_402_300_799;

async function openPrometheus(basePath = ''): Promise<string> {
  const fake = await startFake({ basePath });
  onTestFinished(() => fake[Symbol.asyncDispose]());
  return fake.url;
}

function tokenUntil(exp: number): string {
  return `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.`;
}

it.each([
  { name: 'an address', path: '/prometheus' },
  { name: 'more than a name has room for', path: `/workspaces/${'w'.repeat(90)}` },
])('calls an account by a name that can be given and looked up, where its cloud tells $name', async ({ path }) => {
  const { ask } = await openRunServer();
  const secret = { url: await openPrometheus(path) };
  const tested = await ask('POST', '/accounts/test', { provider: 'prometheus', secret });
  const { principal, usual_name: name } = AccessReply.parse(tested.data);
  expect(principal).toContain(path);
  const added = await ask('POST', '/accounts', { provider: 'prometheus', secret });
  expect(added).toMatchObject({ status: 201, body: { data: { name, account: principal } } });
  const address = `/accounts/${encodeURIComponent(name ?? '')}`;
  expect(await ask('GET', address)).toMatchObject({ status: 200, body: { data: { name } } });
  expect(await ask('DELETE', address)).toMatchObject({ status: 200 });
  expect(await ask('POST', '/accounts', { provider: 'prometheus', name, secret })).toMatchObject({ status: 201 });
});

it('suggests no name where nobody was let in', async () => {
  const { ask, secret } = await openRunServer();
  const wrong = { ...secret, from: { ...secret.from, secretAccessKey: 'x'.repeat(40) } };
  const { data } = await ask('POST', '/accounts/test', { provider: 'aws', secret: wrong });
  expect(data).toMatchObject({ principal: null, usual_name: null });
});

it.each([
  { exp: year9999, at: '9999-12-31T23:59:59.000Z' },
  { exp: year9999 + 1, at: null },
  { exp: 9_999_999_999_999, at: null },
  { exp: 1_800_000_000_000_000, at: null },
])('adds, shows and removes an account whose token ends at $exp', async ({ exp, at }) => {
  const { ask } = await openRunServer();
  const auth = { kind: 'bearer', token: tokenUntil(exp) };
  const secret = { url: await openPrometheus(), auth };
  const expires = { of: 'token', at };
  expect((await ask('POST', '/accounts/test', { provider: 'prometheus', secret })).data).toMatchObject({ expires });
  const added = await ask('POST', '/accounts', { provider: 'prometheus', name: 'metrics', secret });
  expect(added).toMatchObject({ status: 201, body: { data: { expires } } });
  expect((await ask('GET', '/accounts')).data).toMatchObject([{ name: 'metrics', expires }, { name: 'prod' }]);
  expect(await ask('GET', '/accounts/metrics')).toMatchObject({ status: 200, body: { data: { expires } } });
  expect(await ask('DELETE', '/accounts/metrics')).toMatchObject({ status: 200 });
});

it('shows an account of which such an end was kept before', async () => {
  const { ask, workshop } = await openRunServer();
  const { settings } = workshop.store;
  const [prod] = AccountRow.array().parse((await ask('GET', '/accounts')).data);
  if (prod === undefined) throw new Error('there is an account');
  for (const [kept, expires] of [
    [9_999_999_999_999_000, { of: 'token', at: null }],
    [year9999 * 1000 + 1000, { of: 'token', at: null }],
    [-9_999_999_999_999_000, null],
  ] as const) {
    await settings.set(`account.${prod.id}.expiry`, JSON.stringify({ of: 'token', at: kept }));
    expect((await ask('GET', '/accounts')).data).toMatchObject([{ expires }]);
    expect(await ask('GET', '/accounts/prod')).toMatchObject({ status: 200, body: { data: { expires } } });
    expect((await knownExpiry(workshop.store, prod.id)) ?? null).toEqual(expires);
  }
  expect(await ask('DELETE', '/accounts/prod')).toMatchObject({ status: 200 });
});
