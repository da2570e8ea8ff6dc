import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { OidcConfig } from '#platform/identity/oidc/config.ts';
import { ServerRow } from './api.ts';
import { openWithUsers, type TestServer, type Users } from './auth-server.fixture.ts';
import { UserRow } from './identity-api.ts';

let opened: TestServer & Users;

/** Longer than an honest request takes on a machine that is busy. */
const patience = { headersMs: 2_000, requestMs: 2_500, checkMs: 50 };

beforeAll(async () => {
  const oidc = OidcConfig.parse({ issuer: 'http://127.0.0.1:9', clientId: 'gauge' });
  opened = await openWithUsers({ patience, oidc });
});
afterAll(() => opened.close());

function dial(): Socket {
  const { hostname, port } = new URL(opened.server.url);
  return connect(Number(port), hostname).on('error', () => {});
}

/** An honest request gets through, if not at the first try: on a machine that is busy it may seem slow itself. */
const isUp = () =>
  vi.waitFor(async () => expect((await opened.ask('GET', '/healthz')).status).toBe(200), { timeout: 60_000 });

describe('slow clients', () => {
  it.concurrent.each([
    { how: 'send no headers', text: '' },
    { how: 'send headers without end', text: 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n' },
    {
      how: 'send a body without end',
      text: 'POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    },
  ])('that $how are sent away, and keep nobody else out', async ({ text }) => {
    const sockets = Array.from({ length: 50 }, dial);
    const gone = sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.write(text);
    // A byte now and then does not buy more time.
    const drip = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write(text === '' ? 'G' : 'x');
    }, 100);
    await isUp();
    await Promise.all(gone);
    clearInterval(drip);
    await isUp();
  });
});

describe('large requests', () => {
  it.each([
    { path: '/api/login', bytes: 10_000 },
    { path: '/api/users', bytes: 10_000 },
    { path: '/api/login', bytes: 5_000_000 },
  ])('to $path of $bytes bytes are refused', async ({ path, bytes }) => {
    const body = { email: 'x'.repeat(bytes), password: 'x' };
    const told = await opened.ask('POST', path, { body, bearer: opened.keys.admin }).catch((error: Error) => error);
    // The server may hang up before all of it was sent.
    if (!(told instanceof Error)) expect(told.status).toBe(400);
    await isUp();
  });

  it('without a length are refused as soon as they are too long', async () => {
    const socket = dial();
    await once(socket, 'connect');
    socket.write(
      'POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const sending = setInterval(() => socket.writable && socket.write(chunk), 5);
    const told = (
      await socket
        .setEncoding('utf8')
        .toArray()
        .catch(() => [])
    ).join('');
    clearInterval(sending);
    if (told !== '') expect(told).toMatch(/^HTTP\/1\.1 400 /);
    await isUp();
  });

  it('with endless headers are refused', async () => {
    const headers = { 'x-long': 'x'.repeat(20_000) };
    const told = await opened.ask('GET', '/healthz', { headers }).catch((error: Error) => error);
    if (!(told instanceof Error)) expect(told.status).toBe(431);
    expect((await opened.ask('GET', `/api/servers?search=${'x'.repeat(14_000)}`)).status).toBe(401);
  });

  it('that would change what all objects inherit are refused', async () => {
    const { hostname, port } = new URL(opened.server.url);
    for (const body of ['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}']) {
      const answer = await fetch(`http://${hostname}:${port}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(answer.status).toBe(400);
    }
    expect(Reflect.get({}, 'role')).toBeUndefined();
  });
});

/** What has a meaning in SQL, JSON paths, regular expressions, LIKE, shells, headers and pages. */
const payloads = [
  `' OR '1'='1`,
  `'; DROP TABLE "user"; --`,
  `" OR ""="`,
  `x') UNION SELECT id, password FROM "user" --`,
  `1; SELECT pg_sleep(10)`,
  `$.data"[0]`,
  `{"$ne": null}`,
  `{"key":"x","operator":"regex","value":"(a+)+$"}`,
  '(a+)+$',
  '%25%25%25_',
  '\\',
  'x\0y',
  'x\r\nset-cookie: a=b',
  '<script>alert(1)</script>',
  '__proto__',
  '../../etc/passwd',
  '\u202e\ud7ff\u{1f600}',
  '9'.repeat(400),
  '-1',
  'NaN',
];

const Document = z.object({
  paths: z.record(
    z.string(),
    z.object({
      get: z.object({ parameters: z.array(z.object({ in: z.string(), name: z.string() })).default([]) }).optional(),
    }),
  ),
});

/** Every parameter that a route of ours says it reads, and one that none does. */
async function readsOf(): Promise<{ path: string; parameters: readonly string[] }[]> {
  const { text } = await opened.ask('GET', '/api/openapi.json', { bearer: opened.keys.admin });
  return Object.entries(Document.parse(JSON.parse(text)).paths).flatMap(([path, { get }]) => {
    if (get === undefined) return [];
    const named = get.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    const id = path.includes('events') ? '999999' : '1';
    return [{ path: path.replaceAll(/\{\w+\}/g, id), parameters: [...named, 'nobody_reads_this'] }];
  });
}

/** What becomes of a payload inside of the query language. */
const expressions = ['name:PAYLOAD', 'name:~PAYLOAD', 'tag.PAYLOAD:x', 'cpu.p95:<PAYLOAD', '-PAYLOAD:x', '"PAYLOAD"'];

describe('what is made to be more than a value', () => {
  it('is a value or an error in every parameter of every route, and changes nothing', async () => {
    const before = await contents();
    const reads = await readsOf();
    expect(reads.filter(({ path }) => path.startsWith('/api/')).length).toBeGreaterThan(20);
    for (const { path, parameters } of reads) {
      for (const parameter of parameters) {
        for (const payload of payloads) {
          const query = `${parameter}=${encodeURIComponent(payload)}${parameter === 'code' ? '&state=x' : ''}`;
          const { status, text, headers } = await opened.ask('GET', `${path}?${query}`, { bearer: opened.keys.admin });
          const isFine = status < 500 || (path === '/api/login/oidc' && status === 503);
          expect([path, query, isFine]).toEqual([path, query, true]);
          expect(text).not.toMatch(/SQLITE|syntax error|argon2|\bat .*\.ts:\d+/);
          expect(headers['set-cookie']?.some((line) => line.startsWith('a=')) ?? false).toBe(false);
        }
      }
    }
    expect(await contents()).toEqual(before);
  });

  it('finds nothing where it is searched for', async () => {
    for (const payload of payloads.filter((text) => text !== '-1')) {
      for (const parameter of ['search', 'provider', 'account', 'region', 'state']) {
        const path = `/api/servers?${parameter}=${encodeURIComponent(payload)}`;
        const { status, meta } = await opened.ask('GET', path, { bearer: opened.keys.viewer });
        if (status === 200) expect([path, meta?.total]).toEqual([path, 0]);
        else expect([path, status]).toEqual([path, 400]);
      }
    }
  });

  it('is a value or an error anywhere in the query language', async () => {
    const before = await contents();
    for (const payload of payloads) {
      for (const expression of expressions) {
        const query = encodeURIComponent(expression.replace('PAYLOAD', payload));
        for (const path of ['/api/servers?limit=5&q=', '/api/rightsizing?limit=5&q=']) {
          const { status, text } = await opened.ask('GET', `${path}${query}`, { bearer: opened.keys.viewer });
          expect([path, expression, payload, [200, 400].includes(status)]).toEqual([path, expression, payload, true]);
          expect(text).not.toMatch(/SQLITE|syntax error|\bat .*\.ts:\d+/);
        }
      }
    }
    expect(await contents()).toEqual(before);
  });

  it('is a value or an error in every path and body', async () => {
    const before = await contents();
    for (const payload of payloads) {
      const part = encodeURIComponent(payload);
      for (const path of [
        `/api/servers/${part}`,
        `/api/jobs/${part}`,
        `/api/users/${part}/api-keys`,
        `/api/servers/${part}/history`,
        `/api/exports/${part}`,
        `/api/exports/${part}/file`,
      ]) {
        const { status } = await opened.ask('GET', path, { bearer: opened.keys.admin });
        expect([path, [400, 404, 414].includes(status)]).toEqual([path, true]);
      }
      for (const wish of [
        { kind: payload },
        { kind: 'servers', columns: [payload] },
        { kind: 'metrics', metrics: [payload] },
      ]) {
        const { status } = await opened.ask('POST', '/api/exports', { bearer: opened.keys.admin, body: wish });
        expect([wish, status]).toEqual([wish, 400]);
      }
      const body = { name: payload, role: payload, kind: payload };
      expect((await opened.ask('POST', '/api/users', { bearer: opened.keys.admin, body })).status).toBe(400);
      const service = { name: payload, role: 'viewer', kind: 'SERVICE' };
      expect((await opened.ask('POST', '/api/users', { bearer: opened.keys.admin, body: service })).status).toBe(400);
      const { status } = await opened.ask('PATCH', `/api/users/${part}`, {
        bearer: opened.keys.admin,
        body: { role: 'admin' },
      });
      expect([400, 404, 414]).toContain(status);
    }
    for (const payload of [`' OR '1'='1`, 'x\0y', '{"$ne": null}']) {
      const login = await opened.ask('POST', '/api/login', { body: { email: payload, password: payload } });
      expect([400, 401]).toContain(login.status);
    }
    expect(await contents()).toEqual(before);
  });
});

async function contents() {
  const users = await opened.ask('GET', '/api/users', { bearer: opened.keys.admin });
  const servers = await opened.ask('GET', '/api/servers', { bearer: opened.keys.admin });
  return {
    users: z.array(UserRow).parse(users.data),
    servers: z.array(ServerRow).parse(servers.data),
    jobs: await opened.store.jobs.list({ limit: 10 }),
  };
}
