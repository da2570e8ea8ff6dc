import type {
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { CollectError } from '#model/errors.ts';
import { toGrpc } from './platform-error.ts';
import {
  type Definition,
  decodeMessage,
  encodeMessage,
  type MessageCodec,
  type Method,
  type Sparse,
  type StreamFlags,
} from './rpc.ts';

/** What a handler may know of its call besides the request. */
export interface Call {
  /** Aborts when the caller cancels, its deadline passes, its connection breaks or the server is out of patience. */
  readonly signal: AbortSignal;
  /** The caller's metadata, keys in lower case. `token` is `NO_TOKEN` from a v2 platform. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly peer: string;
  /** What the caller reached us by: `host:port`. */
  readonly host: string;
}

/** A unary method is a function of its request; one that streams its answer, an async generator. */
export type Handler<Request, Response, Streams> = (
  request: Request,
  call: Call,
) => Streams extends true ? AsyncIterable<Sparse<Response>> : Promise<Sparse<Response>> | Sparse<Response>;

/** One handler for each method of a definition: `Handlers<typeof CollectorDefinition>`. */
export type Handlers<D> =
  D extends Definition<infer Requests, infer Responses, infer Streams extends StreamFlags<Streams>>
    ? {
        readonly [Name in keyof Requests & keyof Responses & keyof Streams]: Handler<
          Requests[Name],
          Responses[Name],
          Streams[Name]
        >;
      }
    : never;

type Answer<Response> = AsyncIterable<Sparse<Response>> | Promise<Sparse<Response>> | Sparse<Response>;

/** Failures that the server itself should hear of: those whose text does not go over the wire. */
export type OnError = (error: unknown, path: string) => void;

/** grpc-js carries bytes; reading and writing them here lets a bad message have a status and a text of ours. */
export function unary<Request, Response>(
  path: string,
  method: Method<Request, Response, boolean>,
  handler: (request: Request, call: Call) => Answer<Response>,
  onError: OnError,
): handleUnaryCall<Buffer, Buffer> {
  return async (call, reply) => {
    try {
      const answer = handler(readRequest(method.requestType, call.request), contextOf(call));
      if (isStream(answer)) throw new TypeError(`${path} answers once, but its handler streams`);
      reply(null, encodeMessage(method.responseType, await answer));
    } catch (caught) {
      report(caught, path, onError);
      reply(toGrpc(caught));
    }
  };
}

/** Awaits the reader before it takes the next message from the handler; an error ends the stream after what was sent. */
export function streaming<Request, Response>(
  path: string,
  method: Method<Request, Response, boolean>,
  handler: (request: Request, call: Call) => Answer<Response>,
  onError: OnError,
): handleServerStreamingCall<Buffer, Buffer> {
  return async (call) => {
    const context = contextOf(call);
    try {
      const answers = handler(readRequest(method.requestType, call.request), context);
      if (!isStream(answers)) throw new TypeError(`${path} streams, but its handler answers once`);
      for await (const answer of answers) {
        if (context.signal.aborted) return;
        if (!call.write(encodeMessage(method.responseType, answer))) await drained(call, context.signal);
      }
      call.end();
    } catch (caught) {
      if (context.signal.aborted) return;
      report(caught, path, onError);
      call.emit('error', toGrpc(caught));
    }
  };
}

function isStream<Response>(answer: Answer<Response>): answer is AsyncIterable<Sparse<Response>> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

function readRequest<Request>(codec: MessageCodec<Request>, bytes: Buffer): Request {
  return decodeMessage(codec, bytes, badRequest);
}

function badRequest(cause: unknown): CollectError {
  return cause instanceof CollectError
    ? cause
    : new CollectError('invalid_input', 'The request is not a message of this method.', { cause });
}

/** One of ours has told the caller what there is to know; anything else is a fault of this server. */
function report(caught: unknown, path: string, onError: OnError): void {
  if (!(caught instanceof CollectError) || caught.code === 'internal') onError(caught, path);
}

function contextOf(call: ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>): Call {
  const aborter = new AbortController();
  const abort = () => aborter.abort(new CollectError('cancelled', 'The caller has left.'));
  if (call.cancelled) abort();
  else call.once('cancelled', abort);
  return { signal: aborter.signal, metadata: readMetadata(call.metadata), peer: call.getPeer(), host: call.getHost() };
}

function readMetadata(metadata: Metadata): ReadonlyMap<string, string> {
  return new Map(Object.entries(metadata.getMap()).map(([key, value]) => [key, value.toString()]));
}

function drained(call: ServerWritableStream<Buffer, Buffer>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
