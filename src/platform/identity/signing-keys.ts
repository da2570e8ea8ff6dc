import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { SigningKey } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import type { MasterKey } from '../secret/master-key.ts';
import { newEnvelope, unseal } from '../secret/seal.ts';

export const signingAlgorithm = 'RS256';
const modulusBits = 2048;
/** A key signs for so long; then the next one is made. */
const signsForMs = 90 * 24 * 3_600_000;

/** An RSA key as JWK (RFC 7518, 6.3). */
const PublicJwk = z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() });
const PrivateJwk = z.looseObject({ ...PublicJwk.shape, d: z.string() });

export interface PublicKey extends SigningKey {
  readonly jwk: JWK;
}

/** The key that signs for a domain now; made where there is none, or the last one is old. */
export async function signingKey(
  store: Store,
  masterKey: MasterKey,
  domain: string,
  now: number,
): Promise<{ readonly id: string; readonly key: CryptoKey }> {
  const [newest] = await store.identity.signingKeys(domain);
  const isUsable = newest !== undefined && newest.retiredAt === undefined && now - newest.createdAt < signsForMs;
  const id = isUsable ? newest.id : await rotateSigningKey(store, masterKey, domain, now);
  const sealed = await store.identity.sealedSigningKey(id);
  // Another process made one at the same time, and retired this one.
  if (sealed === undefined) return signingKey(store, masterKey, domain, now);
  const jwk = PrivateJwk.parse(JSON.parse(await unseal(sealed, bindingOf(id, domain), masterKey)));
  return { id, key: await imported(jwk) };
}

/**
 * Makes a new signing key and retires the others: what they signed still holds until it runs out.
 *
 * @param compromised ends what the others signed at once
 * @returns the id of the new key
 */
export async function rotateSigningKey(
  store: Store,
  masterKey: MasterKey,
  domain: string,
  now: number,
  compromised = false,
): Promise<string> {
  const pair = await generateKeyPair(signingAlgorithm, { modulusLength: modulusBits, extractable: true });
  const publicJwk = PublicJwk.parse(await exportJWK(pair.publicKey));
  const id = await calculateJwkThumbprint(publicJwk);
  const envelope = await newEnvelope(masterKey);
  const sealed = envelope.seal(JSON.stringify(await exportJWK(pair.privateKey)), bindingOf(id, domain));
  await store.transaction(async ({ identity }) => {
    await identity.addSigningKey({ id, domain, publicJwk: JSON.stringify(publicJwk), createdAt: now }, sealed);
    await identity.retireSigningKeys(domain, id, now);
    if (compromised) await identity.removeRetiredSigningKeys(domain);
  });
  return id;
}

/** Newest first. */
export async function publicKeys(store: Store, domain: string): Promise<PublicKey[]> {
  return (await store.identity.signingKeys(domain)).map((key) => ({
    ...key,
    jwk: { ...PublicJwk.parse(JSON.parse(key.publicJwk)), kid: key.id, alg: signingAlgorithm, use: 'sig' },
  }));
}

export async function verifyingKey({ jwk }: PublicKey): Promise<CryptoKey> {
  return imported(jwk);
}

async function imported(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm);
  if (key instanceof Uint8Array) throw new CollectError('store_failed', 'a signing key is no RSA key');
  return key;
}

function bindingOf(id: string, domain: string): string {
  return `signing key ${id}: ${domain}`;
}
