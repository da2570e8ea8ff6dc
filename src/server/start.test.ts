import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sketchOf } from '#model/sketch.ts';
import type { Store } from '#store/store.ts';
import { testDatabase } from '#store/testing/open-test-store.ts';
import { JobRow, Meta, ServerDetail, ServerHistory, ServerRow, Summary } from './api.ts';
import { isOurName } from './http-guard.ts';
import { sampleNow, sampleServers, seedJob, seedServers } from './sample-fleet.fixture.ts';
import { type RunningServer, startServer } from './start.ts';

const Body = z.strictObject({ data: z.unknown(), meta: Meta, error: z.unknown(), request_id: z.string() }).partial();
const ServerRows = z.array(ServerRow);

let folder: string;
let store: Store;
let server: RunningServer;
let ids: readonly number[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-server-'));
  const consoleFolder = join(folder, 'dist');
  await mkdir(join(consoleFolder, 'assets'), { recursive: true });
  await writeFile(join(consoleFolder, 'index.html'), '<title>console</title>');
  await writeFile(join(consoleFolder, 'assets', 'app-1a2b3c.js'), 'start()');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  store = await (await testDatabase(join(folder, 'data')))();
  ids = await seedServers(store);
  await seedJob(store);
  server = await startServer({
    store,
    port: 0,
    demo: true,
    version: '1.2.3',
    consoleFolder,
    now: () => sampleNow,
    checksReplies: true,
  });
});

afterAll(async () => {
  await server.close();
  await store.close();
  await rm(folder, { recursive: true });
});

describe('the API', () => {
  it('says its status', async () => {
    const { status, body } = await get('/api/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: {
        version: '1.2.3',
        demo: true,
        servers: 4,
        window: { start: '2026-11-08T00:00:00Z', end: '2026-11-22T00:00:00Z' },
        running: { state: 'RUNNING', planned: { usd: 0.4, usd_at_most: 0.5 } },
        last_job: null,
      },
      meta: { demo: true, took_ms: expect.any(Number) },
    });
  });

  it('sums the fleet up', async () => {
    const { data } = (await get('/api/summary')).body;
    expect(data).toMatchObject({
      servers: 4,
      by_provider: [{ name: 'aws', servers: 4, with_memory: 1 }],
      by_account: [{ name: '111111111111', servers: 3 }, { name: '222222222222' }],
      by_region: [{ name: 'eu-west-1', servers: 3 }, { name: 'us-east-1' }],
      by_state: [{ name: 'RUNNING', servers: 3 }, { name: 'STOPPED' }],
      coverage: { cpu: 3, memory: 1, disk: 0, network: 0 },
      memory_missing: [
        { reason: 'agent_absent', servers: 2 },
        { reason: 'stopped', servers: 1 },
      ],
    });
    const { cpu_histogram } = Summary.parse(data);
    expect(cpu_histogram.map((bin) => bin.servers)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(cpu_histogram.at(-1)).toEqual({ from: 90, to: null, servers: 1 });
  });

  it('lists servers with values, or with the reason why there is none', async () => {
    const { body } = await get('/api/servers?sort=name');
    expect(body.meta).toMatchObject({ total: 4, demo: true });
    const rows = ServerRows.parse(body.data);
    expect(rows.map((row) => row.name)).toEqual(['batch', 'old', 'web-1', 'web-2']);
    expect(rows[1]).toMatchObject({ values: {}, missing: { 'cpu.utilization': 'stopped' }, state: 'STOPPED' });
    expect(rows[2]).toMatchObject({ id: ids[0], values: { 'cpu.utilization': { avg: 3.4, max: 3.4 } } });
  });

  it('gives each server once, page by page, those without a value last', async () => {
    const names: string[] = [];
    for (let after = ''; ; ) {
      const { body } = await get(`/api/servers?sort=-cpuAvg&limit=1${after}`);
      names.push(...ServerRows.parse(body.data).map((row) => row.name));
      if (body.meta?.next === undefined) break;
      after = `&cursor=${body.meta.next}`;
    }
    expect(names).toEqual(['batch', 'web-2', 'web-1', 'old']);
  });

  it.each([
    { filter: 'search=WEB', total: 2 },
    { filter: 'search=i-4', total: 1 },
    { filter: 'account=222222222222', total: 1 },
    { filter: 'region=us-east-1&state=STOPPED', total: 1 },
    { filter: 'provider=azure', total: 0 },
  ])('narrows the list by $filter', async ({ filter, total }) => {
    expect((await get(`/api/servers?${filter}`)).body.meta?.total).toBe(total);
  });

  it('gives a whole record', async () => {
    const { data } = (await get(`/api/servers/${ids[0]}`)).body;
    expect(data).toMatchObject({ id: ids[0], first_seen: '2026-11-22T09:59:59.000Z', last_seen: expect.any(String) });
    expect(ServerDetail.parse(data).record).toMatchObject({
      name: sampleServers[0]?.name,
      reference: { resource_id: 'i-1' },
    });
  });

  it('gives the history by day, where a day without data is null', async () => {
    const { data } = (await get(`/api/servers/${ids[0]}/history?days=3`)).body;
    expect(data).toEqual({
      days: ['2026-11-19', '2026-11-20', '2026-11-21'],
      series: { 'cpu.utilization': [null, null, { avg: 3.4, max: 61, min: null, p95: null, seconds: 3600 }] },
      changes: [],
      sizes: [],
    });
  });

  it('tells the sizes and states of those days, and how busy each size was', async () => {
    const [, second = 0] = ids;
    const hourAt = (percent: number) => ({
      sum: percent * 3600,
      seconds: 3600,
      max: percent * 2,
      sketch: sketchOf([percent]),
    });
    const day = Math.floor(sampleNow / 86_400_000);
    const busy = { [day - 4]: 40, [day - 3]: 60, [day - 2]: 45, [day - 1]: 10 };
    const days = new Map(
      Object.entries(busy).map(([at, percent]) => [
        Number(at),
        new Map([['cpu.utilization' as const, hourAt(percent)]]),
      ]),
    );
    await store.history.write([{ resourceId: second, days }]);
    const change = (path: string, from: string, to: string) => [
      { resource: second, event: 'changed' as const, fields: [{ path, from, to }] },
    ];
    const noon = (ago: number) => (day - ago + 0.5) * 86_400_000;
    await store.changes.add(change('instance_type', 'm7i.small', 'm7i.medium'), noon(30));
    await store.changes.add(change('instance_type', 'm7i.medium', 'm7i.large'), noon(2));
    await store.changes.add(change('tags.env', 'test', 'prod'), noon(2));
    await store.changes.add(change('data.compute.instance_state', 'RUNNING', 'STOPPED'), noon(1));
    await store.changes.add([{ resource: second, event: 'absent', fields: [] }], sampleNow);
    const { data } = (await get(`/api/servers/${second}/history?days=4`)).body;
    const { changes, sizes } = ServerHistory.parse(data);
    expect(changes).toEqual([
      { at: '2026-11-20T12:00:00.000Z', what: 'size', from: 'm7i.medium', to: 'm7i.large', job: null },
      { at: '2026-11-21T12:00:00.000Z', what: 'state', from: 'RUNNING', to: 'STOPPED', job: null },
      { at: '2026-11-22T10:00:00.000Z', what: 'absent', from: null, to: null, job: null },
    ]);
    const within = (value: number) => expect.closeTo(value, 0);
    expect(sizes).toEqual([
      { instance_type: 'm7i.medium', days: 2, cpu: { avg: 50, p50: within(40), p95: within(60), max: 120 } },
      { instance_type: 'm7i.large', days: 1, cpu: { avg: 10, p50: within(10), p95: within(10), max: 20 } },
    ]);
  });

  it('tells what became of a server', async () => {
    const [, , , last = 0] = ids;
    await store.changes.add(
      [
        { resource: last, event: 'created', fields: [] },
        { resource: last, event: 'changed', job: 1, fields: [{ path: 'name', from: 'older', to: 'old' }] },
      ],
      sampleNow,
    );
    const { body } = await get(`/api/servers/${last}/changes?limit=1`);
    expect(body.data).toEqual([
      {
        id: expect.any(Number),
        at: '2026-11-22T10:00:00.000Z',
        event: 'changed',
        job: 1,
        fields: [{ path: 'name', from: 'older', to: 'old' }],
      },
    ]);
    const rest = await get(`/api/servers/${last}/changes?cursor=${body.meta?.next}`);
    expect(rest.body.data).toMatchObject([{ event: 'created', job: null, fields: [] }]);
  });

  it('lists jobs and gives one with its tasks', async () => {
    const { body } = await get('/api/jobs');
    const [job, ...others] = z.array(JobRow).parse(body.data);
    expect(others).toEqual([]);
    expect(job).toMatchObject({
      tasks: { all: 2, ended: 0, succeeded: 0, failed: 0 },
      scope: { places: [{ provider: 'aws', accounts: 1 }] },
    });
    const { data } = (await get(`/api/jobs/${job?.id}`)).body;
    expect(data).toMatchObject({ job: { state: 'RUNNING' }, tasks: [{ planned_servers: 2 }, {}], ledger: [] });
  });
});

describe('bad requests', () => {
  it.each([
    { path: '/api/servers?limit=0', status: 400, code: 'invalid_query', where: 'limit' },
    { path: '/api/servers?limit=1e3', status: 400, code: 'invalid_query', where: 'limit' },
    { path: '/api/servers?limit=1&limit=2', status: 400, code: 'invalid_query', where: 'limit' },
    { path: '/api/servers?sort=__proto__', status: 400, code: 'invalid_query', where: 'sort' },
    { path: '/api/servers?colour=red', status: 400, code: 'invalid_query', where: 'colour' },
    { path: '/api/servers?cursor=nonsense', status: 400, code: 'invalid_query', where: 'nonsense' },
    { path: `/api/servers?search=${'x'.repeat(201)}`, status: 400, code: 'invalid_query', where: 'search' },
    { path: '/api/servers/0', status: 400, code: 'invalid_query', where: 'id' },
    { path: '/api/servers/i-1', status: 400, code: 'invalid_query', where: 'id' },
    { path: '/api/servers/999999', status: 404, code: 'not_found', where: '999999' },
    { path: '/api/servers/999999/history', status: 404, code: 'not_found', where: '999999' },
    { path: '/api/servers/1/history?days=0', status: 400, code: 'invalid_query', where: 'days' },
    { path: '/api/jobs/999999', status: 404, code: 'not_found' },
    { path: '/api/jobs/999999/events', status: 404, code: 'not_found' },
    { path: '/api/jobs?cursor=-1', status: 400, code: 'invalid_query', where: 'cursor' },
    { path: '/api/nothing', status: 404, code: 'not_found', where: 'GET /api/nothing' },
    { path: '/api/servers/%ff', status: 400, code: 'invalid_query' },
  ])('$path answers $status $code', async ({ path, status, code, where }) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ code, message: expect.any(String), ...(where && { where }) });
  });

  it('writes nothing, whatever the method', async () => {
    const answer = await fetch(`${server.url}/api/servers`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(404);
  });
});

describe('who may ask', () => {
  it.each(['evil.example', 'evil.example:4680', '127.0.0.1.evil.example', 'localhost@evil.example', '10.0.0.1'])(
    'refuses the Host %j',
    async (host) => {
      for (const path of ['/api/status', '/', '/metrics']) expect((await getAs(host, path)).status).toBe(403);
      for (const path of ['/healthz', '/readyz']) expect((await getAs(host, path)).status).toBe(200);
    },
  );

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1:80', '127.0.0.9', '[::1]:80'])(
    'answers the Host %j',
    async (host) => {
      expect((await getAs(host, '/healthz')).status).toBe(200);
    },
  );

  it('answers the host that it was told to listen on', () => {
    expect(isOurName('gauge.corp:80', 'Gauge.corp')).toBe(true);
    expect(isOurName('gauge.corp:80', '0.0.0.0')).toBe(false);
    expect(isOurName('', '127.0.0.1')).toBe(false);
    expect(isOurName(undefined, '127.0.0.1')).toBe(false);
  });

  it.each(['/api/status', '/api/nothing', '/', '/assets/app-1a2b3c.js'])('guards %s by headers', async (path) => {
    const { headers } = await fetch(server.url + path, { headers: { origin: 'https://evil.example' } });
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the console', () => {
  it.each(['/', '/servers', '/servers/12?tab=raw', '/jobs/3'])('is served at %s', async (path) => {
    const answer = await fetch(server.url + path);
    expect(await answer.text()).toBe('<title>console</title>');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('keeps hashed files for ever', async () => {
    const answer = await fetch(`${server.url}/assets/app-1a2b3c.js`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('does not answer a missing file with a page', async () => {
    expect((await fetch(`${server.url}/assets/gone.js`)).status).toBe(404);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/secret.txt%00.js',
  ])('does not leave its folder for %s', async (path) => {
    const answer = await getAs('localhost', path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toBe('secret');
  });

  it('says how to build it where it is not built', async () => {
    const options = { store, port: 0, demo: false, version: '0', now: () => sampleNow };
    const bare = await startServer({ ...options, consoleFolder: join(folder, 'nowhere') });
    expect(await (await fetch(bare.url)).text()).toContain('npm run build -w console');
    await bare.close();
  });
});

it('says who is to blame for a port that is taken', async () => {
  const options = { store, demo: false, version: '0', consoleFolder: folder, now: () => sampleNow };
  const port = Number(new URL(server.url).port);
  await expect(startServer({ ...options, port })).rejects.toMatchObject({
    code: 'unavailable',
    where: `127.0.0.1:${port}`,
  });
});

it('stops when its signal aborts', async () => {
  const stop = new AbortController();
  const options = { store, port: 0, demo: false, version: '0', consoleFolder: folder, now: () => sampleNow };
  const { url } = await startServer({ ...options, signal: stop.signal });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  stop.abort();
  await expect
    .poll(() =>
      fetch(`${url}/healthz`).then(
        () => 'up',
        () => 'down',
      ),
    )
    .toBe('down');
});

async function get(path: string): Promise<{ status: number; body: z.infer<typeof Body> }> {
  const answer = await fetch(server.url + path);
  return { status: answer.status, body: Body.parse(await answer.json()) };
}

/** `fetch` neither sends a foreign Host header nor a path with dots. */
function getAs(host: string, path: string): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers: { host } }, async (answer) => {
      resolve({ status: answer.statusCode ?? 0, text: (await answer.setEncoding('utf8').toArray()).join('') });
    });
    asked.on('error', reject).end();
  });
}
