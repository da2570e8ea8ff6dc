import { expect, it, onTestFinished, vi } from 'vitest';
import { knownExpiry } from '#platform/account/expiry.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import { AccessWatch, AccountDetail, AccountRow, RoleReply, RotateReply } from './account-api.ts';
import { account, openRunServer } from './run-server.fixture.ts';

const denied = { deniedCloudwatch: ['*/eu-west-1'] };

it('says of an account how it gets in, who added it, its runs and what they opened', async () => {
  const { ask, secret, workshop } = await openRunServer();
  const { data } = await ask('POST', '/accounts', { provider: 'aws', name: 'second', secret });
  const { id } = AccountRow.parse(data);
  const job = await workshop.startJob({ accounts: ['second'] });
  await workshop.work(job.id);
  const byName = AccountDetail.parse((await ask('GET', '/accounts/second')).data);
  expect(AccountDetail.parse((await ask('GET', `/accounts/${id}`)).data)).toEqual(byName);
  const { connected, runs, replaceable } = byName;
  expect(byName).toMatchObject({
    id,
    added_by: 'ci-admin',
    rotated_at: null,
    rotated_by: null,
    opens: [account.id],
    // Access keys have no end.
    expires: { of: 'key', at: null },
  });
  expect(runs.map((run) => run.id)).toEqual([job.id]);
  expect(replaceable?.fields.map(({ path }) => path)).toContain('from.secretAccessKey');
  expect(connected).toMatchObject({ way: 'keys' });
  const shown = new Map(connected?.fields.map(({ path, value }) => [path, value]));
  expect(shown.get('from.accessKeyId')).toBe(`****${account.accessKeyId.slice(-4)}`);
  expect(shown.get('endpoint')).toBe(workshop.cloud.url);
  expect(JSON.stringify(byName)).not.toContain(account.secretAccessKey);
  expect(JSON.stringify(byName)).not.toContain(account.accessKeyId);
  expect(await ask('GET', '/accounts/nobody')).toMatchObject({ status: 404 });
});

it('finds an account whose name is a number', async () => {
  const { ask, secret } = await openRunServer();
  await ask('POST', '/accounts', { provider: 'aws', name: '4711', secret });
  expect((await ask('GET', '/accounts/4711')).data).toMatchObject({ name: '4711' });
});

it('puts a new secret in the place of the old one once it does, and says by whom', async () => {
  const { ask, workshop } = await openRunServer();
  const { store, vault } = workshop;
  const before = await store.accounts.get('prod');
  const secret = { from: { secretAccessKey: account.secretAccessKey } };
  const told = await ask('POST', '/accounts/prod/rotate', { secret });
  expect(told.status).toBe(200);
  const reply = RotateReply.parse(told.data);
  expect(reply).toMatchObject({ is_replaced: true, report: { is_ok: true } });
  expect(reply.account.status).toMatchObject({ state: 'OK' });
  expect(told.text).not.toContain(account.secretAccessKey);
  // What goes with it stays.
  expect(await openSecret(store, vault.key, before)).toMatchObject({
    from: { kind: 'keys', accessKeyId: account.accessKeyId, secretAccessKey: account.secretAccessKey },
    endpoint: workshop.cloud.url,
  });
  expect((await ask('GET', '/accounts/prod')).data).toMatchObject({
    rotated_by: 'ci-admin',
    rotated_at: expect.any(String),
  });
});

it.each([
  { name: 'is wrong', secret: { from: { secretAccessKey: 'x'.repeat(40) } }, code: 'secret_rejected' },
  {
    name: 'opens less',
    secret: { from: { secretAccessKey: account.secretAccessKey } },
    faults: denied,
    code: undefined,
  },
])('leaves the old secret where the new one $name', async ({ secret, faults = {}, code }) => {
  const { ask, workshop } = await openRunServer({ faults });
  const { store } = workshop;
  const { id } = await store.accounts.get('prod');
  const before = await store.accounts.sealedSecret(id);
  const told = await ask('POST', '/accounts/prod/rotate', { secret });
  expect(told).toMatchObject({ status: 200, data: { is_replaced: false, report: { is_ok: false } } });
  const { report } = RotateReply.parse(told.data);
  if (code !== undefined) expect(report.error?.code).toBe(code);
  expect(await store.accounts.sealedSecret(id)).toEqual(before);
  const [entry] = await store.audit.list({ action: 'account.rotate', limit: 1 });
  expect(entry).toMatchObject({ target: 'prod', outcome: 'refused' });
});

it('takes one that opens less where that is wanted', async () => {
  const { ask } = await openRunServer({ faults: denied });
  const secret = { from: { secretAccessKey: account.secretAccessKey } };
  const { data } = await ask('POST', '/accounts/prod/rotate', { secret, force: true });
  expect(data).toMatchObject({ is_replaced: true, account: { status: { state: 'FAILED' } } });
});

it('takes no secret of another account, nor one without a secret, nor what is no field', async () => {
  const other = {
    id: '310000000077',
    name: 'other',
    accessKeyId: 'AKIADEMOOTHER0000077',
    secretAccessKey: 'o'.repeat(40),
  };
  const { ask, workshop } = await openRunServer({
    accounts: [
      { ...account, regions: {} },
      { ...other, regions: {} },
    ],
  });
  const { id } = await workshop.store.accounts.get('prod');
  const before = await workshop.store.accounts.sealedSecret(id);
  const theirs = { from: { accessKeyId: other.accessKeyId, secretAccessKey: other.secretAccessKey } };
  expect(await ask('POST', '/accounts/prod/rotate', { secret: theirs, force: true })).toMatchObject({
    data: { is_replaced: false, report: { principal: other.id } },
  });
  for (const secret of [
    { from: { accessKeyId: other.accessKeyId } },
    { from: { secretAccessKey: 'x', other: 1 } },
    {},
  ]) {
    expect((await ask('POST', '/accounts/prod/rotate', { secret })).status).toBe(400);
  }
  expect(await workshop.store.accounts.sealedSecret(id)).toEqual(before);
});

it('tells a test as it goes on, line by line, and remembers it of a saved account', async () => {
  const { ask, workshop } = await openRunServer({ faults: { ...denied, latencyMs: 40 } });
  const saved = await workshop.store.accounts.get('prod');
  const told = await ask('POST', '/accounts/test/events', { account: saved.id });
  expect(told).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson' } });
  const lines = told.text
    .trimEnd()
    .split('\n')
    .map((line) => AccessWatch.parse(JSON.parse(line)));
  const last = lines.at(-1);
  if (last?.event !== 'report') throw new Error('no report');
  const steps = lines.flatMap((line) => (line.event === 'progress' ? [line.checks] : []));
  expect(steps.length).toBe(lines.length - 1);
  expect(steps[0]).toMatchObject([{ api: 'sts:GetCallerIdentity', waiting: { calls: 1, region: 'us-east-1' } }]);
  // Checks come to be, and none goes.
  const counts = steps.map((checks) => checks.length);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  const refused = last.report.checks.find(({ api }) => api === 'cloudwatch:GetMetricData');
  expect(refused).toMatchObject({ failed_in: [`${account.id}/eu-west-1`], grant: expect.stringContaining('Allow') });
  expect((await workshop.store.accounts.get('prod')).status).toMatchObject({ state: 'FAILED' });
  expect(await knownExpiry(workshop.store, saved.id)).toEqual({ of: 'key', at: null });
});

it('says in the last line why a key does not do, and before the first what is malformed', async () => {
  const { ask, secret } = await openRunServer();
  const wrong = { ...secret, from: { ...secret.from, secretAccessKey: 'x'.repeat(40) } };
  const told = await ask('POST', '/accounts/test/events', { provider: 'aws', secret: wrong });
  const last = AccessWatch.parse(JSON.parse(told.text.trimEnd().split('\n').at(-1) ?? ''));
  expect(last).toMatchObject({ event: 'report', report: { principal: null, error: { code: 'secret_rejected' } } });
  expect(told.text).not.toContain('x'.repeat(40));
  expect(await ask('POST', '/accounts/test/events', { provider: 'aws', secret: {} })).toMatchObject({ status: 200 });
  const malformed = { provider: 'aws', secret: { from: { kind: 'keys' } } };
  expect(await ask('POST', '/accounts/test/events', malformed)).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_input' } },
  });
});

it('makes a role with an external id of its own, or with one that was made before', async () => {
  const { ask } = await openRunServer();
  const made = RoleReply.parse((await ask('POST', '/providers/aws/role', { trusted: '310000000009' })).data);
  expect(made.external_id).toMatch(/^fleetgauge-[0-9a-f]{32}$/);
  expect(made.documents.map(({ form }) => form)).toEqual(['template', 'cli', 'terraform']);
  for (const { text } of made.documents) {
    expect(text).toContain(made.external_id);
    expect(text).toContain('310000000009');
  }
  const again = await ask('POST', '/providers/aws/role', { trusted: '310000000009', external_id: made.external_id });
  expect(again.data).toEqual(made);
  for (const wrong of [{ external_id: "it's" }, { trusted: '*' }]) {
    expect((await ask('POST', '/providers/aws/role', wrong)).status).toBe(400);
  }
  expect((await ask('POST', '/providers/azure/role', {})).status).toBe(404);
});

it('asks the cloud whom to trust, by the credentials of this machine', async () => {
  const { ask, workshop } = await openRunServer();
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_ENDPOINT_URL', workshop.cloud.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  expect((await ask('POST', '/providers/aws/role', {})).data).toMatchObject({ trusted: null, documents: [] });
  vi.stubEnv('AWS_ACCESS_KEY_ID', account.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', account.secretAccessKey);
  const { data } = await ask('POST', '/providers/aws/role', {});
  expect(RoleReply.parse(data)).toMatchObject({ trusted: account.id, documents: [{ form: 'template' }, {}, {}] });
});

it('has secrets and roles for admins alone', async () => {
  const { ask, keys } = await openRunServer();
  for (const bearer of [keys.viewer, keys.operator]) {
    expect((await ask('POST', '/accounts/prod/rotate', { secret: {} }, bearer)).status).toBe(403);
    expect((await ask('POST', '/accounts/test/events', { account: 1 }, bearer)).status).toBe(403);
    expect((await ask('POST', '/providers/aws/role', {}, bearer)).status).toBe(403);
    expect((await ask('GET', '/accounts/prod', undefined, bearer)).status).toBe(200);
  }
});
