import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { Client } from './client.ts';
import { Endpoint } from './endpoint.ts';
import { HealthCheckResponse_ServingStatus, HealthDefinition } from './gen/grpc/grpc/health/v1/health.ts';
import { ServerInfoDefinition } from './gen/v2/spaceone/api/core/v1/server_info.ts';
import { CollectorDefinition } from './gen/v2/spaceone/api/inventory/plugin/collector.ts';
import type { Listening } from './server.ts';
import { type Seen, serveTestCollector } from './testing-collector.fixture.ts';

let seen: Seen;
let stop: AbortController;
let server: Listening;
let client: Client;

beforeEach(async () => {
  seen = { sent: 0, aborted: false, calls: [] };
  stop = new AbortController();
  server = await serveTestCollector(seen, { signal: stop.signal });
  client = new Client(Endpoint.parse(`grpc://127.0.0.1:${server.port}`), { token: 'NO_TOKEN', random: () => 0 });
});

afterEach(async () => {
  client.close();
  stop.abort();
  await server.closed;
});

async function failure(work: Promise<unknown>): Promise<CollectError> {
  const caught = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (caught instanceof CollectError) return caught;
  throw new Error(`no CollectError: ${caught}`);
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition).toBe(true);
}

describe('a unary call', () => {
  it('carries a request, its metadata and the answer', async () => {
    const { metadata } = await client.call(CollectorDefinition, 'init', { options: { a: [1, null] } });
    expect(metadata).toEqual({ echo: { a: [1, null] }, supported_schedules: ['hours'] });
    expect(seen.calls[0]?.metadata.get('token')).toBe('NO_TOKEN');
  });

  it('carries a message far over the 4 MiB that gRPC allows by itself', async () => {
    const text = 'x'.repeat(12 * 2 ** 20);
    const { metadata } = await client.call(CollectorDefinition, 'init', { options: { text } });
    expect(metadata?.echo).toEqual({ text });
  });

  it('brings an error back as it was thrown', async () => {
    const error = await failure(client.call(CollectorDefinition, 'verify', { options: { fail: 'denied' } }));
    expect(error).toMatchObject({ code: 'access_denied', message: 'No leave to look.' });
  });

  it('tells nobody the text of an error that is not ours', async () => {
    const error = await failure(client.call(CollectorDefinition, 'verify', { options: { fail: 'unexpected' } }));
    expect(error.code).toBe('internal');
    expect(error.message).not.toContain('hunter2');
  });

  it('gives up at its deadline, at both ends', async () => {
    const request = { options: { hang: true } };
    const error = await failure(client.call(CollectorDefinition, 'verify', request, { deadlineMs: 1_000 }));
    expect(error.code).toBe('timeout');
    await until(() => seen.aborted);
  });

  it('tries again where nobody listens, then says unavailable', async () => {
    const pauses: number[] = [];
    const random = () => pauses.push(0) * 0;
    const nobody = new Client({ address: '127.0.0.1:1', tls: false }, { random });
    expect((await failure(nobody.call(ServerInfoDefinition, 'get_version', {}))).code).toBe('unavailable');
    expect(pauses.length).toBe(2);
    nobody.close();
  });
});

it('tries again after what it is told may pass, and after nothing else', async () => {
  let pauses = 0;
  const patient = new Client(Endpoint.parse(`grpc://127.0.0.1:${server.port}`), {
    retryOn: ['timeout'],
    random: () => pauses++ * 0,
  });
  const hang = patient.call(CollectorDefinition, 'verify', { options: { hang: true } }, { deadlineMs: 20 });
  expect((await failure(hang)).code).toBe('timeout');
  expect(pauses).toBe(2);
  expect((await failure(patient.call(CollectorDefinition, 'verify', { options: { fail: 'denied' } }))).code).toBe(
    'access_denied',
  );
  expect(pauses).toBe(2);
  patient.close();
});

describe('a stream', () => {
  it('arrives whole and in order', async () => {
    const names: unknown[] = [];
    for await (const { resource } of client.stream(CollectorDefinition, 'collect', { options: { count: 300 } })) {
      names.push(resource?.name);
    }
    expect(names).toEqual(Array.from({ length: 300 }, (_, index) => `server-${index}`));
  });

  it('ends with an error after what was sent before it', async () => {
    let count = 0;
    const drain = async () => {
      for await (const _ of client.stream(CollectorDefinition, 'collect', { options: { count: 3, fail: true } }))
        count++;
    };
    expect(await failure(drain())).toMatchObject({ code: 'secret_rejected', message: 'The key is of no account.' });
    expect(count).toBe(3);
  });

  it('waits for a reader that does not read, and stops when it leaves', async () => {
    const stream = client.stream(CollectorDefinition, 'collect', { options: { count: 10_000, size: 16_384 } });
    await stream.next();
    await wait(300);
    expect(seen.sent).toBeLessThan(1000);
    await stream.return();
    await until(() => seen.aborted);
    const { sent } = seen;
    await wait(50);
    expect(seen.sent).toBeLessThanOrEqual(sent + 1);
  });

  it.each([
    { name: 'the caller’s signal', code: 'cancelled', choices: () => ({ signal: AbortSignal.timeout(1_000) }) },
    { name: 'the deadline', code: 'timeout', choices: () => ({ deadlineMs: 1_000 }) },
  ])('is aborted by $name, at both ends', async ({ code, choices }) => {
    const drain = async () => {
      const request = { options: { count: 1, hang: true } };
      for await (const _ of client.stream(CollectorDefinition, 'collect', request, choices()));
    };
    expect((await failure(drain())).code).toBe(code);
    await until(() => seen.aborted);
  });
});

describe('every server', () => {
  it('is found by reflection', async () => {
    expect(await client.supports('spaceone.api.inventory.plugin.Collector')).toBe(true);
    expect(await client.supports('spaceone.api.inventory.v1.Server')).toBe(false);
    expect(await client.supports('grpc.reflection.v1alpha.ServerReflection')).toBe(false);
  });

  it.each(['', 'Collector', 'spaceone.api.inventory.plugin.Collector'])('is healthy as "%s"', async (service) => {
    const { SERVING } = HealthCheckResponse_ServingStatus;
    expect(await client.call(HealthDefinition, 'check', { service })).toEqual({ status: SERVING });
  });

  it('knows its version', async () => {
    expect(await client.call(ServerInfoDefinition, 'get_version', {})).toEqual({ version: '9.9.9' });
  });

  it('says that it is stopping to those who watch, and stops', async () => {
    const { SERVING, NOT_SERVING } = HealthCheckResponse_ServingStatus;
    const statuses: unknown[] = [];
    for await (const { status } of client.stream(HealthDefinition, 'watch', {})) {
      statuses.push(status);
      stop.abort();
    }
    expect(statuses).toEqual([SERVING, NOT_SERVING]);
    await server.closed;
  });

  it('cuts a call that outlives the grace', async () => {
    const stream = client.stream(CollectorDefinition, 'collect', { options: { count: 1, hang: true } });
    await stream.next();
    stop.abort();
    expect((await failure(stream.next())).code).toBe('cancelled');
  });
});
