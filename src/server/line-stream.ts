import { once } from 'node:events';
import type { FastifyReply } from 'fastify';

/** A JSON value a line, each sent as soon as it is there (https://github.com/ndjson/ndjson-spec). */
export const lineType = 'application/x-ndjson';

/**
 * Answers with lines, which are asked for no longer than there is a client.
 *
 * @param lines ends by itself, and tells its failures as lines
 */
export async function sendLines(
  reply: FastifyReply,
  lines: (gone: AbortSignal) => AsyncIterable<unknown>,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  const left = new AbortController();
  raw.on('close', () => left.abort());
  raw.on('error', () => left.abort());
  try {
    const headers = { 'content-type': lineType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    for (const [name, value] of Object.entries(reply.headers(headers).getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    raw.writeHead(200);
    for await (const line of lines(left.signal)) {
      if (!raw.write(`${JSON.stringify(line)}\n`)) await once(raw, 'drain', { signal: left.signal });
    }
  } catch (caught) {
    if (!left.signal.aborted) throw caught;
  } finally {
    raw.end();
  }
}
