import { setTimeout as wait } from 'node:timers/promises';
import {
  type CallOptions,
  Client as Channel,
  ChannelCredentials,
  type ClientReadableStream,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { CollectError, type ErrorCode } from '#model/errors.ts';
import { messageLimits } from './channel-options.ts';
import type { Endpoint } from './endpoint.ts';
import { fromGrpc } from './platform-error.ts';
import { listServices } from './remote-services.ts';
import {
  type Definition,
  decodeMessage,
  encodeMessage,
  type MessageCodec,
  methodOf,
  type Sparse,
  type StreamFlags,
} from './rpc.ts';

/** PEM texts; without `authority`, the system's own authorities are trusted. */
export interface ClientTls {
  readonly authority?: string;
  readonly key?: string;
  readonly certificate?: string;
}

export interface ConnectOptions {
  readonly tls?: ClientTls;
  /** Sent as the metadata `token`, with every call. */
  readonly token?: string;
  /** Of each try of a unary call. Default 180,000, as the platform's own clients have it. */
  readonly deadlineMs?: number;
  /** Failures after which a unary call is tried again, twice at most. Default: only where the other side cannot be reached. */
  readonly retryOn?: readonly ErrorCode[];
  /** Longest answer that is received; 256 MiB unless told. */
  readonly maxMessageBytes?: number;
  /** In [0, 1); spreads retries. Default `Math.random`. */
  readonly random?: () => number;
}

export interface CallChoices {
  readonly signal?: AbortSignal;
  /** Of a unary call in place of the client's; a stream has none unless it is given here. */
  readonly deadlineMs?: number;
}

/** The names of methods that stream their answer, or that do not. */
type Named<Streams, Wanted extends boolean> = {
  [Name in keyof Streams]: Streams[Name] extends Wanted ? Name : never;
}[keyof Streams];

const longestRetries = 2;
const firstPauseMs = 200;

/** A channel to one endpoint. Connects with the first call; close it when done. */
export class Client {
  readonly #channel: Channel;
  readonly #address: string;
  readonly #options: ConnectOptions;
  #services: Promise<ReadonlySet<string>> | undefined;

  constructor({ address, tls }: Endpoint, options: ConnectOptions = {}) {
    this.#channel = new Channel(
      address,
      tls ? secure(options.tls) : ChannelCredentials.createInsecure(),
      options.maxMessageBytes === undefined
        ? messageLimits
        : { ...messageLimits, 'grpc.max_receive_message_length': options.maxMessageBytes },
    );
    this.#address = address;
    this.#options = options;
  }

  /**
   * Calls a unary method. Where the other side cannot be reached, or `retryOn` says so, it tries twice more, so the method must
   * bear being called again.
   *
   * @throws CollectError with the code that the other side's own code or status stands for; `malformed_reply` if the answer
   *   cannot be read
   */
  async call<
    Requests,
    Responses,
    Streams extends StreamFlags<Streams>,
    Name extends keyof Requests & keyof Responses & Named<Streams, false>,
  >(
    definition: Definition<Requests, Responses, Streams>,
    name: Name,
    request: Sparse<Requests[Name]>,
    choices: CallChoices = {},
  ): Promise<Responses[Name]> {
    const method = methodOf(definition, name);
    const path = `/${definition.fullName}/${method.name}`;
    const bytes = encodeMessage(method.requestType, request);
    const reply = await this.#withRetries(() => this.#unary(path, bytes, choices), choices.signal);
    return this.#read(method.responseType, reply, path);
  }

  /** Calls a method that streams its answer; leaving the loop cancels the call. Never tried again. */
  async *stream<
    Requests,
    Responses,
    Streams extends StreamFlags<Streams>,
    Name extends keyof Requests & keyof Responses & Named<Streams, true>,
  >(
    definition: Definition<Requests, Responses, Streams>,
    name: Name,
    request: Sparse<Requests[Name]>,
    choices: CallChoices = {},
  ): AsyncGenerator<Responses[Name], void> {
    const method = methodOf(definition, name);
    const path = `/${definition.fullName}/${method.name}`;
    const bytes = encodeMessage(method.requestType, request);
    const options = deadlineOf(choices.deadlineMs);
    choices.signal?.throwIfAborted();
    const call = this.#channel.makeServerStreamRequest(path, same, same, bytes, this.#metadata(), options);
    const release = cancelOn(choices.signal, call);
    try {
      for await (const reply of call) yield this.#read(method.responseType, reply, path);
    } catch (caught) {
      throw this.#failure(caught, path);
    } finally {
      release();
      drop(call);
    }
  }

  /** True if the other side lists the service, by its full name, in its reflection. Asked once, then remembered. */
  async supports(service: string): Promise<boolean> {
    this.#services ??= this.#withRetries(() => this.#reflect(), undefined).catch((caught) => {
      this.#services = undefined;
      throw caught;
    });
    return (await this.#services).has(service);
  }

  async #reflect(): Promise<ReadonlySet<string>> {
    try {
      return await listServices(this.#channel, this.#metadata());
    } catch (caught) {
      throw this.#failure(caught, ' reflection');
    }
  }

  close(): void {
    this.#channel.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #unary(
    path: string,
    bytes: Buffer,
    { signal, deadlineMs = this.#options.deadlineMs ?? 180_000 }: CallChoices,
  ): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const options = deadlineOf(deadlineMs);
      const call = this.#channel.makeUnaryRequest(
        path,
        same,
        same,
        bytes,
        this.#metadata(),
        options,
        (error, reply) => {
          release();
          if (error !== null) reject(this.#failure(error, path));
          else if (reply === undefined)
            reject(new CollectError('malformed_reply', 'There is no answer.', { where: path }));
          else resolve(reply);
        },
      );
      const release = cancelOn(signal, call);
    });
  }

  async #withRetries<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const { random = Math.random, retryOn = ['unavailable'] } = this.#options;
    for (let retries = 0; ; retries++) {
      try {
        return await attempt();
      } catch (caught) {
        const error = CollectError.from(caught);
        if (retries >= longestRetries || !retryOn.includes(error.code)) throw error;
      }
      await wait(firstPauseMs * 2 ** retries * (0.5 + random()), undefined, { signal }).catch((caught) => {
        throw new CollectError('cancelled', 'The call was cancelled.', { where: this.#address, cause: caught });
      });
    }
  }

  #read<Response>(codec: MessageCodec<Response>, bytes: Buffer, path: string): Response {
    return decodeMessage(
      codec,
      bytes,
      (cause) =>
        new CollectError('malformed_reply', 'The answer cannot be read.', { where: this.#address + path, cause }),
    );
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    if (this.#options.token !== undefined) metadata.set('token', this.#options.token);
    return metadata;
  }

  #failure(caught: unknown, path: string): CollectError {
    return isServiceError(caught) ? fromGrpc(caught, `${this.#address}${path}`) : CollectError.from(caught);
  }
}

const same = (bytes: Buffer): Buffer => bytes;

function deadlineOf(deadlineMs: number | undefined): CallOptions {
  return deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
}

function secure({ authority, key, certificate }: ClientTls = {}): ChannelCredentials {
  const [root, own, chain] = [authority, key, certificate].map((pem) => (pem === undefined ? null : Buffer.from(pem)));
  return ChannelCredentials.createSsl(root, own, chain);
}

function cancelOn(signal: AbortSignal | undefined, call: { cancel(): void }): () => void {
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return () => signal?.removeEventListener('abort', cancel);
}

/** Ends a stream that its reader has left; what it then says of being cancelled is nobody's concern. */
function drop(call: ClientReadableStream<Buffer>): void {
  call.on('error', () => {});
  call.cancel();
}

function isServiceError(caught: unknown): caught is ServiceError {
  return (
    caught instanceof Error &&
    'details' in caught &&
    'code' in caught &&
    typeof status[Number(caught.code)] === 'string'
  );
}
