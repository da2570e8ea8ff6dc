import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startIssuer, type TestIssuer } from '#platform/identity/oidc/issuer.fixture.ts';
import { admin, cookieIn, openWithUsers, type TestServer, type Told, type Users } from './auth-server.fixture.ts';
import { SessionReply } from './identity-api.ts';
import { sampleNow } from './sample-fleet.fixture.ts';

let issuer: TestIssuer;
let opened: TestServer & Users;

beforeAll(async () => {
  issuer = await startIssuer(sampleNow);
});
afterAll(() => issuer.stop());
beforeEach(async () => {
  issuer.faults = {};
  issuer.person = { sub: '42', email: admin.email, email_verified: true };
  opened = await openWithUsers({ oidc: issuer.config });
});
afterEach(() => opened.close());

const begin = (returnTo = '/servers?q=idle') =>
  opened.ask('GET', `/api/login/oidc?return_to=${encodeURIComponent(returnTo)}`);

/** What the browser does at the issuer. @returns the path that it comes back to */
async function atIssuer(told: Told): Promise<string> {
  const answer = await fetch(told.headers.location ?? '', { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? '');
  expect(back.origin).toBe(opened.server.url);
  return back.pathname + back.search;
}

describe('signing in by OpenID', () => {
  it('leads to the issuer, back, and to where one wanted to go', async () => {
    const { openid } = SessionReply.parse((await opened.ask('GET', '/api/session')).data);
    expect(openid).toEqual({ name: 'Test' });
    const begun = await begin();
    expect(begun.status).toBe(302);
    expect(begun.headers['set-cookie']?.[0]).toMatch(
      /^fleetgauge_flow=[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    const back = await opened.ask('GET', await atIssuer(begun), { cookie: cookieIn(begun) });
    expect([back.status, back.headers.location]).toEqual([302, '/servers?q=idle']);
    expect(back.headers['set-cookie']).toContainEqual(expect.stringMatching(/^fleetgauge_flow=; .*Max-Age=0$/));
    const session = await opened.ask('GET', '/api/session', { cookie: cookieIn(back) });
    expect(session.data).toMatchObject({
      user: { name: admin.email, openid_issuer: issuer.url },
      role: 'admin',
    });
    expect(opened.reported).toEqual([]);
  });

  it('does not sign in a browser that did not begin it', async () => {
    const [mine, theirs] = [await begin(), await begin()];
    const callback = await atIssuer(theirs);
    const again = '/login?problem=secret_rejected';
    for (const [cookie, to] of [
      [undefined, again],
      [cookieIn(mine), `${again}&next=%2Fservers%3Fq%3Didle`],
      ['fleetgauge_flow=x.y', again],
    ] as const) {
      const back = await opened.ask('GET', callback, { cookie });
      expect([back.status, back.headers.location]).toEqual([302, to]);
      expect(cookieIn(back)).toBeUndefined();
    }
    expect(opened.reported).toHaveLength(3);
    // Anybody can ask for this as often as they like.
    expect(await opened.store.audit.list({ limit: 9, action: 'sign_in' })).toMatchObject([{ outcome: 'refused' }]);
  });

  it('lets in nobody who is not known here', async () => {
    issuer.person = { sub: '43', email: 'stranger@corp.example', email_verified: true };
    const begun = await begin();
    const back = await opened.ask('GET', await atIssuer(begun), { cookie: cookieIn(begun) });
    expect(back.headers.location).toBe('/login?problem=access_denied&next=%2Fservers%3Fq%3Didle');
    expect(opened.reported).toMatchObject([{ code: 'access_denied', where: 'stranger@corp.example' }]);
    const detail = { by: 'openid', code: 'access_denied' };
    expect(await opened.store.audit.list({ limit: 1 })).toMatchObject([
      { action: 'sign_in', actor: 'nobody', from: '127.0.0.1', outcome: 'refused', detail },
    ]);
  });

  it('says so where the person said no', async () => {
    const begun = await begin('/');
    const state = new URL(begun.headers.location ?? '').searchParams.get('state');
    const path = `/api/login/oidc/callback?error=access_denied&state=${state}`;
    const back = await opened.ask('GET', path, { cookie: cookieIn(begun) });
    expect(back.headers.location).toBe('/login?problem=secret_rejected');
    expect(opened.reported[0]?.message).toContain('"access_denied"');
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/a b', '\n/x'])(
    'never leads to %j',
    async (returnTo) => {
      expect((await begin(returnTo)).status).toBe(400);
      const begun = await begin('/');
      const secret = /=([^.]+)\./.exec(cookieIn(begun) ?? '')?.[1];
      const planted = `fleetgauge_flow=${secret}.${Buffer.from(returnTo).toString('base64url')}`;
      const back = await opened.ask('GET', await atIssuer(begun), { cookie: planted });
      expect(back.headers.location).toBe('/');
      const failed = await opened.ask('GET', '/api/login/oidc/callback?state=x', { cookie: planted });
      expect(failed.headers.location).toBe('/login?problem=secret_rejected');
    },
  );

  it('answers an error where the issuer is down', async () => {
    issuer.faults = { discovery: { issuer: 'https://other.example' } };
    const { status, error } = await begin();
    expect([status, error?.code]).toEqual([502, 'malformed_reply']);
  });
});
