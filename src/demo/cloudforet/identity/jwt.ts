import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const keys = new Map<string, SigningKey>();

/** The RSA key of that name: made when first asked for, the same for the rest of the process. */
export function signingKey(name: string): SigningKey {
  const key = keys.get(name) ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
  keys.set(name, key);
  return key;
}

/** What a platform's tokens can say; each generation has its own part of it. */
export const Claims = z.object({
  did: z.string().optional(),
  aud: z.string().optional(),
  exp: z.number().optional(),
  typ: z.string().optional(),
  ver: z.string().optional(),
  own: z.string().optional(),
  rol: z.string().optional(),
  wid: z.string().optional(),
  jti: z.string().optional(),
  permissions: z.array(z.string()).optional(),
  projects: z.array(z.string()).optional(),
});
export type Claims = z.infer<typeof Claims>;

const Header = z.object({ alg: z.string() });

/** @returns a compact JWS under RS256; without a key, one of `alg: none` that nobody has signed */
export function writeToken(claims: object, key?: SigningKey): string {
  const signed = `${encode({ alg: key === undefined ? 'none' : 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature =
    key === undefined ? '' : sign('RSA-SHA256', Buffer.from(signed), key.privateKey).toString('base64url');
  return `${signed}.${signature}`;
}

/** What a token says, whoever has written it; undefined if it is none. */
export function readClaims(token: string): Claims | undefined {
  const [, payload, ...rest] = token.split('.');
  if (payload === undefined || rest.length !== 1) return undefined;
  return Claims.safeParse(decode(payload)).data;
}

/** Whether the key has signed the token and it has not run out. @param now epoch seconds */
export function isGenuine(token: string, { publicKey }: SigningKey, now: number, leewaySeconds: number): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  if (Header.safeParse(decode(header)).data?.alg !== 'RS256') return false;
  const { exp = Number.POSITIVE_INFINITY } = readClaims(token) ?? {};
  if (exp + leewaySeconds <= now) return false;
  return verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'));
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}
