import type { CollectError } from '#model/errors.ts';

/** A message's codec as ts-proto generates it. */
export interface MessageCodec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(input: Uint8Array): T;
  // biome-ignore lint/suspicious/noExplicitAny: ts-proto's DeepPartial is declared anew in each generated file
  fromPartial(object: any): T;
}

/** A row of a generated `…Definition`. */
export interface Method {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: codecs are invariant; the rows' own types say which message
  readonly requestType: MessageCodec<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly responseType: MessageCodec<any>;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** What ts-proto generates for a service, such as `CollectorDefinition`. */
export interface Definition {
  readonly name: string;
  readonly fullName: string;
  readonly methods: Readonly<Record<string, Method>>;
}

/** A message of which one says only what is not its default; what is inside a Struct stays as it is. */
export type Sparse<T> = T extends Uint8Array | string | number | boolean | undefined | null
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Sparse<Item>[]
    : string extends keyof T
      ? Readonly<T>
      : T extends object
        ? { readonly [Key in keyof T]?: Sparse<T[Key]> | undefined }
        : T;

export type Request<M extends Method> = ReturnType<M['requestType']['decode']>;
export type Response<M extends Method> = ReturnType<M['responseType']['decode']>;

/** A message's bytes for the wire. */
export function encodeMessage<T>(codec: MessageCodec<T>, message: Sparse<T>): Buffer {
  const bytes = codec.encode(codec.fromPartial(message)).finish();
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
