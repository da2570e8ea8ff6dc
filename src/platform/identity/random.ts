import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** `user-1a2b3c4d5e6f` */
export function newId(kind: string): string {
  return `${kind}-${randomBytes(6).toString('hex')}`;
}

/** 256 bits, as 43 characters that stand in a URL, a cookie and a header as they are. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a random secret. A password needs a slow hash; what nobody can guess does not. */
export function hashSecret(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}

/** In the same time, wherever they differ. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
