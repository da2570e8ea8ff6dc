import { connect } from 'node:net';
import fastify from 'fastify';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OidcConfig } from '#platform/identity/oidc/config.ts';
import { issueAccessToken, signToken } from '#platform/identity/tokens.ts';
import { addUser } from '#platform/identity/users.ts';
import { keyOf } from '#platform/secret/master-key.fixture.ts';
import { type Role, roles } from '#store/identity.ts';
import { access, accessOf } from './auth-access.ts';
import { addAuthGuard } from './auth-guard.ts';
import { openServer, openWithUsers, type TestServer, type Users } from './auth-server.fixture.ts';
import { sampleNow } from './sample-fleet.fixture.ts';
import { cookieJar } from './session-cookie.ts';

let opened: TestServer & Users;

// Nobody listens there; what matters is who is let through.
const oidc = OidcConfig.parse({ issuer: 'http://127.0.0.1:9', clientId: 'gauge' });

beforeAll(async () => {
  opened = await openWithUsers({ oidc });
});
afterAll(() => opened.close());

const routesOf = (): { method: string; url: string }[] =>
  opened.server.routes.map((route) => {
    const [method = '', url = ''] = route.split(' ');
    return { method, url };
  });

/** Something that is not there, so that whoever is let through changes nothing. */
const pathOf = (url: string) =>
  url
    .replace('/users/:id', '/users/user-000000000000')
    .replace('/api-keys/:id', '/api-keys/key-000000000000')
    .replace(':key', 'key-000000000000')
    .replace(':id', '999999')
    .replace('*', 'some/page');

const refusals = /^(sign in first|nobody may use this|this takes the role)/;

describe('every route', () => {
  it('has an entry, and every entry a route', () => {
    const routes = routesOf();
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.filter(({ method, url }) => accessOf(method, url) === undefined)).toEqual([]);
    const known = new Set(opened.server.routes);
    expect(Object.keys(access).filter((entry) => !known.has(entry))).toEqual([]);
  });

  it('that tells of the fleet is for those who have signed in, and that changes it for more than viewers', () => {
    const open = Object.keys(access).filter((entry) => access[entry] === 'public' || access[entry] === 'anyone');
    expect(open.sort()).toEqual([
      'GET /*',
      'GET /.well-known/jwks.json',
      'GET /api/login/oidc',
      'GET /api/login/oidc/callback',
      'GET /api/session',
      'GET /healthz',
      'GET /readyz',
      'POST /api/login',
    ]);
    const byViewers = Object.keys(access).filter((entry) => access[entry] === 'viewer' && !entry.startsWith('GET '));
    expect(byViewers.sort()).toEqual([
      'DELETE /api/api-keys/:id',
      'DELETE /api/exports/:id',
      'POST /api/api-keys',
      'POST /api/exports',
      'POST /api/exports/:id/cancel',
      'POST /api/logout',
      'POST /api/session/password',
    ]);
    for (const entry of Object.keys(access).filter((one) => one.includes('/api/users'))) {
      expect([entry, access[entry]]).toEqual([entry, 'admin']);
    }
  });

  it.each(['nobody', ...roles] as const)('is for %s where the table says so', async (who) => {
    const wrong: string[] = [];
    for (const { method, url } of routesOf()) {
      const needed = accessOf(method, url) ?? 'admin';
      const isOpen = needed === 'public' || needed === 'anyone';
      const bearer = who === 'nobody' ? {} : { bearer: opened.keys[who] };
      const body = method === 'POST' || method === 'PATCH' ? { body: {} } : {};
      const { status, error } = await opened.ask(method, pathOf(url), { ...bearer, ...body });
      const isRefused = method === 'HEAD' ? status === 401 || status === 403 : refusals.test(error?.message ?? '');
      const isAllowed = isOpen || (who !== 'nobody' && roles.indexOf(who) >= roles.indexOf(asRole(needed)));
      if (isRefused === isAllowed || (status >= 500 && url !== '/api/login/oidc'))
        wrong.push(`${method} ${url}: ${status}`);
      if (!isAllowed) expect([url, status]).toEqual([url, who === 'nobody' ? 401 : 403]);
    }
    expect(wrong).toEqual([]);
  });

  it('without an entry is refused, also for an admin', async () => {
    const app = fastify();
    addAuthGuard(app, { store: opened.store, cookies: cookieJar(false), isLocal: true, now: () => sampleNow });
    app.get('/api/forgotten', () => 'told');
    app.get('/api/servers/:id/forgotten', () => 'told');
    for (const url of ['/api/forgotten', '/api/servers/1/forgotten']) {
      const headers = { authorization: `Bearer ${opened.keys.admin}` };
      expect(await app.inject({ url, headers })).toMatchObject({
        statusCode: 500,
        body: expect.stringContaining('nobody may use this'),
      });
      expect(await app.inject({ url, method: 'HEAD', headers })).toMatchObject({ statusCode: 500 });
    }
    await app.close();
  });
});

function asRole(needed: string): Role {
  return roles.find((role) => role === needed) ?? 'admin';
}

describe('tokens', () => {
  it('open what the role of their user may see, as long as they last', async () => {
    const token = await issueAccessToken(
      opened.store,
      await keyOf(1),
      opened.admin,
      { generation: 'V2', lifeMs: 60_000 },
      sampleNow,
    );
    expect((await opened.ask('GET', '/api/users', { bearer: token })).status).toBe(200);
    opened.clock.now = sampleNow + 60_000;
    expect((await opened.ask('GET', '/api/users', { bearer: token })).status).toBe(401);
    opened.clock.now = sampleNow;
  });

  it('are refused where they are forged, of another domain, or no tokens', async () => {
    const { store } = opened;
    const masterKey = await keyOf(1);
    const good = await issueAccessToken(
      store,
      masterKey,
      opened.admin,
      { generation: 'V2', lifeMs: 60_000 },
      sampleNow,
    );
    const [, payload = '', signature = ''] = good.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const other = await store.identity.addDomain({ id: 'domain-ffffffffffff', name: 'other', createdAt: 1 });
    const eve = await addUser(store, { domain: other.id, kind: 'PERSON', name: 'eve@corp.example', role: 'admin' }, 1);
    const bad = [
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      await issueAccessToken(store, masterKey, eve, { generation: 'V2', lifeMs: 60_000 }, sampleNow),
      await signToken(store, masterKey, other.id, decodeJwt(good), sampleNow),
      good.slice(0, -4),
      `${opened.keys.admin}x`,
      'fgk_000000000000_0000000000000000000000000000000000000000000',
      'x',
    ];
    for (const bearer of bad) {
      const { status, headers } = await opened.ask('GET', '/api/users', { bearer });
      expect([bearer, status, headers['www-authenticate']]).toEqual([bearer, 401, 'Bearer realm="fleetgauge"']);
    }
    for (const authorization of ['Bearer', 'Basic YTpi', `Bearer ${good} ${good}`, 'bearer\t', '']) {
      expect((await opened.ask('GET', '/api/users', { headers: { authorization } })).status).toBe(401);
    }
  });
});

describe('other ways to the same route', () => {
  it.each([
    '//api/users',
    '/api//users',
    '/api/users/',
    '/API/users',
    '/api/users;a=b',
    '/api/users%2f',
    '/api%2fusers',
    '/%61pi/users',
    '/x/../api/users',
    '/x/%2e%2e/api/users',
    '/assets/..%2fapi/users',
    '/api/session/../users',
    '/api/session/%2e%2e/users',
    'http://127.0.0.1/api/users',
    '/api/users?x=/healthz',
    '/api/users#/healthz',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
  ])('%s shows nothing to those who have not signed in', async (path) => {
    const { status, text } = await opened.ask('GET', path);
    expect(text).not.toContain('user-');
    expect(text).not.toContain('a file beside the console');
    if (status === 200) expect(text).toBe('<title>console</title>');
  });

  it('X-HTTP-Method-Override and the like change nothing', async () => {
    const headers = { 'x-http-method-override': 'GET', 'x-original-url': '/healthz', 'x-rewrite-url': '/healthz' };
    expect((await opened.ask('POST', '/api/users', { headers, body: {} })).status).toBe(401);
  });
});

describe('before there are users', () => {
  it('whoever is at this machine may do all, and no longer once there is one', async () => {
    const open = await openServer();
    const session = async () => (await open.ask('GET', '/api/session')).data;
    expect(await session()).toEqual({ sign_in: 'none', openid: null, user: null, role: 'admin', expires_at: null });
    expect((await open.ask('GET', '/api/servers')).status).toBe(200);
    expect((await open.ask('POST', '/api/api-keys', { body: { name: 'k' } })).error?.code).toBe('conflict');
    const first = { name: 'ann@corp.example', role: 'admin', password: 'correct horse battery' };
    expect((await open.ask('POST', '/api/users', { body: { ...first, role: 'viewer' } })).status).toBe(409);
    expect((await open.ask('POST', '/api/users', { body: first })).status).toBe(201);
    expect(await session()).toEqual({ sign_in: 'required', openid: null, user: null, role: null, expires_at: null });
    expect((await open.ask('GET', '/api/servers')).status).toBe(401);
    await open.close();
  });

  it.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])(
    'nobody comes in through a proxy (%s)',
    async (name) => {
      const open = await openServer();
      expect((await open.ask('GET', '/api/servers', { headers: { [name]: '203.0.113.9' } })).status).toBe(401);
      await open.close();
    },
  );

  it('no server listens where others could reach it', async () => {
    await expect(openServer({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'access_denied',
      where: '0.0.0.0',
      fix: expect.stringContaining('fleetgauge user add'),
    });
    const hidden = { publicUrl: 'https://gauge.corp' };
    await expect(openServer(hidden)).rejects.toMatchObject({ code: 'access_denied', where: 'gauge.corp' });
    for (const publicUrl of ['gauge.corp', 'ftp://gauge.corp', 'https://gauge.corp/fleet']) {
      await expect(openServer({ publicUrl })).rejects.toMatchObject({ code: 'invalid_input', where: publicUrl });
    }
    const { ask, close } = await openWithUsers({ host: '0.0.0.0' });
    expect((await ask('GET', '/api/servers')).status).toBe(401);
    await close();
  });
});

describe('pages of strangers', () => {
  const login = { body: { email: 'ann@corp.example', password: 'wrong password' } };
  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'http://127.0.0.1.evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' },
  ])('cannot make a browser send %o', async (headers) => {
    const { status, error } = await opened.ask('POST', '/api/login', { ...login, headers });
    expect([status, error?.message]).toEqual([403, 'this was sent by a page of another site']);
    expect((await opened.ask('POST', '/api/logout', { headers })).status).toBe(403);
  });

  it('are told from our own, and from what is no browser', async () => {
    const { host } = new URL(opened.server.url);
    for (const headers of [
      { origin: `http://${host}` },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      {},
    ]) {
      expect((await opened.ask('POST', '/api/login', { body: {}, headers })).status).toBe(400);
    }
    const withKey = { bearer: opened.keys.admin, headers: { origin: 'https://script.example' }, body: {} };
    expect((await opened.ask('POST', '/api/users', withKey)).status).toBe(400);
  });

  it('cannot send what is not JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const { status, error } = await opened.ask('POST', '/api/login', { ...login, headers: { 'content-type': type } });
      expect([type, status, error?.code]).toEqual([type, 400, 'invalid_query']);
    }
  });
});

it('an address without a route answers as before', async () => {
  expect((await opened.ask('GET', '/api/nothing')).error?.code).toBe('not_found');
  expect((await opened.ask('GET', '/servers/12')).text).toBe('<title>console</title>');
});

it('a request that is no HTTP gets no further', async () => {
  const { hostname, port } = new URL(opened.server.url);
  const socket = connect(Number(port), hostname);
  socket.end(
    'GET /api/users HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
  );
  const told = (await socket.setEncoding('utf8').toArray()).join('');
  expect(told).toMatch(/^HTTP\/1\.1 400 /);
});
