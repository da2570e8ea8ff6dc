import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Store } from '#store/store.ts';
import { testDatabase } from '#store/testing/open-test-store.ts';
import { sampleNow, sampleRecord, sampleServers, seedServers } from './sample-fleet.fixture.ts';
import { type RunningServer, startServer } from './start.ts';

const row = { label: '', metrics: [] };
const types = [
  {
    provider: 'aws',
    types: [
      { ...row, id: 'server', group: 'EC2', type: 'Instance' },
      { ...row, id: 'ebs_volume', group: 'EC2', type: 'Volume' },
    ],
  },
];

let folder: string;
let store: Store;
let server: RunningServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-types-'));
  const consoleFolder = join(folder, 'dist');
  await mkdir(join(consoleFolder, 'assets'), { recursive: true });
  await writeFile(join(consoleFolder, 'index.html'), '<title>console</title>');
  store = await (await testDatabase(join(folder, 'data')))();
  await seedServers(store);
  const volume = sampleRecord({ id: 'vol-1', name: 'data' });
  const monitoring = { storage: { used: { avg: 5, max: 5 } } };
  const record = { ...volume, cloud_service_type: 'Volume', data: { ...volume.data, monitoring } };
  await store.inventory.put([{ record }], sampleNow);
  const options = { store, types, consoleFolder, port: 0, demo: true, version: '1', now: () => sampleNow };
  server = await startServer({ ...options, checksReplies: true });
});
afterAll(async () => {
  await server.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const Body = z.object({
  data: z.unknown().optional(),
  meta: z.object({ total: z.number().optional() }).optional(),
  error: z.object({ code: z.string(), message: z.string(), fix: z.string().optional() }).optional(),
});

async function get(path: string) {
  const reply = await fetch(`${server.url}${path}`);
  return { status: reply.status, ...Body.parse(await reply.json()) };
}

describe('the list and the summary', () => {
  it.each([
    { type: undefined, servers: sampleServers.length },
    { type: 'server', servers: sampleServers.length },
    { type: 'ebs_volume', servers: 1 },
    { type: 'all', servers: sampleServers.length + 1 },
  ])('are of type $type', async ({ type, servers }) => {
    const query = type === undefined ? '' : `?type=${type}`;
    expect((await get(`/api/servers${query}`)).meta?.total).toBe(servers);
    expect((await get(`/api/summary${query}`)).data).toMatchObject({ servers });
  });

  it('narrow a type by a query', async () => {
    expect((await get('/api/servers?type=all&q=~1')).meta?.total).toBe(0);
    expect((await get('/api/servers?type=all&q=name:data')).meta?.total).toBe(1);
    expect((await get('/api/servers?q=name:data')).meta?.total).toBe(0);
  });

  it('have the values of the type', async () => {
    expect((await get('/api/servers?type=ebs_volume')).data).toMatchObject([
      { values: { 'storage.used': { avg: 5, max: 5 } } },
    ]);
  });

  it.each(['servers', 'summary'])('refuse an unknown type by naming those that there are: %s', async (path) => {
    const { status, error } = await get(`/api/${path}?type=toaster`);
    expect(status).toBe(400);
    expect(error).toMatchObject({ code: 'invalid_query', fix: 'one of server, ebs_volume, all' });
  });
});
