import { once } from 'node:events';
import { connect } from 'node:http2';
import { CollectorDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';

/** What a client that knows the way grants: the stream does not wait for it. */
const windowBytes = 4 * 2 ** 20;

const headBytes = 5;

/** A message as gRPC puts it on the wire: uncompressed, with its length. */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export type CollectRequest = Parameters<typeof CollectorDefinition.methods.collect.requestType.fromPartial>[0];

/**
 * Calls Collector.collect and decodes nothing, so that the client costs next to nothing.
 *
 * @returns for each chunk that comes, how many messages have come so far
 * @throws Error where the stream ends with an error, or within a message
 */
export async function* countMessages(
  port: number,
  request: CollectRequest,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<number> {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: windowBytes } });
  try {
    await once(session, 'connect');
    session.setLocalWindowSize(windowBytes);
    const stream = session.request({
      ':method': 'POST',
      ':path': `/${CollectorDefinition.fullName}/collect`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let status = '0';
    let text = '';
    for (const event of ['response', 'trailers'] as const) {
      stream.once(event, (received) => {
        status = String(received['grpc-status'] ?? status);
        text = String(received['grpc-message'] ?? text);
      });
    }
    const { requestType } = CollectorDefinition.methods.collect;
    stream.end(framed(requestType.encode(requestType.fromPartial(request)).finish()));
    const counter = new FrameCounter();
    for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield counter.add(chunk);
    if (status !== '0') throw new Error(`the stream ended with status ${status}: ${decodeURIComponent(text)}`);
    counter.end();
  } finally {
    session.close();
  }
}

/** Counts messages in a stream of bytes. */
class FrameCounter {
  #messages = 0;
  /** Bytes of the message under way that are still to come; negative while its head is. */
  #missing = -headBytes;
  readonly #head = Buffer.alloc(headBytes);

  add(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#missing < 0) {
        const taken = Math.min(-this.#missing, chunk.length - at);
        chunk.copy(this.#head, headBytes + this.#missing, at, at + taken);
        at += taken;
        this.#missing += taken;
        if (this.#missing === 0) this.#begin(this.#head.readUInt32BE(1));
      } else {
        const taken = Math.min(this.#missing, chunk.length - at);
        at += taken;
        this.#missing -= taken;
        if (this.#missing === 0) this.#end();
      }
    }
    return this.#messages;
  }

  end(): void {
    if (this.#missing !== -headBytes) throw new Error('the stream ended within a message');
  }

  #begin(length: number): void {
    if (length === 0) this.#end();
    else this.#missing = length;
  }

  #end(): void {
    this.#messages++;
    this.#missing = -headBytes;
  }
}
