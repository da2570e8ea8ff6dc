import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

/** An RSA key pair. */
export interface Keys {
  /** As key files hold it: PEM, PKCS #8. */
  readonly privatePem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

const made = new Map<string, Promise<Keys>>();

/** The RSA key pair of that name: made at random, whatever the seed, and the same for as long as the process lasts. */
export function keysNamed(name: string): Promise<Keys> {
  const keys = made.get(name) ?? makeKeys();
  made.set(name, keys);
  return keys;
}

async function makeKeys(): Promise<Keys> {
  const { privateKey: privatePem } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const privateKey = createPrivateKey(privatePem);
  return { privatePem, privateKey, publicKey: createPublicKey(privateKey) };
}

/** The claims that the simulation reads; times are epoch seconds. */
export const Claims = z.looseObject({
  iss: z.string(),
  sub: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  scope: z.string().optional(),
  iat: z.number(),
  exp: z.number(),
});
export type Claims = z.infer<typeof Claims>;

const Header = z.looseObject({ alg: z.string() });

/** Signs claims as RS256. */
export function signJwt(claims: Claims, { privateKey }: Keys): string {
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** Reads a JWT without trusting it; undefined for any other text. */
export function readJwt(text: string): Claims | undefined {
  return Claims.safeParse(decode(text.split('.')[1])).data;
}

/** Whether an RS256 signature is this key's. */
export function isSignedBy(text: string, { publicKey }: Keys): boolean {
  const [header = '', payload = '', signature = ''] = text.split('.');
  if (Header.safeParse(decode(header)).data?.alg !== 'RS256') return false;
  return verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'));
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}
