import { constants, type KeyObject, sign, verify } from 'node:crypto';
import { memberOf } from './json.ts';

/** A JSON web token that was read, and not yet believed. */
export interface Jwt {
  readonly header: unknown;
  readonly claims: unknown;
  readonly signed: string;
  readonly signature: Buffer;
}

/** Signs claims by RS256. */
export function signJwt(claims: object, privateKey: KeyObject, header: object = {}): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** Reads a token; undefined for what is none. */
export function readJwt(text: string): Jwt | undefined {
  const [header, claims, signature, ...more] = text.split('.');
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) return undefined;
  try {
    const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    const signed = `${header}.${claims}`;
    return { header: decode(header), claims: decode(claims), signed, signature: Buffer.from(signature, 'base64url') };
  } catch {
    return undefined;
  }
}

/** Whether a token was signed by RS256 or PS256 with the key. */
export function isSignedBy({ header, signed, signature }: Jwt, publicKey: KeyObject): boolean {
  const data = Buffer.from(signed);
  switch (memberOf(header, 'alg')) {
    case 'RS256':
      return verify('sha256', data, publicKey, signature);
    case 'PS256':
      return verify(
        'sha256',
        data,
        { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
        signature,
      );
    default:
      return false;
  }
}

/** A claim that is text; empty for one that is not. */
export function textClaim({ claims }: Jwt, name: string): string {
  const value = memberOf(claims, name);
  return typeof value === 'string' ? value : '';
}

/** A claim that is a time, epoch seconds; NaN for one that is not. */
export function timeClaim({ claims }: Jwt, name: string): number {
  const value = memberOf(claims, name);
  return typeof value === 'number' ? value : Number.NaN;
}
