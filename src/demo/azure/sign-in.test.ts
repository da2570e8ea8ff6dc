import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { clientOf, credentialsOf, shop, startTestCloud, tenant, tokenOf } from './azure-clients.fixture.ts';
import { signJwt } from './jwt.ts';
import { processKeys } from './keys.ts';
import type { AzureCloud } from './server.ts';

const management = 'https://management.azure.com';
const metrics = 'https://metrics.monitor.azure.com';

/** How `@azure/identity` is pointed at the simulation. */
function pointAt(cloud: AzureCloud) {
  return {
    authorityHost: cloud.secureUrl,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: cloud.certificateAuthority },
    retryOptions: { maxRetries: 0 },
  };
}

async function inFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'azure-sim-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'token');
  await writeFile(path, text);
  return path;
}

async function subscriptionsBy(cloud: AzureCloud, credential: TokenCredential): Promise<number> {
  const token = await credential.getToken(`${management}/.default`);
  const response = await fetch(`${cloud.url}/subscriptions?api-version=2022-12-01`, {
    headers: { authorization: `Bearer ${token?.token}` },
  });
  return z.object({ value: z.array(z.unknown()) }).parse(await response.json()).value.length;
}

describe('@azure/identity signs in', () => {
  it('by client secret', async () => {
    const cloud = await startTestCloud();
    const { tenantId, clientId, clientSecret = '' } = credentialsOf(cloud);
    const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, pointAt(cloud));
    expect(await subscriptionsBy(cloud, credential)).toBe(2);
  });

  it('by certificate', async () => {
    const cloud = await startTestCloud();
    const { tenantId, clientId, certificatePem = '' } = credentialsOf(cloud);
    const certificate = { certificate: certificatePem };
    const credential = new ClientCertificateCredential(tenantId, clientId, certificate, pointAt(cloud));
    expect(await subscriptionsBy(cloud, credential)).toBe(2);
  });

  it('by a federated token', async () => {
    const cloud = await startTestCloud();
    const { tenantId, clientId, federatedToken = '' } = credentialsOf(cloud);
    const tokenFilePath = await inFile(federatedToken);
    const credential = new WorkloadIdentityCredential({ tenantId, clientId, tokenFilePath, ...pointAt(cloud) });
    expect(await subscriptionsBy(cloud, credential)).toBe(2);
  });

  it('as the managed identity, by default or by name', async () => {
    const cloud = await startTestCloud();
    vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', cloud.url);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(await subscriptionsBy(cloud, new ManagedIdentityCredential())).toBe(2);
    const { clientId } = credentialsOf(cloud, 1);
    expect(await subscriptionsBy(cloud, new ManagedIdentityCredential({ clientId }))).toBe(2);
    expect(cloud.stats.rows()).toMatchObject([{ operation: 'managedIdentityToken', calls: 2 }, {}]);
  });

  it('and is refused with a wrong secret, in the words of Entra ID', async () => {
    const cloud = await startTestCloud();
    const { tenantId, clientId } = credentialsOf(cloud);
    const credential = new ClientSecretCredential(tenantId, clientId, 'wrong', pointAt(cloud));
    await expect(credential.getToken(`${management}/.default`)).rejects.toThrow('AADSTS7000215');
  });

  it('and is refused with the certificate of another application', async () => {
    const cloud = await startTestCloud();
    const { tenantId, certificatePem = '' } = credentialsOf(cloud);
    const { clientId } = credentialsOf(cloud, 2);
    const certificate = { certificate: certificatePem };
    const credential = new ClientCertificateCredential(tenantId, clientId, certificate, pointAt(cloud));
    await expect(credential.getToken(`${management}/.default`)).rejects.toThrow('AADSTS700027');
  });
});

describe('the token endpoint', () => {
  const ask = async (
    cloud: AzureCloud,
    changes: Readonly<Record<string, string | undefined>>,
    tenantId = tenant.id,
  ) => {
    const { clientId, clientSecret = '' } = credentialsOf(cloud);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${management}/.default`,
    });
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) form.delete(name);
      else form.set(name, value);
    }
    const response = await fetch(`${cloud.url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  it.each([
    { wrong: { grant_type: 'password' }, status: 400, code: 70003 },
    { wrong: { client_id: undefined }, status: 400, code: 900144 },
    { wrong: { client_id: 'nobody' }, status: 400, code: 700016 },
    { wrong: { scope: management }, status: 400, code: 1002012 },
    { wrong: { scope: 'https://vault.azure.net/.default' }, status: 400, code: 500011 },
    { wrong: { client_secret: 'wrong' }, status: 401, code: 7000215 },
    { wrong: { client_secret: undefined }, status: 401, code: 7000218 },
    { wrong: { client_secret: undefined, client_assertion: 'no token' }, status: 401, code: 50027 },
  ])('refuses $wrong: AADSTS$code', async ({ wrong, status, code }) => {
    const reply = await ask(await startTestCloud(), wrong);
    expect(reply).toMatchObject({ status, body: { error_codes: [code] } });
    expect(reply.body.error_description).toMatch(new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Timestamp: `));
  });

  it('refuses a tenant that it does not know', async () => {
    const reply = await ask(await startTestCloud(), {}, 'another-tenant');
    expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_request', error_codes: [90002] } });
  });

  const issuer = 'https://oidc.demo.invalid/cluster/';
  const subject = tenant.applications[0]?.federatedSubject;
  const aud = 'api://AzureADTokenExchange';
  it.each([
    { name: 'of another issuer', claims: { iss: 'https://else.invalid/', sub: subject, aud }, code: 700211 },
    { name: 'of another subject', claims: { iss: issuer, sub: 'somebody', aud }, code: 700213 },
    { name: 'for another audience', claims: { iss: issuer, sub: subject, aud: 'sts.amazonaws.com' }, code: 700212 },
    { name: 'that has expired', claims: { iss: issuer, sub: subject, aud, exp: 1 }, code: 700024 },
    { name: 'signed by another key', claims: { iss: issuer, sub: subject, aud }, code: 50013, forged: true },
  ])('refuses a federated token $name: AADSTS$code', async ({ claims, code, forged = false }) => {
    const { workloads, entra } = await processKeys();
    const exp = Math.floor(Date.now() / 1000) + 600;
    const client_assertion = signJwt({ exp, ...claims }, (forged ? entra : workloads).privateKey);
    const reply = await ask(await startTestCloud(), { client_secret: undefined, client_assertion });
    expect(reply).toMatchObject({ status: 401, body: { error: 'invalid_client', error_codes: [code] } });
  });

  it.each([
    { name: 'for another endpoint', claims: { aud: 'https://else.invalid/' }, code: 700023 },
    { name: 'of another client', claims: { iss: 'somebody' }, code: 700021 },
    { name: 'that has expired', claims: { exp: 1 }, code: 700024 },
    { name: 'signed by another key', claims: {}, code: 700027, forged: true },
  ])('refuses a client assertion $name: AADSTS$code', async ({ claims, code, forged = false }) => {
    const cloud = await startTestCloud();
    const { applications, entra } = await processKeys();
    const { clientId, certificatePem = '' } = credentialsOf(cloud);
    const { fingerprint256 } = new X509Certificate(certificatePem.slice(certificatePem.indexOf('-----BEGIN CERT')));
    const thumbprint = Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
    const good = {
      aud: `${cloud.url}/${tenant.id}/oauth2/v2.0/token`,
      iss: clientId,
      sub: clientId,
      exp: Math.floor(Date.now() / 1000) + 600,
    };
    const sign = (more: object, key = applications.privateKey) =>
      signJwt({ ...good, ...more }, key, { 'x5t#S256': thumbprint });
    const client_secret = undefined;
    expect(await ask(cloud, { client_secret, client_assertion: sign({}) })).toMatchObject({ status: 200 });
    const bad = sign(claims, forged ? entra.privateKey : applications.privateKey);
    const reply = await ask(cloud, { client_secret, client_assertion: bad });
    expect(reply).toMatchObject({ status: 401, body: { error_codes: [code] } });
  });
});

async function codeOf(response: Response): Promise<string | undefined> {
  const body = z.looseObject({ error: z.looseObject({ code: z.string() }).optional() });
  return body.parse(await response.json()).error?.code;
}

describe('a token', () => {
  it('is for one service and refused by the other', async () => {
    const cloud = await startTestCloud();
    const [forManagement, forMetrics] = await Promise.all([tokenOf(cloud, management), tokenOf(cloud, metrics)]);
    const send = async (token: string, path: string, method: string) => {
      const response = await fetch(cloud.url + path, { method, headers: { authorization: `Bearer ${token}` } });
      return [response.status, await codeOf(response)];
    };
    const batch = `/metrics/eastus/subscriptions/${shop}/metrics:getBatch?api-version=2023-10-01`;
    const list = '/subscriptions?api-version=2022-12-01';
    const wrong = [401, 'InvalidAuthenticationTokenAudience'];
    expect(await send(forManagement, batch, 'POST')).toEqual(wrong);
    expect(await send(forMetrics, list, 'GET')).toEqual(wrong);
    expect(await send(forMetrics, batch, 'POST')).toEqual([400, 'BadRequest']);
    expect(await send(forManagement, list, 'GET')).toEqual([200, undefined]);
  });

  it('expires', async () => {
    let wallNow = Date.now();
    const cloud = await startTestCloud({ wallClock: () => wallNow, tokenLifetimeSeconds: 600 });
    const { get } = await clientOf(cloud);
    wallNow += 599_000;
    expect(await get('/subscriptions?api-version=2022-12-01')).toMatchObject({ status: 200 });
    wallNow += 2000;
    const { status, body, headers } = await get('/subscriptions?api-version=2022-12-01');
    expect([status, body.error.code]).toEqual([401, 'ExpiredAuthenticationToken']);
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it.each([
    { name: 'none', authorization: undefined, code: 'AuthenticationFailed' },
    { name: 'nonsense', authorization: 'Bearer a.b.c', code: 'InvalidAuthenticationToken' },
  ])('is demanded: $name', async ({ authorization, code }) => {
    const cloud = await startTestCloud();
    const headers = authorization === undefined ? undefined : { authorization };
    const response = await fetch(`${cloud.url}/subscriptions?api-version=2022-12-01`, headers && { headers });
    expect([response.status, await codeOf(response)]).toEqual([401, code]);
  });

  it('is not handed out by the metadata service without its header', async () => {
    const cloud = await startTestCloud();
    const url = `${cloud.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${management}`;
    const bare = await fetch(url);
    expect(bare.status).toBe(400);
    expect(await bare.json()).toMatchObject({ error: 'invalid_request' });
    const right = await fetch(url, { headers: { metadata: 'true' } });
    expect(await right.json()).toMatchObject({ token_type: 'Bearer' });
    const nobody = await fetch(`${url}&client_id=nobody`, { headers: { metadata: 'true' } });
    expect(await nobody.json()).toMatchObject({ error_description: 'Identity not found' });
  });
});
