import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AuditRow } from './api.ts';
import { admin, cookieIn, openServer, openWithUsers, type TestServer, type Users } from './auth-server.fixture.ts';
import { NewApiKeyReply, UserRow } from './identity-api.ts';

let opened: TestServer & Users;
beforeAll(async () => {
  opened = await openWithUsers();
});
afterAll(() => opened.close());

const rowsIn = (data: unknown) => z.array(AuditRow).parse(data);

async function newest(count: number) {
  const { status, data } = await opened.ask('GET', `/api/audit?limit=${count}`, { bearer: opened.keys.admin });
  expect(status).toBe(200);
  return rowsIn(data);
}

describe('the audit log', () => {
  it('knows who signed in, who was refused, and from where', async () => {
    const secret = 'a wrong guess';
    await opened.ask('POST', '/api/login', { body: { email: admin.email.toUpperCase(), password: secret } });
    const login = await opened.ask('POST', '/api/login', { body: { email: admin.email, password: admin.password } });
    const cookie = cookieIn(login);
    const sent = { cookie, headers: { 'sec-fetch-site': 'same-origin' } };
    await opened.ask('POST', '/api/logout', sent);
    const [out, ok, refused] = await newest(3);
    expect(refused).toMatchObject({ action: 'sign_in', outcome: 'refused', actor: admin.email, from: '127.0.0.1' });
    expect(ok).toMatchObject({ action: 'sign_in', outcome: 'ok', actor: admin.email, at: '2026-11-22T10:00:00.000Z' });
    expect(out).toMatchObject({ action: 'sign_out', outcome: 'ok', actor: admin.email, actor_id: opened.admin.id });
    expect(JSON.stringify([out, ok, refused])).not.toMatch(new RegExp(`${secret}|${admin.password}`));
  });

  it('has no word of what somebody typed who is not known: it may be a password', async () => {
    await opened.ask('POST', '/api/login', { body: { email: 'hunter2 hunter2', password: 'ann' } });
    const [newestEntry] = await newest(1);
    expect(newestEntry).toMatchObject({ action: 'sign_in', outcome: 'refused', actor: 'nobody', target: null });
  });

  it('has one entry a minute of what nobody in particular was refused again and again', async () => {
    const ask = () => opened.ask('POST', '/api/jobs', { body: {} });
    const refused = async () =>
      (await opened.store.audit.list({ limit: 9, action: 'job.start' })).map(({ actor, outcome }) => [actor, outcome]);
    for (let nth = 0; nth < 3; nth++) expect((await ask()).status).toBe(401);
    expect(await refused()).toEqual([['nobody', 'refused']]);
  });

  it('knows what became of users and keys, and none of their secrets', async () => {
    const bearer = opened.keys.admin;
    const password = 'four words make one';
    const added = await opened.ask('POST', '/api/users', {
      bearer,
      body: { name: 'eve@corp.example', role: 'viewer', password },
    });
    const { id } = UserRow.parse(added.data);
    await opened.ask('PATCH', `/api/users/${id}`, { bearer, body: { role: 'operator' } });
    const made = await opened.ask('POST', `/api/users/${id}/api-keys`, { bearer, body: { name: 'ci' } });
    const key = NewApiKeyReply.parse(made.data);
    await opened.ask('DELETE', `/api/users/${id}/api-keys/${key.id}`, { bearer });
    await opened.ask('POST', '/api/users', {
      bearer: opened.keys.viewer,
      body: { name: 'x@corp.example', role: 'admin' },
    });
    const log = await newest(5);
    expect(log.map((row) => [row.actor, row.action, row.outcome, row.target])).toEqual([
      ['ci-viewer', 'user.add', 'refused', null],
      ['ci-admin', 'api_key.remove', 'ok', key.id],
      ['ci-admin', 'api_key.add', 'ok', id],
      ['ci-admin', 'user.change', 'ok', id],
      ['ci-admin', 'user.add', 'ok', 'eve@corp.example'],
    ]);
    expect(log[3]?.detail).toEqual({ role: 'operator', request_id: expect.any(String) });
    const text = JSON.stringify(log);
    for (const secret of [password, key.secret, bearer]) expect(text).not.toContain(secret);
  });

  it('is for admins, page by page, and by actor or action', async () => {
    for (const role of ['viewer', 'operator'] as const) {
      expect((await opened.ask('GET', '/api/audit', { bearer: opened.keys[role] })).status).toBe(403);
    }
    const all = await newest(200);
    const first = await opened.ask('GET', '/api/audit?limit=3', { bearer: opened.keys.admin });
    const rest = await opened.ask('GET', `/api/audit?cursor=${first.meta?.next}`, { bearer: opened.keys.admin });
    expect([...rowsIn(first.data), ...rowsIn(rest.data)]).toEqual(all);
    const mine = await opened.ask('GET', '/api/audit?actor=ci-viewer&action=user.add', { bearer: opened.keys.admin });
    expect(mine.data).toHaveLength(1);
    expect((await opened.ask('GET', '/api/audit?action=nothing', { bearer: opened.keys.admin })).status).toBe(400);
  });

  it('does not grow by what is malformed, or is only looked at', async () => {
    const before = (await newest(200)).length;
    await opened.ask('POST', '/api/users', { bearer: opened.keys.admin, body: { name: 7 } });
    await opened.ask('GET', '/api/users', { bearer: opened.keys.admin });
    expect(await newest(200)).toHaveLength(before);
  });

  it('knows who decided on suggestions, chose a policy, and began a run', async () => {
    const bearer = opened.keys.operator;
    const policy = await opened.ask('PUT', '/api/rightsizing/policy', { bearer, body: { name: 'careful' } });
    expect(policy.status).toBe(200);
    const body = { ids: [1, 2], state: 'dismissed', note: 'they are new' };
    const decided = await opened.ask('POST', '/api/rightsizing/decisions', { bearer, body });
    const viewer = opened.keys.viewer;
    await opened.ask('POST', '/api/rightsizing/decisions', { bearer: viewer, body });
    const [refused, decision, choice] = await newest(3);
    expect(refused).toMatchObject({ action: 'rightsizing.decide', actor: 'ci-viewer', outcome: 'refused' });
    const outcome = decided.status === 200 ? 'ok' : 'refused';
    expect(decision).toMatchObject({ action: 'rightsizing.decide', actor: 'ci-operator', target: '1, 2', outcome });
    expect(decision?.detail).toEqual({ state: 'dismissed', request_id: expect.any(String) });
    expect(choice).toMatchObject({ action: 'rightsizing.policy', actor: 'ci-operator', outcome: 'ok' });
  });

  it('names who sits at the machine where there are no users', async () => {
    const local = await openServer();
    await local.ask('POST', '/api/users', {
      body: { name: 'first@corp.example', role: 'admin', password: 'four words make one' },
    });
    expect(await local.store.audit.list({ limit: 1 })).toMatchObject([
      { actor: 'local', action: 'user.add', target: 'first@corp.example', outcome: 'ok' },
    ]);
    await local.close();
  });
});
