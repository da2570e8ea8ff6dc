import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { CollectError } from '#model/errors.ts';

/** One version of the master key: wraps the data keys of secrets, and unwraps those that it wrapped. */
export interface KeyVersion {
  /** Sixteen hex digits that tell keys apart and say nothing of the key. */
  readonly id: string;
  /** @param bound authenticated with the data key, and needed to unwrap it */
  wrap(dataKey: Uint8Array, bound: Uint8Array): Promise<Uint8Array>;
  /** Undefined for bytes that this key did not wrap, or another `bound`. */
  unwrap(wrapped: Uint8Array, bound: Uint8Array): Promise<Uint8Array | undefined>;
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/** What AES-256-GCM adds to a text: its nonce and its tag. */
export const cipherOverheadBytes = nonceBytes + tagBytes;

/** A key of 32 bytes that this process has. Prints, logs and serialises as its id. */
export class LocalKey implements KeyVersion {
  readonly id: string;
  readonly #bytes: Uint8Array;

  /** @param text 32 bytes in base64 @throws CollectError `invalid_input` for anything else */
  static parse(text: string, where: string): LocalKey {
    const trimmed = text.trim();
    const bytes = Buffer.from(trimmed, 'base64');
    if (bytes.length === keyBytes && /^[A-Za-z0-9+/_-]+=*$/.test(trimmed)) return new LocalKey(bytes);
    throw new CollectError('invalid_input', `a master key must be ${keyBytes} bytes in base64`, {
      where,
      fix: 'Make one with: openssl rand -base64 32',
    });
  }

  /** @param bytes 32 */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.id = keyIdOf('fleetgauge master key id', bytes);
  }

  async wrap(dataKey: Uint8Array, bound: Uint8Array): Promise<Uint8Array> {
    return encrypt(dataKey, this.#bytes, bound);
  }

  async unwrap(wrapped: Uint8Array, bound: Uint8Array): Promise<Uint8Array | undefined> {
    return decrypt(wrapped, this.#bytes, bound);
  }

  toJSON(): string {
    return `master key ${this.id}`;
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}

/** The text of a new key. */
export function newKeyText(): string {
  return randomBytes(keyBytes).toString('base64');
}

/** @param use keeps ids of one kind of key apart from all other hashes of it */
export function keyIdOf(use: string, key: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${use}\0`), key]), 'hex').slice(0, 16);
}

/** @returns `nonce (12) · cipher · tag (16)` */
export function encrypt(plain: Uint8Array, key: Uint8Array, bound: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(bound);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined where key, bound or bytes are others than at encryption; why, nobody is told. */
export function decrypt(bytes: Uint8Array, key: Uint8Array, bound: Uint8Array): Buffer | undefined {
  try {
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(bound)
      .setAuthTag(bytes.subarray(bytes.length - tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}
