import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface StreamEvent {
  readonly name: string;
  readonly data: unknown;
}

/** Keeps proxies from closing a stream in which nothing happens. */
const stillThereMs = 15_000;
/** How long a client waits before it comes back, in milliseconds. */
const retryMs = 2_000;

/**
 * Answers with server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), each with an id that
 * counts on from the one that the client saw last. Ends with the events, with the client, or with the server.
 */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  stopping: AbortSignal,
  events: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  const left = new AbortController();
  raw.on('close', () => left.abort());
  raw.on('error', () => left.abort());
  const signal = AbortSignal.any([left.signal, stopping]);
  const stillThere = setInterval(() => raw.write(': still there\n\n'), stillThereMs);
  try {
    for (const [name, value] of Object.entries(reply.headers(streamHeaders).getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    raw.writeHead(200);
    raw.write(`retry: ${retryMs}\n\n`);
    let id = lastEventId(request);
    for await (const event of events(signal)) await write(raw, textOf(event, ++id), signal);
  } catch {
    // The stream breaks off without an `end`: the client comes back, and is told by a plain reply what is wrong.
  } finally {
    clearInterval(stillThere);
    raw.end();
  }
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

function lastEventId({ headers }: FastifyRequest): number {
  const id = Number(headers['last-event-id']);
  return Number.isSafeInteger(id) && id > 0 ? id : 0;
}

function textOf({ name, data }: StreamEvent, id: number): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Waits for a client that reads slowly. */
async function write(raw: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (!raw.write(text)) await once(raw, 'drain', { signal });
}
