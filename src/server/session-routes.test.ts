import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { countAttempt } from '#platform/identity/login-limits.ts';
import { sessionLimits } from '#platform/identity/sessions.ts';
import { changeUser } from '#platform/identity/users.ts';
import { admin, cookieIn, openWithUsers, type TestServer, type Told, type Users } from './auth-server.fixture.ts';
import { UserRow } from './identity-api.ts';

let opened: TestServer & Users;

beforeEach(async () => {
  opened = await openWithUsers();
});
afterEach(() => opened.close());

const login = (body: object = admin, cookie?: string): Promise<Told> =>
  opened.ask('POST', '/api/login', { body, cookie });
const status = async (cookie: string | undefined) => (await opened.ask('GET', '/api/status', { cookie })).status;

describe('a session', () => {
  it('begins with email and password, and is a cookie that scripts cannot read', async () => {
    const told = await login();
    expect(told.status).toBe(200);
    expect(told.headers['set-cookie']).toEqual([
      expect.stringMatching(/^fleetgauge_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/),
    ]);
    expect(told.data).toMatchObject({
      sign_in: 'required',
      user: { name: admin.email, role: 'admin', has_password: true },
      role: 'admin',
      expires_at: new Date(opened.clock.now + sessionLimits.idleMs).toISOString(),
    });
    expect(JSON.stringify(told.body)).not.toContain(cookieIn(told)?.split('=')[1]);
    expect(await status(cookieIn(told))).toBe(200);
    const session = await opened.ask('GET', '/api/session', { cookie: cookieIn(told) });
    expect(session.data).toMatchObject({ user: { name: admin.email } });
  });

  it('is another one each time: the one that came with the login ends', async () => {
    const first = cookieIn(await login());
    const planted = 'fleetgauge_session=0000000000000000000000000000000000000000000';
    const second = cookieIn(await login(admin, `${planted}; ${first}`));
    expect(second).not.toBe(planted);
    const third = cookieIn(await login(admin, second));
    expect(await Promise.all([status(planted), status(second), status(third)])).toEqual([401, 401, 200]);
  });

  it('ends with a logout, for all who have its cookie', async () => {
    const cookie = cookieIn(await login());
    const told = await opened.ask('POST', '/api/logout', { cookie });
    expect(told.headers['set-cookie']).toEqual(['fleetgauge_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0']);
    expect(told.data).toMatchObject({ user: null, role: null });
    expect(await status(cookie)).toBe(401);
  });

  it('ends when it is not used, and with its user', async () => {
    const cookie = cookieIn(await login());
    opened.clock.now += sessionLimits.idleMs - 1;
    expect(await status(cookie)).toBe(200);
    opened.clock.now += sessionLimits.idleMs;
    expect(await status(cookie)).toBe(401);
    const next = cookieIn(await login());
    const { store, users } = { store: opened.store, users: await opened.ask('GET', '/api/users', { cookie: next }) };
    const rows = z.array(UserRow).parse(users.data);
    const operator = UserRow.parse(rows.find(({ name }) => name === 'ci-operator'));
    await changeUser(store, operator.id, { state: 'DISABLED' });
    expect((await opened.ask('GET', '/api/status', { bearer: opened.keys.operator })).status).toBe(401);
  });

  it('does not make up for a bad key', async () => {
    const cookie = cookieIn(await login());
    expect((await opened.ask('GET', '/api/status', { cookie, bearer: 'bad' })).status).toBe(401);
  });

  it('has a cookie of its own host alone where browsers come by TLS', async () => {
    const secure = await openWithUsers({ publicUrl: 'https://gauge.corp' });
    const headers = { host: 'gauge.corp', origin: 'https://gauge.corp' };
    const told = await secure.ask('POST', '/api/login', { body: admin, headers });
    expect(told.headers['set-cookie']?.[0]).toMatch(
      /^__Host-fleetgauge_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$/,
    );
    expect((await secure.ask('GET', '/api/status', { cookie: cookieIn(told), headers })).status).toBe(200);
    const inner = { 'x-forwarded-for': '203.0.113.9', origin: 'https://gauge.corp' };
    expect((await secure.ask('POST', '/api/login', { body: admin, headers: inner })).status).toBe(200);
    await secure.close();
  });
});

describe('signing in', () => {
  it('says the same whoever it is, and where they have to wait for how long', async () => {
    const answers: (readonly [number, string | undefined, unknown])[] = [];
    for (const email of [admin.email, 'nobody@corp.example']) {
      for (let round = 0; round < 7; round++) {
        const { status, headers, error } = await login({ email, password: 'wrong password' });
        answers.push([status, headers['retry-after'], error]);
      }
    }
    expect(answers.slice(7)).toEqual(answers.slice(0, 7));
    expect(answers.slice(0, 7).map(([status, wait]) => [status, wait])).toEqual([
      ...Array(5).fill([401, undefined]),
      ...Array(2).fill([429, '1']),
    ]);
    opened.clock.now += 1000;
    expect((await login()).status).toBe(200);
  });

  it('counts many at once as many', async () => {
    const tries = Array.from({ length: 12 }, () => login({ ...admin, password: 'wrong password' }));
    const statuses = (await Promise.all(tries)).map((told) => told.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
  });

  it.each([
    { trusted: {}, status: 429 },
    { trusted: { trustedProxies: ['127.0.0.1'] }, status: 401 },
  ])(
    'counts by the address that a trusted proxy tells: with $trusted it answers $status',
    async ({ trusted, status }) => {
      const proxied = await openWithUsers(trusted);
      const { domain } = proxied.admin;
      const { now } = proxied.clock;
      for (let at = 0; at < 20; at++) {
        await countAttempt(proxied.store, { domain, name: `user-${at}`, address: '127.0.0.1' }, now);
      }
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      const body = { ...admin, password: 'wrong password' };
      expect((await proxied.ask('POST', '/api/login', { body, headers })).status).toBe(status);
      await proxied.close();
    },
  );

  it.each([{}, { email: admin.email }, { ...admin, more: 1 }, { email: 1, password: [] }, [], null])(
    'refuses the body %j',
    async (body) => {
      const { status, error } = await opened.ask('POST', '/api/login', { body });
      expect([status, error?.code]).toEqual([400, 'invalid_query']);
    },
  );
});

describe('a new password', () => {
  it('takes the old one, and ends all other sessions', async () => {
    const [here, there] = [cookieIn(await login()), cookieIn(await login())];
    const next = 'another good password';
    const ask = (current: string, cookie: string | undefined) =>
      opened.ask('POST', '/api/session/password', { cookie, body: { current, next } });
    expect((await ask('wrong password', here)).status).toBe(401);
    const told = await ask(admin.password, here);
    expect(told.status).toBe(200);
    expect(await Promise.all([here, there, cookieIn(told)].map(status))).toEqual([401, 401, 200]);
    expect((await login()).status).toBe(401);
    expect((await login({ ...admin, password: next })).status).toBe(200);
    expect(
      (await opened.ask('POST', '/api/session/password', { bearer: opened.keys.admin, body: { current: '', next } }))
        .status,
    ).toBe(403);
  });
});
