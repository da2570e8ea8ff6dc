import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { masterKey } from '#platform/secret/master-key.ts';
import { loadProvider } from '#providers/registry.ts';
import { openStore } from '#store/open.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { openQueue } from '../jobs/open-queue.ts';
import { pacesOf } from '../jobs/paces.ts';
import { AccessReply, AccountRow, ProviderDetail, ProviderRow } from './account-api.ts';
import { openServer } from './auth-server.fixture.ts';
import { account, openRunServer } from './run-server.fixture.ts';

it('says the ways into each cloud, and what it takes to be let in', async () => {
  const { ask } = await openRunServer();
  const all = z.array(ProviderRow).parse((await ask('GET', '/providers')).data);
  expect(all.map(({ id }) => id)).toEqual(['aws', 'azure', 'google_cloud', 'prometheus']);
  for (const { id } of all) {
    const { form } = ProviderDetail.parse((await ask('GET', `/providers/${id}`)).data);
    expect(form?.ways.length, id).toBeGreaterThan(1);
  }
  const { form, permissions } = ProviderDetail.parse((await ask('GET', '/providers/aws')).data);
  expect(form?.choice).toBe('from');
  const way = form?.ways.find(({ id }) => id === 'keys');
  expect(way?.fields).toEqual([
    { path: 'from.accessKeyId', kind: 'text', is_required: true, is_secret: false, pattern: '^\\w{16,128}$' },
    { path: 'from.secretAccessKey', kind: 'secret', is_required: true, is_secret: true },
    { path: 'from.sessionToken', kind: 'secret', is_required: false, is_secret: true },
  ]);
  expect(form?.fields.map(({ path }) => path)).toEqual([
    'assume.0.roleArn',
    'assume.0.externalId',
    'assume.0.sessionName',
    'homeRegion',
    'endpoint',
  ]);
  expect(permissions[0]?.text).toContain('cloudwatch:GetMetricData');
  expect(await ask('GET', '/providers/oracle')).toMatchObject({ status: 404 });
});

it('keeps an account that the cloud lets in, and lists and forgets it', async () => {
  const { ask, secret, workshop } = await openRunServer();
  const added = await ask('POST', '/accounts', { provider: 'aws', name: 'second', secret });
  expect(added).toMatchObject({
    status: 201,
    body: { data: { name: 'second', account: account.id, key_hint: account.accessKeyId.slice(-4), last_job: null } },
  });
  const { id } = AccountRow.parse(added.data);
  const job = await workshop.startJob({ accounts: ['second'] });
  const refused = await ask('DELETE', `/accounts/${id}`);
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  await workshop.work(job.id);
  const { data } = await ask('GET', '/accounts');
  expect(data).toMatchObject([
    { name: 'prod', last_job: null },
    { name: 'second', last_job: job.id, status: { state: 'UNKNOWN' } },
  ]);
  expect(await ask('DELETE', `/accounts/${id}`)).toMatchObject({ status: 200 });
  expect((await ask('GET', '/accounts')).data).toHaveLength(1);
});

it.each([
  { name: 'a key that opens nothing', secretAccessKey: 'x'.repeat(40), status: 401, code: 'secret_rejected' },
  { name: 'a key that is none', secretAccessKey: 'short', status: 400, code: 'invalid_input' },
])('keeps nothing of $name', async ({ secretAccessKey, status, code }) => {
  const { ask, secret } = await openRunServer();
  const wrong = { ...secret, from: { ...secret.from, secretAccessKey } };
  const told = await ask('POST', '/accounts', { provider: 'aws', name: 'second', secret: wrong });
  expect(told).toMatchObject({ status, body: { error: { code } } });
  expect(told.text).not.toContain(secretAccessKey);
  expect((await ask('GET', '/accounts')).data).toHaveLength(1);
});

it('refuses a name that is taken', async () => {
  const { ask, secret } = await openRunServer();
  const told = await ask('POST', '/accounts', { provider: 'aws', name: 'prod', secret });
  expect(told).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
});

it('tests a secret without keeping it: each call, and the servers it shows', async () => {
  const { ask, secret } = await openRunServer();
  const { status, data } = await ask('POST', '/accounts/test', { provider: 'aws', secret });
  expect(status).toBe(200);
  const { checks, spent, ...reply } = AccessReply.parse(data);
  expect(reply).toMatchObject({ is_ok: true, principal: account.id, servers: 25, error: null });
  expect(checks.map(({ api }) => api)).toEqual(
    expect.arrayContaining(['sts:GetCallerIdentity', 'ec2:DescribeInstances', 'cloudwatch:GetMetricData']),
  );
  expect(spent.metrics).toBeGreaterThan(0);
  expect(spent.metrics).toBeLessThan(10);
  expect((await ask('GET', '/accounts')).data).toHaveLength(1);
});

it('tells what to add where a call is refused, and remembers it of a saved account', async () => {
  const { ask, workshop } = await openRunServer({ faults: { deniedCloudwatch: ['*/eu-west-1'] } });
  const saved = await workshop.store.accounts.get('prod');
  const reply = AccessReply.parse((await ask('POST', '/accounts/test', { account: saved.id })).data);
  const check = reply.checks.find(({ api }) => api === 'cloudwatch:GetMetricData');
  expect(reply).toMatchObject({ is_ok: false, error: null });
  expect(check).toMatchObject({ failed_in: [`${account.id}/eu-west-1`], error: { code: 'access_denied' } });
  expect(JSON.parse(check?.grant ?? '')).toEqual({
    Effect: 'Allow',
    Action: ['cloudwatch:GetMetricData'],
    Resource: '*',
  });
  expect((await ask('GET', '/accounts')).data).toMatchObject([
    { status: { state: 'FAILED', error: { code: 'access_denied' } } },
  ]);
});

it('says of a wrong key that it is wrong, and of nothing else', async () => {
  const { ask, secret } = await openRunServer();
  const wrong = { ...secret, from: { ...secret.from, secretAccessKey: 'x'.repeat(40) } };
  const { data } = await ask('POST', '/accounts/test', { provider: 'aws', secret: wrong });
  const error = { code: 'secret_rejected' };
  const checks = [{ api: 'sts:GetCallerIdentity', error }];
  expect(data).toMatchObject({ is_ok: false, principal: null, error, checks });
});

it('has accounts managed by admins alone', async () => {
  const { ask, keys, secret } = await openRunServer();
  for (const bearer of [keys.viewer, keys.operator]) {
    const body = { provider: 'aws', name: 'second', secret };
    expect((await ask('POST', '/accounts', body, bearer)).status).toBe(403);
    expect((await ask('POST', '/accounts/test', body, bearer)).status).toBe(403);
    expect((await ask('DELETE', '/accounts/1', undefined, bearer)).status).toBe(403);
    expect((await ask('GET', '/accounts', undefined, bearer)).status).toBe(200);
  }
});

it('never mixes real accounts into the demo', async () => {
  const { ask, close } = await openServer({ demo: true });
  const told = await ask('POST', '/api/accounts', { body: { provider: 'aws', secret: {} } });
  expect(told).toMatchObject({ status: 409, body: { error: { fix: expect.stringContaining('--no-demo') } } });
  await close();
});

/** Added, tested, listed, refused, run and failed: nowhere but sealed is what was typed. */
it('tells a secret to nobody', async () => {
  const folder = await temporaryFolder();
  const { workshop, secret } = await openRunServer();
  const store = await openStore({ folder });
  const vault = { ...workshop.vault, store, key: await masterKey({ folder, env: {} }), loadProvider };
  const queue = await openQueue(store, { supervises: false, report: () => {} });
  const work = { vault, queue, paceOf: pacesOf(store), signal: new AbortController().signal };
  const { ask, reported, close } = await openServer({ store, work, now: vault.now });
  const texts: string[] = [];
  const noted = async (method: string, path: string, body?: unknown) => {
    const told = await ask(method, `/api${path}`, body === undefined ? {} : { body });
    texts.push(told.text, JSON.stringify(told.headers));
    return told;
  };
  const typed = secret.from.secretAccessKey;
  const mistyped = `${typed.slice(0, -3)}xyz`;
  const wrong = { ...secret, from: { ...secret.from, secretAccessKey: mistyped } };
  expect((await noted('POST', '/accounts', { provider: 'aws', name: 'kept', secret })).status).toBe(201);
  for (const given of [secret, wrong]) await noted('POST', '/accounts/test', { provider: 'aws', secret: given });
  for (const given of [secret, wrong]) await noted('POST', '/accounts/test/events', { provider: 'aws', secret: given });
  for (const given of [mistyped, typed]) {
    const replaced = await noted('POST', '/accounts/kept/rotate', { secret: { from: { secretAccessKey: given } } });
    expect(replaced.data).toMatchObject({ is_replaced: given === typed });
  }
  await noted('POST', '/accounts', { provider: 'aws', name: 'kept', secret });
  await noted('POST', '/accounts', { provider: 'aws', name: 'other', secret: wrong });
  await noted('POST', '/accounts', { provider: 'aws', name: typed.repeat(5), secret: { from: typed, [typed]: 1 } });
  await noted('POST', '/accounts', {
    provider: 'azure',
    name: 'z',
    secret: { from: { kind: 'keys', clientSecret: typed } },
  });
  await noted('POST', '/plan', { accounts: ['kept'] });
  await noted('POST', '/jobs', { accounts: ['kept'], max_cost: 5 });
  for (const path of ['/accounts', '/accounts/kept', '/audit', '/jobs', '/errors', '/providers/aws'])
    await noted('GET', path);
  texts.push(JSON.stringify(reported.map((error) => ({ ...error, stack: error.stack, cause: String(error.cause) }))));
  await close();
  const files = (await readdir(folder)).filter((name) => name.startsWith('fleetgauge.db'));
  for (const name of files) texts.push(await readFile(join(folder, name), 'latin1'));
  expect(texts.some((text) => text.includes('account.add'))).toBe(true);
  for (const word of [typed, mistyped]) expect(texts.filter((text) => text.includes(word))).toEqual([]);
});
