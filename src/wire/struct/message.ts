/**
 * Stands in for the google/protobuf/struct.ts that ts-proto would generate: the generated codecs import these names, so that
 * every message with a Struct in it goes through our codec. `wrap` and `unwrap` have nothing left to do.
 */
import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { decodeList, decodeStruct, decodeValue } from './decode.ts';
import { withList, withStruct, withValue } from './encode.ts';

type Fields = { [key: string]: unknown };

function message<T>(
  withBytes: (value: T, take: (bytes: Uint8Array) => BinaryWriter) => BinaryWriter,
  decode: (bytes: Uint8Array, start: number, end: number) => unknown,
) {
  return {
    wrap: (value: T): T => value,
    unwrap: (value: T): T => value,
    encode: (value: T, writer: BinaryWriter): BinaryWriter => withBytes(value, (bytes) => writer.raw(bytes)),
    decode(reader: BinaryReader, length: number): T {
      const start = reader.pos;
      const { buf } = reader as unknown as { buf: Uint8Array }; // private in its types only
      const value = decode(buf, start, start + length) as T;
      reader.pos = start + length;
      return value;
    },
  };
}

export const Struct = message<Fields>(withStruct, decodeStruct);
export const Value = message<unknown>(withValue, decodeValue);
export const ListValue = message<unknown[]>(withList, decodeList);
