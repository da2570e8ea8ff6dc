import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '#store/store.ts';
import { testDatabase } from '#store/testing/open-test-store.ts';
import { sampleNow, seedJob } from './sample-fleet.fixture.ts';
import { type RunningServer, startServer } from './start.ts';

const spent = { calls: 1, metrics: 2, points: 3, usd: 0.1, usdAtMost: 0.1 };
const counts = { servers: 2, created: 2, updated: 0, unchanged: 0, failed: 0 };

let folder: string;
let store: Store;
let server: RunningServer;
let now: number;

beforeEach(async () => {
  now = sampleNow;
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-stream-'));
  store = await (await testDatabase(folder))();
  server = await startServer({ store, port: 0, demo: true, version: '0', consoleFolder: folder, now: () => now });
});

afterEach(async () => {
  await server.close();
  await store.close();
  await rm(folder, { recursive: true });
});

it('tells the snapshot, what changes, and the end', async () => {
  const { job, tasks } = await seedJob(store);
  const events = await open(job.id);
  expect(await events.next()).toMatchObject({
    id: 1,
    name: 'snapshot',
    data: { data: { job: { state: 'RUNNING' }, tasks: [{ state: 'PENDING' }, {}] }, meta: { demo: true } },
  });

  const [first] = tasks;
  await store.tasks.begin(first?.id ?? 0, 'tester', sampleNow);
  expect(await events.next()).toMatchObject({
    id: 2,
    name: 'change',
    data: { data: { tasks: [{ id: first?.id, state: 'RUNNING' }], ledger: null } },
  });

  await store.jobs.finish(job.id, { state: 'SUCCESS', counts, spent }, sampleNow + 1);
  expect(await events.next()).toMatchObject({
    name: 'change',
    data: { data: { tasks: [], job: { state: 'SUCCESS' } } },
  });
  expect(await events.next()).toMatchObject({ name: 'end', data: { data: { state: 'SUCCESS', counts } } });
  expect(await events.next()).toBeUndefined();
});

it('begins anew for a client that comes back, and counts on', async () => {
  const { job } = await seedJob(store);
  const events = await open(job.id, { 'last-event-id': '41' });
  expect(await events.next()).toMatchObject({ id: 42, name: 'snapshot' });
  await events.leave();
});

it('ends at once for a job that has ended', async () => {
  const { job } = await seedJob(store);
  await store.jobs.finish(job.id, { state: 'FAILURE', counts, spent }, sampleNow + 1);
  const events = await open(job.id);
  expect((await events.next())?.name).toBe('snapshot');
  expect((await events.next())?.name).toBe('end');
  expect(await events.next()).toBeUndefined();
});

it('calls a job interrupted that was not heard of for too long', async () => {
  const { job } = await seedJob(store);
  const events = await open(job.id);
  await events.next();
  now += 31_000;
  expect(await events.next()).toMatchObject({ name: 'change', data: { data: { job: { state: 'INTERRUPTED' } } } });
  expect((await events.next())?.name).toBe('end');
});

it('ends when the server stops, and lets it stop when a client stays', async () => {
  const { job } = await seedJob(store);
  const events = await open(job.id);
  await events.next();
  await server.close();
  expect(await events.next()).toBeUndefined();
});

interface Received {
  readonly id: number;
  readonly name: string;
  readonly data: unknown;
}

async function open(job: number, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}/api/jobs/${job}/events`, { headers });
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
  const events = received(answer.body ?? new ReadableStream());
  return { next: async () => (await events.next()).value, leave: () => answer.body?.cancel().catch(() => {}) };
}

async function* received(body: ReadableStream<Uint8Array>): AsyncGenerator<Received, undefined> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const found = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block);
      if (found) yield { id: Number(found[1]), name: found[2] ?? '', data: JSON.parse(found[3] ?? '') };
    }
  }
}
