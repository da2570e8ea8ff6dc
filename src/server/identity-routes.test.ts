import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { issueAccessToken } from '#platform/identity/tokens.ts';
import { keyOf } from '#platform/secret/master-key.fixture.ts';
import { type Asked, admin, openWithUsers, type TestServer, type Users } from './auth-server.fixture.ts';
import { ApiKeyRow, NewApiKeyReply, UserRow } from './identity-api.ts';
import { sampleNow } from './sample-fleet.fixture.ts';

let opened: TestServer & Users;

beforeAll(async () => {
  opened = await openWithUsers();
});
afterAll(() => opened.close());

const asAdmin = (method: string, path: string, asked: Asked = {}) =>
  opened.ask(method, path, { bearer: opened.keys.admin, ...asked });
const KeySet = z.strictObject({ keys: z.array(z.looseObject({ kty: z.string() })) });
const ben = { name: 'Ben@corp.example', role: 'operator', password: 'correct horse battery' };

describe('users', () => {
  it('are added, listed, changed and signed out by an admin', async () => {
    const { status, data } = await asAdmin('POST', '/api/users', { body: ben });
    expect(status).toBe(201);
    const row = {
      id: expect.stringMatching(/^user-[0-9a-f]{12}$/),
      kind: 'PERSON',
      name: 'ben@corp.example',
      role: 'operator',
      state: 'ENABLED',
      has_password: true,
      openid_issuer: null,
      created_at: '2026-11-22T10:00:00.000Z',
      last_login_at: null,
    };
    expect(data).toEqual({ ...row, created_at: new Date(sampleNow).toISOString() });
    const users = z.array(UserRow).parse((await asAdmin('GET', '/api/users')).data);
    expect(users.map(({ name }) => name)).toEqual([
      'ann@corp.example',
      'ben@corp.example',
      'ci-admin',
      'ci-operator',
      'ci-viewer',
    ]);
    const path = `/api/users/${UserRow.parse(data).id}`;
    expect((await asAdmin('PATCH', path, { body: { role: 'viewer', state: 'DISABLED' } })).data).toMatchObject({
      role: 'viewer',
      state: 'DISABLED',
    });
    const again = { email: ben.name, password: 'another good password' };
    expect((await asAdmin('POST', `${path}/password`, { body: { password: again.password } })).status).toBe(200);
    expect((await opened.ask('POST', '/api/login', { body: again })).status).toBe(401);
    await asAdmin('PATCH', path, { body: { state: 'ENABLED' } });
    expect((await opened.ask('POST', '/api/login', { body: again })).status).toBe(200);
  });

  it.each([
    { method: 'POST', path: '/api/users', body: { ...ben, name: admin.email }, status: 409 },
    { method: 'POST', path: '/api/users', body: { ...ben, name: 'carl' }, status: 400 },
    { method: 'POST', path: '/api/users', body: { ...ben, role: 'root' }, status: 400 },
    { method: 'POST', path: '/api/users', body: { ...ben, state: 'ENABLED' }, status: 400 },
    { method: 'PATCH', path: '/api/users/user-000000000000', body: { role: 'viewer' }, status: 404 },
    { method: 'PATCH', path: '/api/users/1', body: { role: 'viewer' }, status: 400 },
    { method: 'PATCH', path: '/api/users/user-000000000000', body: {}, status: 400 },
    { method: 'POST', path: '/api/users/user-000000000000/password', body: { password: 'x' }, status: 404 },
    { method: 'GET', path: '/api/users?role=admin', status: 400 },
  ])('$method $path $body answers $status', async ({ method, path, body, status }) => {
    expect((await asAdmin(method, path, body === undefined ? {} : { body })).status).toBe(status);
  });

  it('keep an admin, and change something or nothing', async () => {
    const path = `/api/users/${opened.admin.id}`;
    expect((await asAdmin('PATCH', path, { body: { role: 'viewer' } })).error).toMatchObject({ code: 'conflict' });
    expect((await asAdmin('PATCH', path, { body: {} })).status).toBe(400);
  });
});

describe('API keys', () => {
  it('are made by their owner, shown once, and revoked', async () => {
    const asViewer = (method: string, path: string, asked: Asked = {}) =>
      opened.ask(method, path, { bearer: opened.keys.viewer, ...asked });
    const expires_at = new Date(sampleNow + 1000).toISOString();
    const made = await asViewer('POST', '/api/api-keys', { body: { name: 'laptop', expires_at } });
    expect(made.status).toBe(201);
    const { secret, ...row } = NewApiKeyReply.parse(made.data);
    expect(row).toMatchObject({ name: 'laptop', form: 'OPAQUE', expires_at, last_used_at: null });
    expect((await opened.ask('GET', '/api/status', { bearer: secret })).status).toBe(200);
    const listed = await asViewer('GET', '/api/api-keys');
    const names = z
      .array(ApiKeyRow)
      .parse(listed.data)
      .map(({ name }) => name);
    expect(names.sort()).toEqual(['laptop', 'viewer']);
    expect(listed.text).not.toContain(secret);
    const { id } = row;
    const byOther = { bearer: opened.keys.operator };
    expect((await opened.ask('DELETE', `/api/api-keys/${id}`, byOther)).status).toBe(404);
    expect((await asViewer('DELETE', `/api/api-keys/${id}`)).status).toBe(200);
    expect((await opened.ask('GET', '/api/status', { bearer: secret })).status).toBe(401);
  });

  it('of others are made and revoked by an admin', async () => {
    const path = `/api/users/${opened.admin.id}/api-keys`;
    const made = await asAdmin('POST', path, { body: { name: 'k' } });
    const { id, secret } = NewApiKeyReply.parse(made.data);
    const session = await opened.ask('GET', '/api/session', { bearer: secret });
    expect(session.data).toMatchObject({ user: { name: admin.email } });
    expect((await asAdmin('GET', path)).data).toMatchObject([{ id }]);
    expect((await asAdmin('DELETE', `${path}/${id}`)).status).toBe(200);
    expect((await asAdmin('DELETE', `${path}/${id}`)).status).toBe(404);
  });

  it.each([
    {},
    { name: '' },
    { name: 'a\0b' },
    { name: 'k', expires_at: 'tomorrow' },
    { name: 'k', expires_at: '2020-01-01T00:00:00Z' },
  ])('are refused as %j', async (body) => {
    expect((await asAdmin('POST', '/api/api-keys', { body })).status).toBe(400);
  });
});

describe('public keys', () => {
  it('tell our tokens from others, and nothing of the private ones', async () => {
    const token = await issueAccessToken(
      opened.store,
      await keyOf(1),
      opened.admin,
      { generation: 'V2', lifeMs: 60_000 },
      sampleNow,
    );
    const { body, text, headers } = await opened.ask('GET', '/.well-known/jwks.json');
    expect(headers['cache-control']).toBe('public, max-age=300');
    expect(text).not.toMatch(/"(d|p|q|dp|dq|qi)"/);
    const { payload } = await jwtVerify(token, createLocalJWKSet(KeySet.parse(body)), {
      currentDate: new Date(sampleNow),
    });
    expect(payload.aud).toBe(opened.admin.id);
  });
});
