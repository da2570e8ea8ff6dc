import { maxMessageBytes } from './limits.ts';

/** Thrown where `TailBuffer` would pass `maxMessageBytes`; never leaves the room. */
export class TooLong extends Error {}

/** Longest text that a loop over its characters writes faster than a call into the engine does. */
const shortText = 48;

/**
 * A buffer that grows towards its start: what a length prefix counts is already written when the prefix is, so one pass
 * over a tree is enough.
 */
export class TailBuffer {
  #bytes: Buffer;
  /** Where the last thing written begins. */
  #at: number;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
    this.#at = capacity;
  }

  get length(): number {
    return this.#bytes.length - this.#at;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  clear(): void {
    this.#at = this.#bytes.length;
  }

  /** All that was written since `clear`, as long as nothing else is written. */
  get written(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[--this.#at] = value;
  }

  varint(value: number): void {
    this.#reserve(5);
    if (value < 0x80) {
      this.#bytes[--this.#at] = value;
      return;
    }
    let size = 1;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++;
    this.#at -= size;
    let at = this.#at;
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#at -= 8;
    this.#bytes.writeDoubleLE(value, this.#at);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    this.#bytes.set(bytes, this.#at);
  }

  /** UTF-8, after its length; a lone surrogate becomes U+FFFD, as everywhere in Node. */
  text(value: string): void {
    const end = this.length;
    if (value.length >= shortText || !this.#ascii(value)) this.#utf8(value);
    this.varint(this.length - end);
  }

  #ascii(value: string): boolean {
    this.#reserve(value.length);
    let at = this.#at;
    for (let index = value.length - 1; index >= 0; index--) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return false;
      this.#bytes[--at] = code;
    }
    this.#at = at;
    return true;
  }

  #utf8(value: string): void {
    const size = Buffer.byteLength(value);
    this.#reserve(size);
    this.#at -= size;
    this.#bytes.write(value, this.#at, size);
  }

  #reserve(size: number): void {
    if (size > this.#at) this.#grow(size);
  }

  #grow(size: number): void {
    const written = this.length;
    if (written + size > maxMessageBytes) throw new TooLong();
    const bigger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, written + size));
    bigger.set(this.#bytes.subarray(this.#at), bigger.length - written);
    this.#bytes = bigger;
    this.#at = bigger.length - written;
  }
}
