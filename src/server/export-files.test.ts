import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usualExportLimits } from '#platform/exports/limits.ts';
import { openServer, openWithUsers, type TestServer, type Users } from './auth-server.fixture.ts';
import { type ExportBody, ExportRow, ExportsReply } from './export-file-api.ts';
import { sampleNow } from './sample-fleet.fixture.ts';

type Who = 'viewer' | 'operator' | 'admin';

let opened: TestServer & Users;
beforeAll(async () => {
  opened = await openWithUsers();
});
afterAll(() => opened.close());

const names = { kind: 'servers', columns: ['name'] } as const;

const ask = (who: Who, method: string, path: string, more: object = {}) =>
  opened.ask(method, `/api/exports${path}`, { bearer: opened.keys[who], ...more });

async function make(who: Who, body: ExportBody = names): Promise<number> {
  const { status, data } = await ask(who, 'POST', '', { body });
  expect(status).toBe(202);
  return ExportRow.parse(data).id;
}

async function made(who: Who, body?: ExportBody): Promise<number> {
  const id = await make(who, body);
  const state = async () => ExportRow.parse((await ask(who, 'GET', `/${id}`)).data).state;
  await expect.poll(state).toBe('READY');
  return id;
}

const listed = async (who: Who) => ExportsReply.parse((await ask(who, 'GET', '')).data);

it('is asked for, made, and taken as a whole', async () => {
  const id = await made('viewer', { ...names, q: 'name:~web' });
  expect((await ask('viewer', 'GET', `/${id}`)).data).toMatchObject({
    asked: { kind: 'servers', format: 'csv', type: 'server', q: 'name:~web', columns: ['name'] },
    rows: 2,
    done: 2,
    total: 2,
    bytes: 20,
    asked_by: 'ci-viewer',
    is_own: true,
    expires_at: '2026-11-29T10:00:00.000Z',
  });
  const { status, headers, text } = await ask('viewer', 'GET', `/${id}/file`);
  expect([status, text]).toEqual([200, 'name\r\nweb-1\r\nweb-2\r\n']);
  expect(headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-length': '20',
    'content-disposition': `attachment; filename="fleetgauge-servers-2026-11-22-${id}.csv"`,
    'x-content-type-options': 'nosniff',
  });
  const again = await ask('viewer', 'GET', `/${id}/file`, { headers: { 'if-none-match': headers.etag } });
  expect([again.status, again.text]).toEqual([304, '']);
  const head = await ask('viewer', 'HEAD', `/${id}/file`);
  expect([head.status, head.headers['content-length'], head.headers.etag]).toEqual([200, '20', headers.etag]);
});

it.each([
  [{ kind: 'servers', format: 'xlsx' }, 'format'],
  [{ kind: 'everything' }, 'kind'],
  [{ ...names, q: 'nonsense:1' }, undefined],
  [{ ...names, type: 'toaster' }, 'type'],
  [{ kind: 'servers', columns: ['nothing'] }, 'nothing'],
  [{ kind: 'metrics', metrics: ['cpu.nothing'] }, 'metrics.0'],
  [{ kind: 'metrics', days: 401 }, 'days'],
  [{ kind: 'rightsizing', columns: ['name'] }, 'columns'],
])('refuses %j at once', async (body, where) => {
  const { status, error } = await ask('viewer', 'POST', '', { body });
  expect([status, error?.code]).toEqual([400, 'invalid_query']);
  if (where !== undefined) expect(error?.where).toBe(where);
});

describe('a file of another', () => {
  it('is seen by admins alone, and not there for anybody else', async () => {
    const id = await made('operator');
    const own = await made('viewer');
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/file'],
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const) {
      const { status, error } = await ask('viewer', method, `/${id}${path}`);
      expect([method, path, status, error?.code]).toEqual([method, path, 404, 'not_found']);
    }
    expect((await listed('viewer')).files.map((file) => file.id)).toContain(own);
    expect((await listed('viewer')).files.map((file) => file.id)).not.toContain(id);
    const all = (await listed('admin')).files.filter((file) => file.id === id || file.id === own);
    expect(all.map((file) => [file.asked_by, file.is_own])).toEqual([
      ['ci-viewer', false],
      ['ci-operator', false],
    ]);
    expect((await ask('admin', 'GET', `/${id}/file`)).text).toContain('web-1');
    expect((await ask('admin', 'DELETE', `/${id}`)).status).toBe(200);
    expect((await ask('operator', 'GET', `/${id}`)).status).toBe(404);
  });
});

it('is listed in pages, with the room that there is', async () => {
  for (let at = 0; at < 3; at++) await made('operator');
  const first = await ask('operator', 'GET', '?limit=2');
  const second = await ask('operator', 'GET', `?limit=2&cursor=${first.meta?.next}`);
  const ids = [first, second].map(({ data }) => ExportsReply.parse(data).files.map(({ id }) => id));
  expect(ids.map((page) => page.length)).toEqual([2, 1]);
  expect(ids.flat()).toEqual(ids.flat().toSorted((a, b) => b - a));
  const { room } = await listed('operator');
  expect(room).toMatchObject({ keep_days: 7, own_bytes_at_most: 500_000_000, all_bytes_at_most: 2_000_000_000 });
  expect(room.own_bytes).toBe(3 * Buffer.byteLength('name\r\nweb-1\r\nweb-2\r\nbatch\r\nold\r\n'));
  expect(room.all_bytes).toBeGreaterThan(room.own_bytes);
});

it('is no file once it is canceled, and cannot be taken before it is made', async () => {
  // Nobody makes it: it waits in a store whose only server is asked.
  const { store } = opened;
  const id = await make('viewer');
  const file = await store.exports.add({ owner: 'nobody', ownerName: 'nobody', wish: { kind: 'metrics' } }, sampleNow);
  await store.exports.cancel(file.id, sampleNow, sampleNow + 1);
  const { status, error } = await ask('admin', 'GET', `/${file.id}/file`);
  expect([status, error?.where, error?.fix]).toEqual([409, 'CANCELED', expect.stringContaining(`/${file.id} `)]);
  // Over or not: it is no error to say so again.
  expect((await ask('viewer', 'POST', `/${id}/cancel`)).status).toBe(200);
});

it('is listed as failed where another release wrote down what was asked for', async () => {
  const { store } = opened;
  const wish = { kind: 'servers', format: 'of a later release' };
  const { id } = await store.exports.add({ owner: 'nobody', ownerName: 'nobody', wish }, sampleNow);
  await store.exports.cancel(id, sampleNow, sampleNow + 1);
  expect((await listed('admin')).files.find((each) => each.id === id)).toMatchObject({
    asked: null,
    state: 'FAILED',
    error: { code: 'conflict', message: expect.stringContaining('another one wrote it down') },
    file_name: `fleetgauge-export-2026-11-22-${id}`,
  });
  expect((await ask('admin', 'GET', `/${id}/file`)).status).toBe(409);
  expect((await ask('admin', 'DELETE', `/${id}`)).status).toBe(200);
});

it('is written down: who asked for what, who took it, and who deleted it', async () => {
  const id = await made('viewer', { kind: 'metrics', format: 'ndjson' });
  await ask('viewer', 'GET', `/${id}/file`);
  await ask('viewer', 'DELETE', `/${id}`);
  const entries = await opened.store.audit.list({ limit: 3, actor: 'ci-viewer' });
  expect(entries.map(({ action, target, outcome }) => [action, target, outcome])).toEqual([
    ['export.remove', String(id), 'ok'],
    ['export.take', String(id), 'ok'],
    ['export.make', String(id), 'ok'],
  ]);
  expect(entries[2]?.detail).toMatchObject({ kind: 'metrics', format: 'ndjson' });
});

describe('where there is no room', () => {
  it.each([
    { limits: { userFiles: 0 }, says: 'no more may be kept' },
    { limits: { userOpen: 0 }, says: 'waiting or being made' },
    { limits: { userBytes: 0 }, says: 'your exports take the 0 MB' },
    { limits: { totalBytes: 0 }, says: 'all exports together' },
  ])('nothing more is taken on: $says', async ({ limits, says }) => {
    const full = await openServer({ exportLimits: { ...usualExportLimits, ...limits } });
    const { status, error } = await full.ask('POST', '/api/exports', { body: names });
    expect([status, error?.code]).toEqual([409, 'conflict']);
    expect(error?.message).toContain(says);
    expect(error?.fix).toBeDefined();
    await full.close();
  });
});

it('marks what is made up, and is anybody’s at a machine without users', async () => {
  const demo = await openServer({ demo: true });
  const { data } = await demo.ask('POST', '/api/exports', { body: names });
  const { id, asked_by: by, file_name: name } = ExportRow.parse(data);
  expect([by, name]).toEqual(['this machine', `fleetgauge-DEMO-servers-2026-11-22-${id}.csv`]);
  await expect.poll(async () => (await demo.ask('GET', `/api/exports/${id}/file`)).status).toBe(200);
  expect((await demo.ask('GET', `/api/exports/${id}/file`)).text).toMatch(/^demo,name\r\nDEMO: made up,web-1\r\n/);
  await demo.close();
});
