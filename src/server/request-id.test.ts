import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Span, traceTo } from '#model/span.ts';
import { ErrorReply } from './api.ts';
import { openServer, type TestServer } from './auth-server.fixture.ts';

const made = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let test: TestServer;
let told: (string | undefined)[] = [];
beforeEach(async () => {
  told = [];
  test = await openServer({ report: (_error, requestId) => told.push(requestId) });
});
afterEach(() => test.close());

it.each([
  '/',
  '/healthz',
  '/metrics',
  '/api/status',
  '/api/openapi.json',
  '/api/servers/export?format=csv',
  '/api/jobs/99/events',
  '/api/nothing',
  '/%ff',
  '/x.png',
])('names the request in the answer to %s', async (path) => {
  const { headers } = await test.ask('GET', path);
  expect(headers['x-request-id']).toMatch(made);
});

it.each([
  { given: 'deploy-42.canary:7', kept: true },
  { given: 'f'.repeat(100), kept: true },
  { given: 'f'.repeat(101), kept: false },
  { given: 'short', kept: false },
  { given: '-starts-like-a-flag', kept: false },
  { given: '<script>alert(1)</script>', kept: false },
  { given: 'two words of it', kept: false },
])('takes the id of the caller where it looks like one: $given', async ({ given, kept }) => {
  const { headers, body } = await test.ask('GET', '/api/servers/1234567', { headers: { 'x-request-id': given } });
  const id = headers['x-request-id'];
  expect(id === given).toBe(kept);
  if (!kept) expect(id).toMatch(made);
  expect(ErrorReply.parse(body)).toMatchObject({ error: { code: 'not_found' }, request_id: id });
});

it('names it to whoever reads the log, where the fault is ours', async () => {
  await test.store.close();
  const { status, headers } = await test.ask('GET', '/api/status');
  expect(status).toBe(500);
  // What works in the background finds the store closed, too, and was asked by nobody.
  expect(told.filter((id) => id !== undefined)).toEqual([headers['x-request-id']]);
});

it('names it in the span of the request', async () => {
  const spans: unknown[] = [];
  const span: Span = { set: () => {}, fail: () => {}, end: () => {} };
  traceTo({
    begin: ({ attributes }, within) => {
      spans.push(attributes['request.id']);
      return within(span);
    },
  });
  const { headers } = await test.ask('GET', '/api/status', { headers: { 'x-request-id': 'of-a-caller' } });
  traceTo(undefined);
  expect(headers['x-request-id']).toBe('of-a-caller');
  expect(spans).toEqual(['of-a-caller']);
});

it('names it in the audit log', async () => {
  const headers = { 'x-request-id': 'who-did-this' };
  const budget = { run_usd: 5, month_usd: null, warn_percent: 80 };
  expect((await test.ask('PUT', '/api/budget', { body: budget, headers })).status).toBe(200);
  const { data } = await test.ask('GET', '/api/audit');
  expect(data).toContainEqual(
    expect.objectContaining({ action: 'budget.set', detail: { ...budget, request_id: 'who-did-this' } }),
  );
});
