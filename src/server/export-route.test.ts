import { once } from 'node:events';
import { connect } from 'node:net';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecordFilter } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { openServer, type TestServer } from './auth-server.fixture.ts';
import { sampleNow, sampleRecord, sampleServers } from './sample-fleet.fixture.ts';

let opened: TestServer;
beforeAll(async () => {
  opened = await openServer();
});
afterAll(() => opened.close());

it('sends a file that says what it is', async () => {
  const { status, headers, text } = await opened.ask(
    'GET',
    '/api/servers/export?q=name:web-1&columns=name,cpu.utilization.avg',
  );
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="fleetgauge-servers-2026-11-22.csv"',
    'x-content-type-options': 'nosniff',
  });
  expect(text).toBe('name,cpu.utilization.avg\r\nweb-1,3.4\r\n');
});

it('marks what is made up', async () => {
  const demo = await openServer({ demo: true });
  const { headers, text } = await demo.ask('GET', '/api/servers/export?format=ndjson&columns=name');
  await demo.close();
  expect(headers['content-disposition']).toContain('DEMO');
  expect(text.split('\n')[0]).toBe('{"demo":"DEMO: made up","name":"web-1"}');
});

it('sends Parquet', async () => {
  const answer = await fetch(`${opened.server.url}/api/servers/export?format=parquet`);
  const rows = await parquetReadObjects({ file: await answer.arrayBuffer() });
  expect(rows.map(({ name }) => name)).toEqual(['web-1', 'web-2', 'batch', 'old']);
});

it.each(['format=xlsx', 'q=nonsense:1', 'columns=name,nothing', 'limit=5'])('refuses %s', async (query) => {
  expect(await opened.ask('GET', `/api/servers/export?${query}`)).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_query' } },
  });
});

it('reads no further than its client does, and stops when that goes', async () => {
  const { counted, reads } = countReads(await openTestStore());
  const watched = await openServer({ store: counted });
  for (let at = 0; at < 20_000; at += 5_000) {
    const records = Array.from({ length: 5_000 }, (_, each) =>
      sampleRecord({ id: `i-many-${at + each}`, name: 'many' }),
    );
    await counted.inventory.put(
      records.map((record) => ({ record })),
      sampleNow,
    );
  }
  const { port } = new URL(watched.server.url);
  const client = connect(Number(port), '127.0.0.1');
  client.write('GET /api/servers/export?format=ndjson HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await once(client, 'readable');
  // Nothing is taken from the socket: what fits into its buffers is all that is read, and others are answered.
  const seen: number[] = [];
  await expect.poll(() => seen.push(reads.pages) > 2 && seen.at(-2) === reads.pages, { interval: 100 }).toBe(true);
  expect(reads.pages).toBeGreaterThan(0);
  expect(reads.pages).toBeLessThan(25);
  expect((await watched.ask('GET', '/healthz')).status).toBe(200);
  client.destroy();
  await expect.poll(() => reads.ended).toBe(1);

  reads.pages = 0;
  const whole = await fetch(`${watched.server.url}/api/servers/export`);
  expect((await whole.text()).split('\r\n')).toHaveLength(20_000 + sampleServers.length + 2);
  expect(reads).toEqual({ pages: 81, ended: 2 });
  await watched.close();
});

/** A store that counts what exports read of it. */
function countReads(store: Store) {
  const reads = { pages: 0, ended: 0 };
  const { inventory } = store;
  async function* stream(filter?: RecordFilter) {
    try {
      for await (const page of inventory.stream(filter)) {
        reads.pages++;
        yield page;
      }
    } finally {
      reads.ended++;
    }
  }
  return { reads, counted: { ...store, inventory: { ...inventory, stream } } satisfies Store };
}
