import { isUtf8 } from 'node:buffer';
import { CollectError } from '#model/errors.ts';
import { maxValues } from './limits.ts';
import { rememberedBytes, shortText } from './short-texts.ts';

const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Bytes being read, each step held to the end of the message it stands in. */
export class Source {
  readonly bytes: Buffer;
  at: number;
  #valuesLeft = maxValues;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** Counts a value: a few bytes must not unfold into gigabytes of nulls. */
  countValue(): void {
    if (--this.#valuesLeft < 0) throw malformed(`holds more than ${maxValues} values`);
  }

  /** A varint's low 32 bits, unsigned; the rest of ten bytes is read and dropped, as protobuf does. */
  varint(end: number): number {
    let result = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw malformed('ends within a number');
      const byte = this.bytes[this.at++] as number;
      if (shift < 32) result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result >>> 0;
    }
    throw malformed('holds a number of more than ten bytes');
  }

  /** True if any bit of the varint is set. */
  bool(end: number): boolean {
    let set = false;
    for (let count = 0; count < 10; count++) {
      if (this.at >= end) throw malformed('ends within a number');
      const byte = this.bytes[this.at++] as number;
      set ||= (byte & 0x7f) !== 0;
      if (byte < 0x80) return set;
    }
    throw malformed('holds a number of more than ten bytes');
  }

  /** Reads a length and answers where what it counts ends. */
  block(end: number): number {
    const size = this.varint(end);
    if (size > end - this.at) throw malformed('holds a part longer than itself');
    return this.at + size;
  }

  double(end: number): number {
    if (end - this.at < 8) throw malformed('ends within a number');
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  /** @throws CollectError `invalid_input` if it is not UTF-8, which proto3 demands of a string */
  text(end: number): string {
    const stop = this.block(end);
    const start = this.at;
    this.at = stop;
    const short = stop - start <= rememberedBytes ? shortText(this.bytes, start, stop) : undefined;
    if (short !== undefined) return short;
    if (!isUtf8(this.bytes.subarray(start, stop))) throw malformed('holds a text that is not UTF-8');
    return this.bytes.toString('utf8', start, stop);
  }

  /** Passes over a field that this version does not know. */
  skip(fieldTag: number, end: number): void {
    if (fieldTag >>> 3 === 0) throw malformed('holds a field without a number');
    const type = fieldTag & 7;
    if (type === wireType.varint) this.bool(end);
    else if (type === wireType.bytes) this.at = this.block(end);
    else if (type === wireType.fixed64) this.#advance(8, end);
    else if (type === wireType.fixed32) this.#advance(4, end);
    else throw malformed('holds a field of a kind that proto3 has not got');
  }

  #advance(size: number, end: number): void {
    if (size > end - this.at) throw malformed('ends within a number');
    this.at += size;
  }
}

export function malformed(what: string): CollectError {
  return new CollectError('invalid_input', `A message cannot be read: it ${what}.`);
}
