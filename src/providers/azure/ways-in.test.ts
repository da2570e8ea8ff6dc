import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AzureCloud } from '../../demo/azure/server.ts';
import { answeringWithin } from './credential.ts';
import { parseSecret } from './secret.ts';
import { signIn } from './sign-in.ts';
import {
  application,
  clientSecret,
  connectTo,
  fleetOf,
  otherSubscription,
  startCloud,
  subscription,
  tenant,
} from './testing-fleet.fixture.ts';

let cloud: AzureCloud;
let folder: string;
beforeAll(async () => {
  cloud = await startCloud();
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-azure-'));
});
afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const { clientId } = application;
const tenantId = tenant.id;
const machineIdentity = '30000000-0000-4000-8000-000000000022';
const principal = `${clientId}@${tenantId}`;

function credentials() {
  const own = cloud.credentials.find((each) => each.clientId === clientId);
  const { certificatePem = '', federatedToken = '' } = own ?? {};
  return { certificatePem, federatedToken };
}

/** Signs in, and asks for something that needs to be signed in. */
async function enter(secret: object): Promise<{ principal: string; accounts: string[] }> {
  const { connection } = await connectTo(cloud.url, {}, secret);
  try {
    await connection.fleets[0]?.regions(new AbortController().signal);
    return { principal: connection.principal, accounts: connection.fleets.map(({ account }) => account) };
  } finally {
    connection.close();
  }
}

describe('Azure is entered', () => {
  it('by an application and its secret', async () => {
    expect(await enter({})).toEqual({ principal, accounts: [subscription, otherSubscription] });
  });

  it('by the token of a workload', async () => {
    const { federatedToken: token } = credentials();
    expect(await enter({ from: { kind: 'workload_identity', tenantId, clientId, token } })).toMatchObject({
      principal,
    });
  });

  it('by the token of a workload in a file', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, `${credentials().federatedToken}\n`);
    expect(await enter({ from: { kind: 'workload_identity', tenantId, clientId, tokenFile } })).toMatchObject({
      principal,
    });
  });

  it.each([{}, { clientId: machineIdentity }])('by the identity of the machine: %o', async (which) => {
    vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', cloud.url);
    expect(await enter({ from: { kind: 'managed_identity', ...which } })).toEqual({
      principal: `${machineIdentity}@${tenantId}`,
      accounts: [otherSubscription],
    });
  });

  it('by the environment, where that is asked for', async () => {
    vi.stubEnv('AZURE_TENANT_ID', tenantId);
    vi.stubEnv('AZURE_CLIENT_ID', clientId);
    vi.stubEnv('AZURE_CLIENT_SECRET', application.clientSecret);
    expect(await enter({ from: { kind: 'default' } })).toMatchObject({ principal });
  });

  it('by nothing that the environment says, where something else is asked for', async () => {
    for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'])
      vi.stubEnv(name, 'of-someone-else');
    vi.stubEnv('AZURE_AUTHORITY_HOST', 'https://login.example.invalid');
    expect(await enter({})).toMatchObject({ principal });
  });

  it.each(['secret', 'certificate'])('in a cloud of its own certificate authority, by a %s', async (way) => {
    const authority = join(folder, 'authority.pem');
    await writeFile(authority, cloud.certificateAuthority);
    const { certificatePem: certificate } = credentials();
    const from = way === 'secret' ? application : { kind: 'client_certificate', tenantId, clientId, certificate };
    const child = spawn(process.execPath, [fileURLToPath(new URL('testing/connect.ts', import.meta.url))], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify({ url: cloud.secureUrl, from }));
    const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(JSON.parse(printed)).toEqual({ principal, regions: ['eastus', 'westeurope'] });
  });

  it('not in a cloud of an unknown certificate authority', async () => {
    await expect(connectTo(cloud.secureUrl)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    { name: 'a wrong token', from: { kind: 'workload_identity', tenantId, clientId, token: 'a.b.c' } },
    { name: 'no identity of that name', from: { kind: 'managed_identity', clientId } },
  ])('not by $name', async ({ from }) => {
    vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', cloud.url);
    await expect(enter({ from })).rejects.toMatchObject({
      code: 'secret_rejected',
      fix: expect.stringContaining('credentials'),
    });
  });
});

it('an identity that does not answer is none', async () => {
  const silent = { getToken: () => new Promise<never>(() => {}) };
  await expect(answeringWithin(silent, 20).getToken('any')).rejects.toMatchObject({ code: 'secret_rejected' });
  const failing = { getToken: () => Promise.reject(new Error('of its own')) };
  await expect(answeringWithin(failing, 1000).getToken('any')).rejects.toThrow('of its own');
  const token = { token: 'a', expiresOnTimestamp: 1 };
  expect(await answeringWithin({ getToken: async () => token }, 1000).getToken('any')).toEqual(token);
});

describe('subscriptions', () => {
  it('are those that were named', async () => {
    const { accounts } = await enter({ subscriptions: [otherSubscription.toUpperCase(), otherSubscription] });
    expect(accounts).toEqual([otherSubscription]);
  });

  it('that are not visible are said, and do not keep others from being read', async () => {
    const hidden = '99999999-0000-4000-8000-000000000099';
    const { connection } = await connectTo(cloud.url, {}, { subscriptions: [hidden, subscription] });
    const { signal } = new AbortController();
    await expect(fleetOf(connection, hidden).regions(signal)).rejects.toMatchObject({
      code: 'access_denied',
      where: hidden,
      fix: expect.stringContaining('--role Reader'),
    });
    await expect(
      Array.fromAsync(fleetOf(connection, hidden).resources('eastus', ['server'], signal)),
    ).rejects.toMatchObject({ code: 'access_denied' });
    expect(await fleetOf(connection).regions(signal)).toEqual(['eastus', 'westeurope']);
    connection.close();
  });

  it('none at all is an error', async () => {
    const bare = await startCloud({ tenants: [{ ...tenant, subscriptions: [] }] });
    await expect(connectTo(bare.url)).rejects.toMatchObject({ code: 'access_denied', where: principal });
    await bare.stop();
  });

  it('come on several pages', async () => {
    const many = await startCloud({ subscriptionsPerPage: 1 });
    const { connection, ledger } = await connectTo(many.url);
    expect(connection.fleets.map(({ account }) => account)).toEqual([subscription, otherSubscription]);
    expect(ledger.lines().find(({ api }) => api === 'resourcemanager:subscriptions')?.calls).toBe(2);
    connection.close();
    await many.stop();
  });
});

describe('a secret', () => {
  it.each([
    { name: 'an unknown way in', input: { from: { kind: 'magic' } }, says: 'from.kind' },
    {
      name: 'a client id that is none',
      input: { from: { ...application, clientId: 'me' } },
      says: 'from.clientId: is not a client id',
    },
    {
      name: 'a tenant that is none',
      input: { from: { ...application, tenantId: 'a/b' } },
      says: 'from.tenantId: is not a tenant',
    },
    {
      name: 'a certificate without its key',
      input: {
        from: {
          kind: 'client_certificate',
          tenantId,
          clientId,
          certificate: '-----BEGIN CERTIFICATE-----\nhunter2-hunter2',
        },
      },
      says: 'from.certificate: must hold a certificate and its private key',
    },
    {
      name: 'two tokens',
      input: { from: { kind: 'workload_identity', tenantId, clientId, token: 'hunter2-hunter2', tokenFile: 'x' } },
      says: 'needs one of tokenFile and token',
    },
    { name: 'a field that is not ours', input: { password: 'hunter2-hunter2' }, says: 'Unrecognized key' },
    {
      name: 'a subscription that is none',
      input: { subscriptions: ['all'] },
      says: 'subscriptions.0: is not a subscription id',
    },
    { name: 'an unknown cloud', input: { cloud: 'moon' }, says: 'cloud' },
    {
      name: 'plain http to elsewhere',
      input: { endpoints: { authority: 'http://example.com' } },
      says: 'must be https',
    },
    { name: 'metrics without a region', input: { endpoints: { metrics: 'https://example.com' } }, says: '{region}' },
    {
      name: 'metrics by plain http',
      input: { endpoints: { metrics: 'http://{region}.example.com' } },
      says: 'endpoints.metrics: must be https',
    },
  ])('with $name is refused by field, without its value', ({ input, says }) => {
    expect(() => parseSecret(input)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
    expect(() => parseSecret(input)).not.toThrow(
      expect.objectContaining({ message: expect.stringContaining('hunter2-hunter2') }),
    );
  });
});

describe('the command line', () => {
  const ask = async (what: string) => `the ${what}`;
  const app = { 'tenant-id': tenantId, 'client-id': clientId };

  it.each([
    { given: {}, from: { kind: 'default' } },
    { given: { 'tenant-id': tenantId }, from: { kind: 'default', tenantId } },
    { given: app, from: { kind: 'client_secret', tenantId, clientId, clientSecret: 'the client secret' } },
    { given: { 'managed-identity': true as const }, from: { kind: 'managed_identity' } },
    {
      given: { 'managed-identity': true as const, 'client-id': clientId },
      from: { kind: 'managed_identity', clientId },
    },
    {
      given: { ...app, 'federated-token-file': '/run/token' },
      from: { kind: 'workload_identity', tenantId, clientId, tokenFile: '/run/token' },
    },
  ])('$given', async ({ given, from }) => {
    const secret = await signIn.secretFrom({ ...given, cloud: 'china', subscription: [subscription] }, ask);
    expect(secret).toEqual({ from, cloud: 'china', subscriptions: [subscription] });
    expect(parseSecret(secret)).toMatchObject({ from });
  });

  it('goes where its endpoints say', async () => {
    const { url } = cloud;
    const given = {
      ...app,
      'login-endpoint': url,
      'management-endpoint': url,
      'metrics-endpoint': `${url}/metrics/{region}`,
    };
    const secret = await signIn.secretFrom(given, async () => clientSecret);
    expect(parseSecret(secret).endpoints).toEqual({
      authority: url,
      resourceManager: url,
      metrics: `${url}/metrics/{region}`,
    });
    const { connection } = await connectTo(url, {}, parseSecret(secret));
    expect(await fleetOf(connection).regions(new AbortController().signal)).toEqual(['eastus', 'westeurope']);
    connection.close();
  });

  it('takes some of the endpoints, and none that is not safe', async () => {
    const some = await signIn.secretFrom({ 'login-endpoint': 'https://login.example' }, ask);
    expect(parseSecret(some).endpoints).toEqual({ authority: 'https://login.example' });
    const unsafe = await signIn.secretFrom({ 'management-endpoint': 'http://elsewhere.example' }, ask);
    expect(() => parseSecret(unsafe)).toThrow(/endpoints.resourceManager/);
    const whole = await signIn.secretFrom({ 'metrics-endpoint': 'https://metrics.example' }, ask);
    expect(() => parseSecret(whole)).toThrow(/endpoints.metrics/);
  });

  it('reads a certificate, and asks for its password where it has one', async () => {
    const file = join(folder, 'certificate.pem');
    await writeFile(file, credentials().certificatePem);
    const plain = await signIn.secretFrom({ ...app, 'client-certificate': file }, ask);
    expect(parseSecret(plain).from).toMatchObject({ kind: 'client_certificate', clientId });
    await writeFile(file, credentials().certificatePem.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'));
    const locked = await signIn.secretFrom({ ...app, 'client-certificate': file }, ask);
    expect(parseSecret(locked).from).toMatchObject({ password: 'the password of the certificate' });
  });

  it.each([
    { given: { 'client-id': clientId }, says: '--client-id needs a --tenant-id' },
    { given: { 'federated-token-file': 'x' }, says: '--federated-token-file needs' },
    { given: { ...app, 'managed-identity': true as const, 'client-certificate': 'x' }, says: 'give one way in, not 2' },
    { given: { ...app, 'client-certificate': '/nowhere/at/all' }, says: 'the file cannot be read' },
  ])('refuses $given', async ({ given, says }) => {
    await expect(signIn.secretFrom(given, ask)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(says),
    });
  });
});
