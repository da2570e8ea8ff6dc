import { CollectError } from '#model/errors.ts';
import type { MessageCodec } from '#wire/rpc.ts';

/** A message, and the bytes that it took. */
export type Sized<T> = T & { readonly sizeBytes: number };

/** Reads messages up to a size: a larger one is refused before it is unfolded into objects. */
export function sized<T extends object>(codec: MessageCodec<T>, limitBytes: number): MessageCodec<Sized<T>> {
  return {
    encode: (message, writer) => codec.encode(message, writer),
    decode(input) {
      if (input.length > limitBytes) {
        throw new CollectError(
          'invalid_input',
          `a message of ${input.length} bytes is over the limit of ${limitBytes}`,
        );
      }
      return { ...codec.decode(input), sizeBytes: input.length };
    },
    fromPartial: (message) => ({ ...codec.fromPartial(message), sizeBytes: 0 }),
  };
}
