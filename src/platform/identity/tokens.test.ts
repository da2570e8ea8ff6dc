import { createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { keyOf } from '../secret/master-key.fixture.ts';
import { secretsByKey } from '../secret/rotate.ts';
import { createApiKey, createPlatformKey } from './api-keys.ts';
import { userOfBearer } from './bearer.ts';
import { homeDomain } from './domain.ts';
import { publicKeys, rotateSigningKey } from './signing-keys.ts';
import { issueAccessToken, longestTokenMs, signToken } from './tokens.ts';
import { addUser, changeUser } from './users.ts';

const masterKey = await keyOf(1);
const now = Date.UTC(2026, 10, 22);
const iat = now / 1000;
const hour = { lifeMs: 3_600_000 };

async function withUsers() {
  const store = await openTestStore();
  const { id: domain } = await homeDomain(store, now);
  const ann = await addUser(store, { domain, kind: 'PERSON', name: 'ann@corp.example', role: 'admin' }, now);
  const ci = await addUser(store, { domain, kind: 'SERVICE', name: 'ci', role: 'viewer' }, now);
  const who = (bearer: string, at = now) => userOfBearer(store, domain, bearer, at).then((user) => user?.name);
  return { store, domain, ann, ci, who };
}

describe('access tokens', () => {
  it('carry the claims of either generation, signed by RS256', async () => {
    const { store, ann, ci, domain, who } = await withUsers();
    const v1 = await issueAccessToken(store, masterKey, ann, { generation: 'V1', ...hour }, now);
    const times = { iat, exp: iat + 3600 };
    expect(decodeJwt(v1)).toEqual({ cat: 'ACCESS_TOKEN', user_type: 'USER', did: domain, aud: ann.id, ...times });
    const v2 = await issueAccessToken(store, masterKey, ci, { generation: 'V2', ...hour }, now);
    expect(decodeJwt(v2)).toEqual({
      iss: 'spaceone.identity',
      ver: '2.0',
      typ: 'ACCESS_TOKEN',
      own: 'USER',
      did: domain,
      aud: ci.id,
      rol: 'WORKSPACE_MEMBER',
      jti: expect.stringMatching(/^.{43}$/),
      ...times,
    });
    const [key] = await publicKeys(store, domain);
    expect(decodeProtectedHeader(v2)).toEqual({ alg: 'RS256', typ: 'JWT', kid: key?.id });
    expect(await Promise.all([who(v1), who(v2)])).toEqual(['ann@corp.example', 'ci']);
  });

  it('end, and live for a day at most', async () => {
    const { store, ann, who } = await withUsers();
    const token = await issueAccessToken(store, masterKey, ann, { generation: 'V2', ...hour }, now);
    expect(await who(token, now + 3_599_000)).toBe('ann@corp.example');
    expect(await who(token, now + 3_600_000)).toBeUndefined();
    for (const lifeMs of [0, -1, Number.NaN, longestTokenMs + 1]) {
      const long = issueAccessToken(store, masterKey, ann, { generation: 'V1', lifeMs }, now);
      await expect(long).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });

  it('are nothing of a user who is disabled', async () => {
    const { store, ci, who } = await withUsers();
    const token = await issueAccessToken(store, masterKey, ci, { generation: 'V1', ...hour }, now);
    await changeUser(store, ci.id, { state: 'DISABLED' });
    expect(await who(token)).toBeUndefined();
  });

  it('are refused where they are forged', async () => {
    const { store, domain, ann, who } = await withUsers();
    const good = await issueAccessToken(store, masterKey, ann, { generation: 'V2', ...hour }, now);
    const [header = '', payload = '', signature = ''] = good.split('.');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = decodeJwt(good);
    const kid = decodeProtectedHeader(good).kid ?? '';
    const stranger = await generateKeyPair('RS256');
    const [known] = await publicKeys(store, domain);
    const publicKey = await importJWK(known?.jwk ?? {}, 'RS256');
    const spki = publicKey instanceof Uint8Array ? '' : await exportSPKI(publicKey);
    const hmacOver = `${part({ alg: 'HS256', kid })}.${payload}`;
    const signed = (extra: object) => signToken(store, masterKey, domain, { ...claims, ...extra }, now);
    const forged: Record<string, string> = {
      'alg none': `${part({ alg: 'none', kid })}.${payload}.`,
      'alg none with the signature': `${part({ alg: 'None', kid })}.${payload}.${signature}`,
      'the public key as a shared secret': `${hmacOver}.${createHmac('sha256', spki).update(hmacOver).digest('base64url')}`,
      'another payload': `${header}.${part({ ...claims, aud: 'user-000000000000' })}.${signature}`,
      "a stranger's key under our id": await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(stranger.privateKey),
      "a stranger's key": await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: 'x' })
        .sign(stranger.privateKey),
      'no key id': await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(stranger.privateKey),
      'another domain': await signed({ did: 'domain-ffffffffffff' }),
      'a refresh token': await signed({ typ: 'REFRESH_TOKEN' }),
      'a system token': await signed({ typ: 'SYSTEM_TOKEN' }),
      'another issuer': await signed({ iss: 'evil' }),
      'another version': await signed({ ver: '1.0' }),
      'a user who is not there': await signed({ aud: 'user-ffffffffffff' }),
      'an API key that was never made': await signed({ typ: 'CLIENT_SECRET', jti: 'key-ffffffffffff' }),
      'no signature': `${header}.${payload}.`,
      'a cut signature': good.slice(0, -2),
      'two parts': `${header}.${payload}`,
      'no token': 'not.a.token',
      'an endless one': `${good}${'x'.repeat(10_000)}`,
    };
    expect(await who(good)).toBe('ann@corp.example');
    expect(await who(await signed({}))).toBe('ann@corp.example');
    for (const [how, token] of Object.entries(forged)) expect([how, await who(token)]).toEqual([how, undefined]);
  });

  it('of another domain are refused, though a key of this store signed them', async () => {
    const { store, domain } = await withUsers();
    const other = await store.identity.addDomain({ id: 'domain-0123456789ab', name: 'other', createdAt: now });
    const eve = await addUser(
      store,
      { domain: other.id, kind: 'PERSON', name: 'eve@corp.example', role: 'admin' },
      now,
    );
    const token = await issueAccessToken(store, masterKey, eve, { generation: 'V2', ...hour }, now);
    expect(await userOfBearer(store, domain, token, now)).toBeUndefined();
    expect(await userOfBearer(store, other.id, token, now)).toMatchObject({ name: 'eve@corp.example' });
    const crossed = await signToken(store, masterKey, other.id, { ...decodeJwt(token), did: domain }, now);
    expect(await userOfBearer(store, domain, crossed, now)).toBeUndefined();
    const { secret } = await createApiKey(store, eve, { name: 'k' }, now);
    expect(await userOfBearer(store, domain, secret, now)).toBeUndefined();
  });
});

describe('signing keys', () => {
  it('follow each other, and what the last one signed holds for a day', async () => {
    const { store, ann, domain, who } = await withUsers();
    const token = await issueAccessToken(store, masterKey, ann, { generation: 'V2', lifeMs: longestTokenMs }, now);
    const id = await rotateSigningKey(store, masterKey, domain, now + 1);
    const keys = await publicKeys(store, domain);
    expect(keys.map((key) => key.retiredAt)).toEqual([undefined, now + 1]);
    expect(keys[0]?.id).toBe(id);
    expect(keys.map(({ jwk }) => Object.keys(jwk).sort())).toEqual(
      keys.map(() => ['alg', 'e', 'kid', 'kty', 'n', 'use']),
    );
    expect(await who(token, now + 1000)).toBe('ann@corp.example');
    const next = await issueAccessToken(store, masterKey, ann, { generation: 'V2', ...hour }, now + 1000);
    expect(decodeProtectedHeader(next).kid).toBe(id);
    const old = decodeProtectedHeader(token).kid;
    expect(await store.identity.sealedSigningKey(old ?? '')).toBeUndefined();
  });

  it('that were stolen are worth nothing at once', async () => {
    const { store, ann, domain, who } = await withUsers();
    const token = await issueAccessToken(store, masterKey, ann, { generation: 'V1', ...hour }, now);
    await rotateSigningKey(store, masterKey, domain, now, true);
    expect(await who(token)).toBeUndefined();
    expect(await publicKeys(store, domain)).toHaveLength(1);
  });

  it('are made anew by themselves, and sealed by the master key', async () => {
    const { store, ann, domain } = await withUsers();
    await issueAccessToken(store, masterKey, ann, { generation: 'V1', ...hour }, now);
    await issueAccessToken(store, masterKey, ann, { generation: 'V1', ...hour }, now + 80 * 86_400_000);
    expect(await publicKeys(store, domain)).toHaveLength(1);
    await issueAccessToken(store, masterKey, ann, { generation: 'V1', ...hour }, now + 90 * 86_400_000);
    expect(await publicKeys(store, domain)).toHaveLength(2);
    expect(await secretsByKey(store)).toEqual(new Map([[masterKey.id, 1]]));
    const strange = issueAccessToken(store, await keyOf(2), ann, { generation: 'V1', ...hour }, now);
    await expect(strange).rejects.toMatchObject({ code: 'secret_rejected' });
  });

  it('serve processes that make the first one at once', async () => {
    const { store, ann, who } = await withUsers();
    const issue = () => issueAccessToken(store, masterKey, ann, { generation: 'V2', ...hour }, now);
    const tokens = await Promise.all([issue(), issue(), issue()]);
    expect(await Promise.all(tokens.map((token) => who(token)))).toEqual(tokens.map(() => 'ann@corp.example'));
  });
});

describe('API keys', () => {
  it('open while they last, and note when', async () => {
    const { store, ann, who } = await withUsers();
    const { key, secret } = await createApiKey(store, ann, { name: ' ci ', expiresAt: now + 1000 }, now);
    expect(secret).toMatch(/^fgk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    expect(key).toMatchObject({ name: 'ci', form: 'OPAQUE', owner: ann.id });
    expect(await who(secret, now + 999)).toBe('ann@corp.example');
    expect(await store.identity.apiKeys(ann.id)).toMatchObject([{ lastUsedAt: now + 999 }]);
    expect(await who(secret, now + 1000)).toBeUndefined();
    const other = secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A');
    expect(await who(other)).toBeUndefined();
    expect(await who(`${secret}x`)).toBeUndefined();
    await store.identity.removeApiKey(key.id);
    expect(await who(secret)).toBeUndefined();
  });

  it('of Cloudforet are tokens with its claims, and can be revoked though their signature is good', async () => {
    const { store, ci, domain, who } = await withUsers();
    const v1 = await createPlatformKey(store, masterKey, ci, { name: 'v1', generation: 'V1' }, now);
    expect(decodeJwt(v1.secret)).toEqual({
      cat: 'API_KEY',
      user_type: 'API_USER',
      did: domain,
      aud: ci.id,
      api_key_id: v1.key.id,
      ver: '2020-12-07',
      iat,
    });
    const v2 = await createPlatformKey(store, masterKey, ci, { name: 'v2', generation: 'V2' }, now);
    expect(decodeJwt(v2.secret)).toEqual({
      iss: 'spaceone.identity',
      ver: '2.0',
      typ: 'CLIENT_SECRET',
      own: 'APP',
      did: domain,
      aud: ci.id,
      rol: 'WORKSPACE_MEMBER',
      jti: v2.key.id,
      iat,
      exp: iat + 365 * 86_400,
    });
    for (const { key, secret } of [v1, v2]) {
      expect(await who(secret)).toBe('ci');
      await store.identity.removeApiKey(key.id);
      expect(await who(secret)).toBeUndefined();
    }
  });

  it('of Cloudforet outlive the key that signed them', async () => {
    const { store, ci, domain, who } = await withUsers();
    const { secret } = await createPlatformKey(store, masterKey, ci, { name: 'v1', generation: 'V1' }, now);
    await rotateSigningKey(store, masterKey, domain, now);
    expect(await who(secret, now + 300 * 86_400_000)).toBe('ci');
  });

  it('are refused for people, for the past, and without a name', async () => {
    const { store, ann, ci } = await withUsers();
    const refused = [
      createPlatformKey(store, masterKey, ann, { name: 'v1', generation: 'V1' }, now),
      createApiKey(store, ci, { name: 'k', expiresAt: now }, now),
      createApiKey(store, ci, { name: '  ' }, now),
    ];
    for (const one of refused) await expect(one).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
