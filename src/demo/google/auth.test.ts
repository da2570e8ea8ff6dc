import { Compute, gaxios, gcpMetadata, IdentityPoolClient, Impersonated, JWT } from 'google-auth-library';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { clientOf, metadataToken, readerToken, startTestCloud } from './cloud-client.fixture.ts';
import { signJwt } from './jwt.ts';
import type { ExternalAccount, ImpersonatedServiceAccount, ServiceAccountKey } from './key-files.ts';
import type { GoogleCloud } from './server.ts';

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`;
const cloudPlatform = scope('cloud-platform');
const regions = '/compute/v1/projects/demo-shop-prod/regions';

/** Sends what the library sends to Google's own token endpoint to the simulation: it cannot be told another address. */
function transporterTo(cloud: GoogleCloud) {
  const redirect = (url: string) => url.replace('https://oauth2.googleapis.com', cloud.url);
  return new gaxios.Gaxios({
    retry: false,
    fetchImplementation: (input, init) => fetch(input instanceof Request ? input : redirect(String(input)), init),
  });
}

function jwtClient(cloud: GoogleCloud, key: ServiceAccountKey, scopes = [cloudPlatform]) {
  return new JWT({ email: key.client_email, key: key.private_key, scopes, transporter: transporterTo(cloud) });
}

function impersonated(cloud: GoogleCloud, config: ImpersonatedServiceAccount) {
  const [, targetPrincipal = ''] = /serviceAccounts\/([^:]+):/.exec(config.service_account_impersonation_url) ?? [];
  return new Impersonated({
    sourceClient: jwtClient(cloud, config.source_credentials),
    targetPrincipal,
    targetScopes: [cloudPlatform],
    delegates: [...config.delegates],
    endpoint: cloud.url,
  });
}

const federated = (config: ExternalAccount) => new IdentityPoolClient({ ...config, scopes: [cloudPlatform] });

/** What a call with a token comes to: its status and reason. */
async function outcome(cloud: GoogleCloud, token: string, path = regions) {
  const { status, body } = await clientOf(cloud, token)(path);
  const Failure = z.object({
    error: z.object({
      message: z.string(),
      status: z.string(),
      details: z.array(z.looseObject({ reason: z.string().optional() })).optional(),
    }),
  });
  const failure = Failure.safeParse(body).data?.error;
  return failure ? `${status} ${failure.details?.at(-1)?.reason ?? failure.status}` : status;
}

describe('the official library', () => {
  it('signs in with a service account key', async () => {
    const cloud = await startTestCloud();
    const { token } = await jwtClient(cloud, cloud.credentials.serviceAccount).getAccessToken();
    expect(await outcome(cloud, token ?? '')).toBe(200);
  });

  it('signs in with a workload identity, alone and on behalf of the reader', async () => {
    const cloud = await startTestCloud();
    for (const config of [cloud.credentials.federated, cloud.credentials.externalAccount]) {
      const client = federated(config);
      const { token } = await client.getAccessToken();
      expect(await outcome(cloud, token ?? '')).toBe(200);
    }
    const calls = cloud.stats.rows().map(({ operation, calls: count }) => [operation, count]);
    expect(calls).toContainEqual(['sts.token', 2]);
    expect(calls).toContainEqual(['iamcredentials.generateAccessToken', 1]);
  });

  it('learns the project of a workload identity', async () => {
    const cloud = await startTestCloud();
    const client = new IdentityPoolClient({
      ...cloud.credentials.federated,
      scopes: [cloudPlatform],
      cloud_resource_manager_url: `${cloud.url}/v1/projects/`,
    });
    expect(await client.getProjectId()).toBe('demo-shop-prod');
  });

  it('impersonates, also by way of a delegate, and reads nothing without', async () => {
    const cloud = await startTestCloud();
    const { powerless, impersonation, delegated } = cloud.credentials;
    const own = await jwtClient(cloud, powerless).getAccessToken();
    expect(await outcome(cloud, own.token ?? '')).toBe('403 PERMISSION_DENIED');
    for (const config of [impersonation, delegated]) {
      const { token } = await impersonated(cloud, config).getAccessToken();
      expect(await outcome(cloud, token ?? '')).toBe(200);
    }
    await expect(impersonated(cloud, { ...delegated, delegates: [] }).getAccessToken()).rejects.toThrow(
      "Permission 'iam.serviceAccounts.getAccessToken' denied",
    );
  });

  it('reads the metadata server', async () => {
    const cloud = await startTestCloud();
    vi.stubEnv('GCE_METADATA_HOST', cloud.url);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(await gcpMetadata.project('project-id')).toBe('demo-shop-prod');
    expect(String(await gcpMetadata.project('numeric-project-id'))).toBe('310000000001');
    expect(await gcpMetadata.instance('service-accounts/default/email')).toBe(cloud.identities.reader.email);
    const { token } = await new Compute({ scopes: [scope('compute.readonly')] }).getAccessToken();
    expect(await outcome(cloud, token ?? '')).toBe(200);
    const bare = await fetch(`${cloud.url}/computeMetadata/v1/project/project-id`);
    expect([bare.status, bare.headers.get('metadata-flavor')]).toEqual([403, 'Google']);
  });

  it('is told what is wrong with a key', async () => {
    const cloud = await startTestCloud();
    const { serviceAccount, powerless } = cloud.credentials;
    const stolen = jwtClient(cloud, { ...serviceAccount, private_key: powerless.private_key });
    await expect(stolen.getAccessToken()).rejects.toThrow('invalid_grant: Invalid JWT Signature.');
    const unknown = jwtClient(cloud, {
      ...serviceAccount,
      client_email: 'nobody@demo-shop-prod.iam.gserviceaccount.com',
    });
    await expect(unknown.getAccessToken()).rejects.toThrow('account not found');
    await expect(jwtClient(cloud, serviceAccount, ['openid']).getAccessToken()).rejects.toThrow('invalid_scope');
  });
});

describe('the token endpoint', () => {
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const now = Math.floor(Date.now() / 1000);

  it.each([
    { name: 'another audience', claims: { aud: 'https://example.com/token' }, error: 'invalid_grant' },
    { name: 'an assertion that has expired', claims: { iat: now - 7200, exp: now - 3600 }, error: 'invalid_grant' },
    { name: 'an assertion that lasts too long', claims: { exp: now + 7200 }, error: 'invalid_grant' },
    { name: 'an assertion from the future', claims: { iat: now + 1800, exp: now + 3600 }, error: 'invalid_grant' },
    { name: 'another subject', claims: { sub: 'boss@example.com' }, error: 'unauthorized_client' },
    { name: 'no scope', claims: { scope: '' }, error: 'invalid_scope' },
    { name: 'another grant', claims: {}, grantType: 'password', error: 'unsupported_grant_type' },
    { name: 'nothing, of its own address', claims: {}, error: undefined },
  ])('refuses $name', async ({ claims, grantType = grant, error }) => {
    const cloud = await startTestCloud();
    const { email, keys } = cloud.identities.reader;
    if (keys === undefined) throw new Error('the reader has no key');
    const assertion = signJwt(
      { iss: email, scope: cloudPlatform, aud: `${cloud.url}/token`, iat: now, exp: now + 3600, ...claims },
      keys,
    );
    const body = new URLSearchParams({ grant_type: grantType, assertion });
    const response = await fetch(`${cloud.url}/token`, { method: 'POST', body });
    expect(await response.json()).toEqual(
      error === undefined
        ? expect.objectContaining({ token_type: 'Bearer', expires_in: 3600 })
        : expect.objectContaining({ error }),
    );
  });
});

describe('the token exchange', () => {
  const now = Math.floor(Date.now() / 1000);

  it.each([
    { name: 'another issuer', claims: { iss: 'https://example.com' }, error: 'invalid_grant' },
    { name: 'another audience of the subject token', claims: { aud: 'fleet' }, error: 'invalid_grant' },
    { name: 'a subject token that has expired', claims: { exp: now - 1 }, error: 'invalid_grant' },
    { name: 'a foreign signature', claims: {}, foreign: true, error: 'invalid_grant' },
    {
      name: 'a provider that there is not',
      claims: {},
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b',
      error: 'invalid_target',
    },
    { name: 'an audience that is no provider', claims: {}, audience: 'demo', error: 'invalid_request' },
  ])('refuses $name', async ({ claims, foreign, audience, error }) => {
    const cloud = await startTestCloud();
    const { pool, reader } = cloud.identities;
    const keys = foreign ? reader.keys : pool.issuerKeys;
    if (keys === undefined) throw new Error('the reader has no key');
    const subject = {
      iss: pool.issuer,
      sub: pool.subject,
      aud: `https:${pool.provider}`,
      iat: now - 60,
      exp: now + 60,
      ...claims,
    };
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      audience: audience ?? pool.provider,
      scope: cloudPlatform,
      subject_token: signJwt(subject, keys),
    });
    const response = await fetch(`${cloud.url}/v1/token`, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ error })]);
  });

  it('gives a workload that nobody knows a token that opens nothing', async () => {
    const cloud = await startTestCloud();
    const { pool } = cloud.identities;
    const subject = signJwt(
      { iss: pool.issuer, sub: 'stranger', aud: pool.provider, iat: now, exp: now + 60 },
      pool.issuerKeys,
    );
    const client = new IdentityPoolClient({
      audience: pool.provider,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${cloud.url}/v1/token`,
      subject_token_supplier: { getSubjectToken: async () => subject },
      scopes: [cloudPlatform],
    });
    const { token } = await client.getAccessToken();
    expect(await outcome(cloud, token ?? '')).toBe('403 PERMISSION_DENIED');
  });
});

describe('every API', () => {
  it.each([
    { path: regions, scopes: 'compute.readonly', other: 'monitoring.read' },
    { path: '/v3/projects/demo-shop-prod', scopes: 'cloudplatformprojects.readonly', other: 'compute.readonly' },
    { path: '/sql/v1beta4/projects/demo-shop-prod/instances', scopes: 'sqlservice.admin', other: 'compute.readonly' },
  ])('opens to its own scopes only: $path', async ({ path, scopes, other }) => {
    const cloud = await startTestCloud();
    expect(await outcome(cloud, await metadataToken(cloud, scope(scopes)), path)).toBe(200);
    expect(await outcome(cloud, await metadataToken(cloud, scope(other)), path)).toBe(
      '403 ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    );
  });

  it('asks for a token that it knows and that has not expired', async () => {
    let now = Date.now();
    const cloud = await startTestCloud({ wallClock: () => now, faults: { tokenSeconds: 60 } });
    const bare = await fetch(`${cloud.url}${regions}`);
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')]);
    expect(await outcome(cloud, 'ya29.invented')).toBe('401 ACCESS_TOKEN_TYPE_UNSUPPORTED');
    const token = await readerToken(cloud);
    expect(await outcome(cloud, token)).toBe(200);
    now += 61_000;
    expect(await outcome(cloud, token)).toBe('401 ACCESS_TOKEN_EXPIRED');
  });

  it('takes a JWT that a service account signed itself, for that API alone', async () => {
    const cloud = await startTestCloud();
    const { email, keys } = cloud.identities.reader;
    if (keys === undefined) throw new Error('the reader has no key');
    const iat = Math.floor(Date.now() / 1000);
    const token = signJwt(
      { iss: email, sub: email, aud: 'https://compute.googleapis.com/', iat, exp: iat + 600 },
      keys,
    );
    expect(await outcome(cloud, token)).toBe(200);
    expect(await outcome(cloud, token, '/v3/projects/demo-shop-prod')).toBe('403 ACCESS_TOKEN_SCOPE_INSUFFICIENT');
  });
});
