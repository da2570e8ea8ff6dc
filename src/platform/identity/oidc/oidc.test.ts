import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { User } from '#store/identity.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { homeDomain } from '../domain.ts';
import { addUser, changeUser } from '../users.ts';
import { type OidcConfig, oidcConfigFrom } from './config.ts';
import { type Flow, flowOf, newFlow } from './flow.ts';
import { type IssuerFaults, startIssuer, type TestIssuer } from './issuer.fixture.ts';
import { type Callback, type ExternalUser, type OidcProvider, oidcProvider } from './provider.ts';
import { signInExternal } from './sign-in.ts';

const now = Date.UTC(2026, 10, 22);
const redirectUri = 'http://127.0.0.1:4680/api/login/oidc/callback';

let issuer: TestIssuer;
let provider: OidcProvider;

beforeAll(async () => {
  issuer = await startIssuer(now);
});
afterAll(() => issuer.stop());
beforeEach(() => {
  issuer.faults = {};
  issuer.person = { sub: '42', email: 'Ann@corp.example', email_verified: true };
  provider = oidcProvider(issuer.config, () => issuer.now);
});

/** What a browser brings back from the issuer. */
async function comeBack(flow: Flow): Promise<Callback> {
  const answer = await fetch(await provider.authorizeUrl(flow, redirectUri), { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? '');
  expect(`${back.origin}${back.pathname}`).toBe(redirectUri);
  const { code = '', state = '', iss } = Object.fromEntries(back.searchParams);
  return { code, state, iss };
}

async function signIn(faults: IssuerFaults = {}, flow = newFlow()): Promise<ExternalUser> {
  issuer.faults = faults;
  return provider.redeem(await comeBack(flow), flow, redirectUri);
}

describe('authorization code flow', () => {
  it('says who signed in', async () => {
    expect(await signIn()).toEqual({
      issuer: issuer.url,
      subject: '42',
      email: 'ann@corp.example',
      isEmailVerified: true,
    });
  });

  it('takes a code once, and from the browser that began', async () => {
    const flow = newFlow();
    const callback = await comeBack(flow);
    const other = newFlow();
    await expect(provider.redeem(callback, other, redirectUri)).rejects.toThrow('belongs to another sign-in');
    await expect(provider.redeem({ ...callback, state: other.state }, other, redirectUri)).rejects.toThrow('(400)');
    const again = await comeBack(flow);
    await provider.redeem(again, flow, redirectUri);
    await expect(provider.redeem(again, flow, redirectUri)).rejects.toMatchObject({ code: 'secret_rejected' });
  });

  it('proves that it began by a verifier that was never sent before', async () => {
    const flow = newFlow();
    const url = await provider.authorizeUrl(flow, redirectUri);
    expect(url.href).not.toContain(flow.verifier);
    expect(url.href).not.toContain(flow.secret);
    expect(flowOf(flow.secret)).toEqual(flow);
  });

  it('finds a new key of the issuer', async () => {
    await signIn();
    await issuer.rotateKey();
    // Keys are not asked for again within half a minute.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await signIn()).toMatchObject({ subject: '42' });
  });

  it('trusts no answer of another issuer', async () => {
    const flow = newFlow();
    const callback = await comeBack(flow);
    for (const iss of ['https://evil.example', undefined]) {
      await expect(provider.redeem({ ...callback, iss }, flow, redirectUri)).rejects.toThrow('another issuer');
    }
  });
});

describe('ID tokens', () => {
  const seconds = () => Math.floor(issuer.now / 1000);
  it.each<{ how: string; claims: () => Record<string, unknown> }>([
    { how: 'another issuer', claims: () => ({ iss: 'https://evil.example' }) },
    { how: 'another client', claims: () => ({ aud: 'other' }) },
    { how: 'several clients, and not said for whom', claims: () => ({ aud: [issuer.config.clientId, 'other'] }) },
    {
      how: 'made for another of several clients',
      claims: () => ({ aud: [issuer.config.clientId, 'other'], azp: 'other' }),
    },
    { how: 'another sign-in', claims: () => ({ nonce: newFlow().nonce }) },
    { how: 'no nonce', claims: () => ({ nonce: undefined }) },
    { how: 'over', claims: () => ({ exp: seconds() - 61 }) },
    { how: 'without an end', claims: () => ({ exp: undefined }) },
    { how: 'not yet valid', claims: () => ({ nbf: seconds() + 61 }) },
    { how: 'without a subject', claims: () => ({ sub: '' }) },
  ])('are refused: $how', async ({ claims }) => {
    await expect(signIn({ claims: claims() })).rejects.toMatchObject({ code: 'secret_rejected' });
  });

  it('are refused where the issuer did not sign them', async () => {
    const stranger = await generateKeyPair('RS256');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signs: NonNullable<IssuerFaults['sign']>[] = [
      (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(stranger.privateKey),
      async (claims) => `${part({ alg: 'none' })}.${part(claims)}.`,
      (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(issuer.config.clientSecret ?? '')),
      async () => 'nonsense',
    ];
    for (const sign of signs) {
      const error = await signIn({ sign }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'secret_rejected', message: expect.stringContaining('not valid') });
    }
  });
});

describe('a provider that misbehaves', () => {
  it.each<{ how: string; faults: () => IssuerFaults; code: string }>([
    {
      how: 'calls itself otherwise',
      faults: () => ({ discovery: { issuer: 'https://evil.example' } }),
      code: 'malformed_reply',
    },
    {
      how: 'leads to cleartext',
      faults: () => ({ discovery: { token_endpoint: 'http://evil.example/token' } }),
      code: 'malformed_reply',
    },
    {
      how: 'leads elsewhere',
      faults: () => ({ token: (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end() }),
      code: 'unavailable',
    },
    {
      how: 'answers without end',
      faults: () => ({ token: (response) => void response.end('x'.repeat(2_000_000)) }),
      code: 'unavailable',
    },
    {
      how: 'answers no JSON',
      faults: () => ({ token: (response) => void response.end('<html>') }),
      code: 'malformed_reply',
    },
    {
      how: 'is down',
      faults: () => ({ token: (response) => void response.writeHead(503).end() }),
      code: 'unavailable',
    },
    { how: 'breaks off', faults: () => ({ token: (response) => void response.destroy() }), code: 'unavailable' },
  ])('$how: $code', async ({ faults, code }) => {
    await expect(signIn(faults())).rejects.toMatchObject({ code });
  });

  it('gets the secret in the body where it says that it wants it there', async () => {
    const discovery = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
    expect(await signIn({ discovery })).toMatchObject({ subject: '42' });
  });
});

describe('whom somebody is to us', () => {
  const external: ExternalUser = {
    issuer: 'https://id.example',
    subject: '42',
    email: 'ann@corp.example',
    isEmailVerified: true,
  };

  async function withAdmin() {
    const store = await openTestStore();
    const { id: domain } = await homeDomain(store, now);
    const root = await addUser(store, { domain, kind: 'PERSON', name: 'root@corp.example', role: 'admin' }, now);
    const come = (user: ExternalUser, config: Partial<OidcConfig> = {}): Promise<User> =>
      signInExternal(store, domain, { ...issuer.config, ...config }, user, now);
    return { store, domain, root, come };
  }

  it('is the user with the verified email, and from then on the subject', async () => {
    const { store, domain, come } = await withAdmin();
    const ann = await addUser(store, { domain, kind: 'PERSON', name: 'ann@corp.example', role: 'operator' }, now);
    await expect(come({ ...external, isEmailVerified: false })).rejects.toThrow('not verified');
    expect(await come({ ...external, isEmailVerified: false }, { trustEmail: true })).toMatchObject({ id: ann.id });
    expect(await come({ ...external, email: 'married@corp.example' })).toMatchObject({ id: ann.id, role: 'operator' });
    await expect(come({ ...external, subject: '43' })).rejects.toMatchObject({ code: 'access_denied' });
    await expect(come({ ...external, issuer: 'https://evil.example' })).rejects.toMatchObject({
      code: 'access_denied',
    });
    await changeUser(store, ann.id, { state: 'DISABLED' });
    await expect(come(external)).rejects.toMatchObject({ code: 'access_denied' });
  });

  it('is a new user where newcomers are let in, with the role that they get', async () => {
    const { come } = await withAdmin();
    await expect(come(external)).rejects.toMatchObject({ code: 'access_denied', where: 'ann@corp.example' });
    const made = await come(external, { newUsers: 'viewer' });
    expect(made).toMatchObject({ name: 'ann@corp.example', role: 'viewer', hasPassword: false, lastLoginAt: now });
    expect(await come(external)).toMatchObject({ id: made.id });
    const nameless = { issuer: external.issuer, subject: '44', isEmailVerified: true };
    await expect(come(nameless, { newUsers: 'viewer' })).rejects.toMatchObject({ code: 'access_denied' });
  });

  it('is never the first user', async () => {
    const store = await openTestStore();
    const { id: domain } = await homeDomain(store, now);
    const config: OidcConfig = { ...issuer.config, newUsers: 'admin' };
    await expect(signInExternal(store, domain, config, external, now)).rejects.toMatchObject({ code: 'access_denied' });
  });
});

describe('its configuration', () => {
  const env = { FLEETGAUGE_OIDC_ISSUER: 'https://id.example', FLEETGAUGE_OIDC_CLIENT_ID: 'gauge' };

  it('comes from the environment', () => {
    expect(oidcConfigFrom({})).toBeUndefined();
    expect(oidcConfigFrom({ ...env, FLEETGAUGE_OIDC_NEW_USERS: 'viewer', FLEETGAUGE_OIDC_CLIENT_SECRET: '' })).toEqual({
      issuer: 'https://id.example',
      clientId: 'gauge',
      name: 'OpenID',
      newUsers: 'viewer',
      trustEmail: false,
    });
  });

  it.each([
    { variable: 'FLEETGAUGE_OIDC_ISSUER', value: 'http://id.example' },
    { variable: 'FLEETGAUGE_OIDC_CLIENT_ID', value: '' },
    { variable: 'FLEETGAUGE_OIDC_NEW_USERS', value: 'root' },
  ])('is refused for $variable=$value', ({ variable, value }) => {
    expect(() => oidcConfigFrom({ ...env, [variable]: value })).toThrow(
      expect.objectContaining({ code: 'invalid_input', where: variable }),
    );
  });
});
