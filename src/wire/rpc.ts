import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { CollectError } from '#model/errors.ts';

/** A message's codec as ts-proto generates it. */
export interface MessageCodec<T> {
  encode(message: T, writer?: BinaryWriter): { finish(): Uint8Array };
  decode(input: Uint8Array): T;
  fromPartial(object: Sparse<T>): T;
}

/** A row of a generated `…Definition`. */
export interface Method<Request, Response, Streams extends boolean> {
  readonly name: string;
  readonly requestType: MessageCodec<Request>;
  readonly responseType: MessageCodec<Response>;
  readonly requestStream: boolean;
  readonly responseStream: Streams;
}

/**
 * What ts-proto generates for a service, such as `CollectorDefinition`. Each parameter maps the names of its methods: to their
 * requests, their responses, and whether they stream these. Three maps side by side, since TypeScript infers each of them
 * from a definition.
 */
export interface Definition<Requests, Responses, Streams> {
  readonly name: string;
  readonly fullName: string;
  readonly methods: RequestSides<Requests> & ResponseSides<Responses> & StreamSides<Streams>;
}

type RequestSides<Requests> = {
  readonly [Name in keyof Requests]: {
    readonly name: string;
    readonly requestType: MessageCodec<Requests[Name]>;
    readonly requestStream: boolean;
  };
};
type ResponseSides<Responses> = {
  readonly [Name in keyof Responses]: { readonly responseType: MessageCodec<Responses[Name]> };
};
type StreamSides<Streams> = { readonly [Name in keyof Streams]: { readonly responseStream: Streams[Name] } };

/** Whether each method streams its answer. */
export type StreamFlags<Streams> = { readonly [Name in keyof Streams]: boolean };

/** One row of a definition, with the types that belong to its name. */
export function methodOf<
  Requests,
  Responses,
  Streams extends StreamFlags<Streams>,
  Name extends keyof Requests & keyof Responses & keyof Streams,
>(
  { methods }: Definition<Requests, Responses, Streams>,
  key: Name,
): Method<Requests[Name], Responses[Name], Streams[Name]> {
  const requests: RequestSides<Requests> = methods;
  const responses: ResponseSides<Responses> = methods;
  const streams: StreamSides<Streams> = methods;
  const { name, requestType, requestStream } = requests[key];
  const { responseType } = responses[key];
  const { responseStream } = streams[key];
  return { name, requestType, responseType, requestStream, responseStream };
}

/** A message of which one says only what is not its default; what is inside a Struct stays as it is. */
export type Sparse<T> = T extends Uint8Array | string | number | boolean | undefined | null
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Sparse<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]?: Sparse<T[Key]> | undefined }
      : T;

/** Up to messages of this size a writer is kept, so that one giant does not stay in memory. */
const keptBytes = 2 ** 20;

/** A writer has its buffer grow anew with each message, unless it is the same one. Taken while in use. */
let spare: BinaryWriter | undefined;

/** A message's bytes for the wire. */
export function encodeMessage<T>(codec: MessageCodec<T>, message: Sparse<T>): Buffer {
  const writer = spare ?? new BinaryWriter();
  spare = undefined;
  const bytes = codec.encode(codec.fromPartial(message), writer).finish();
  if (bytes.length <= keptBytes) spare = writer;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @param fail makes the error to throw if the bytes are no such message */
export function decodeMessage<T>(codec: MessageCodec<T>, bytes: Uint8Array, fail: (cause: unknown) => CollectError): T {
  try {
    return codec.decode(bytes);
  } catch (caught) {
    throw fail(caught);
  }
}
