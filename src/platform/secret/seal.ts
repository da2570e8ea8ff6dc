import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CollectError } from '#model/errors.ts';
import type { MasterKey } from './master-key.ts';

/**
 * A sealed secret: `version · key id (8) · wrapped data key · text`, where the last two are `nonce (12) · cipher · tag (16)`.
 * The text is encrypted under a data key of its own, the data key under the master key (both AES-256-GCM), so that a new
 * master key rewraps 32 bytes a secret. Header and binding are authenticated with both.
 */
const version = 1;
const keyIdBytes = 8;
const headerBytes = 1 + keyIdBytes;
const dataKeyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const wrappedBytes = nonceBytes + dataKeyBytes + tagBytes;

const algorithm = 'aes-256-gcm';

/** @param binding what the secret belongs to; it opens for nothing else */
export function seal(text: string, binding: string, masterKey: MasterKey): Uint8Array {
  const header = Buffer.concat([Buffer.from([version]), Buffer.from(masterKey.id, 'hex')]);
  const bound = Buffer.concat([header, Buffer.from(binding)]);
  const dataKey = randomBytes(dataKeyBytes);
  return Buffer.concat([
    header,
    encrypt(dataKey, masterKey.bytes, bound),
    encrypt(Buffer.from(text, 'utf8'), dataKey, bound),
  ]);
}

/** @throws CollectError `secret_rejected` for another master key, another binding, or bytes that were changed */
export function unseal(sealed: Uint8Array, binding: string, masterKey: MasterKey): string {
  const bytes = Buffer.from(sealed);
  if (bytes.length < headerBytes + wrappedBytes + nonceBytes + tagBytes || bytes[0] !== version) {
    throw new CollectError('secret_rejected', 'the sealed secret has an unknown format', { where: binding });
  }
  const header = bytes.subarray(0, headerBytes);
  const keyId = header.subarray(1).toString('hex');
  if (keyId !== masterKey.id) {
    throw new CollectError('secret_rejected', `sealed with another master key (id ${keyId}, not ${masterKey.id})`, {
      where: binding,
      fix: 'Bring back that master key (FLEETGAUGE_MASTER_KEY or master.key), or remove the account and add it again.',
    });
  }
  try {
    const bound = Buffer.concat([header, Buffer.from(binding)]);
    const dataKey = decrypt(bytes.subarray(headerBytes, headerBytes + wrappedBytes), masterKey.bytes, bound);
    return decrypt(bytes.subarray(headerBytes + wrappedBytes), dataKey, bound).toString('utf8');
  } catch {
    // The cause is left out: it says no more, and nothing of a secret may ride along.
    throw new CollectError('secret_rejected', 'the sealed secret was changed, or belongs to another account', {
      where: binding,
      fix: 'Remove the account and add it again.',
    });
  }
}

function encrypt(plain: Uint8Array, key: Uint8Array, bound: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(bound);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(bytes: Uint8Array, key: Uint8Array, bound: Uint8Array): Buffer {
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(bound)
    .setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)), decipher.final()]);
}
