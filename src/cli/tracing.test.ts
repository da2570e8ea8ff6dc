import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { manualClock } from '#collect/manual-clock.fixture.ts';
import { CollectError } from '#model/errors.ts';
import { inSpan, tracer } from '#model/span.ts';
import { startServer } from '#server/start.ts';
import { openMemoryStore } from '#store/open.ts';
import { startTracing } from './tracing.ts';

/** What a collector gets, as OTLP over HTTP has it in JSON. */
const Value = z.object({ stringValue: z.string().optional(), intValue: z.coerce.string().optional() });
const Received = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(z.object({ key: z.string(), value: Value })) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number(),
              attributes: z.array(z.object({ key: z.string(), value: Value })),
              status: z.object({ code: z.number().optional() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

let collector: Server;
let bodies: { readonly url: string | undefined; readonly text: string }[];
beforeEach(async () => {
  bodies = [];
  collector = createServer(async (request, reply) => {
    bodies.push({ url: request.url, text: (await request.setEncoding('utf8').toArray()).join('') });
    reply.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  collector.close();
});

function addressOf({ port }: AddressInfo): string {
  return `http://127.0.0.1:${port}`;
}

function endpoint(): string {
  const address = collector.address();
  return address === null || typeof address === 'string' ? '' : addressOf(address);
}

const spansOf = () =>
  bodies.flatMap(({ text }) =>
    Received.parse(JSON.parse(text)).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    ),
  );

it('is off, and loads nothing, unless it is told where to send', async () => {
  expect(await startTracing({})).toBeUndefined();
  expect(await startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  expect(tracer()).toBeUndefined();
  expect(await inSpan({ name: 'task', kind: 'internal', attributes: {} }, async () => 7)).toBe(7);
});

it('sends requests, tasks and calls, each within what it belongs to, and no secret', async () => {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint();
  const tracing = await startTracing(process.env);
  const store = await openMemoryStore();
  const server = await startServer({
    store,
    port: 0,
    demo: false,
    version: '0',
    consoleFolder: '/nowhere',
    now: Date.now,
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const headers = { authorization: 'Bearer hunter2', cookie: 'a=hunter2', traceparent };
  await fetch(`${server.url}/api/servers?search=hunter2`, { headers });
  await fetch(`${server.url}/api/status`);

  const gate = createGate({
    limits: { 'cloudwatch:GetMetricData': { perSecond: 1000, timeoutMs: 1000 } },
    ledger: new Ledger(),
    clock: manualClock(),
  });
  const call = { api: 'cloudwatch:GetMetricData', account: '123', region: 'eu-west-1' };
  await inSpan({ name: 'task', kind: 'internal', attributes: {} }, async () => {
    await gate.send(call, async () => 'hunter2', new AbortController().signal);
    const denied = new CollectError('access_denied', 'key hunter2 may not');
    await gate.send(call, () => Promise.reject(denied), new AbortController().signal).catch(() => {});
  });
  await server.close();
  await store.close();
  await tracing?.[Symbol.asyncDispose]();
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;

  expect(bodies[0]?.url).toBe('/v1/traces');
  expect(bodies.map(({ text }) => text).join()).not.toContain('hunter2');
  const spans = spansOf();
  const [asked, status] = [/servers$/, /status$/].map((name) => spans.find((span) => name.test(span.name)));
  expect(asked).toMatchObject({
    name: 'GET /api/servers',
    kind: 2,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
  });
  expect(status?.parentSpanId ?? '').toBe('');
  const task = spans.find(({ name }) => name === 'task');
  const calls = spans.filter(({ name }) => name === 'cloudwatch:GetMetricData');
  expect(calls.map(({ parentSpanId, traceId, status: { code } }) => [parentSpanId, traceId, code])).toEqual([
    [task?.spanId, task?.traceId, 0],
    [task?.spanId, task?.traceId, 2],
  ]);
  expect(calls[0]?.attributes).toContainEqual({ key: 'cloud.account.id', value: { stringValue: '123' } });
  const [{ resource } = { resource: { attributes: [] } }] = Received.parse(
    JSON.parse(bodies[0]?.text ?? ''),
  ).resourceSpans;
  expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'fleetgauge' } });
});
