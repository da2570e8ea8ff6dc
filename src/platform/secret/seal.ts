import { randomBytes } from 'node:crypto';
import { CollectError } from '#model/errors.ts';
import { cipherOverheadBytes, decrypt, encrypt } from './key-version.ts';
import type { MasterKey } from './master-key.ts';

/**
 * A sealed secret: `version · key id (8) · length of the wrapped data key (2) · wrapped data key · text`, where the text is
 * `nonce (12) · cipher · tag (16)`. The text is encrypted under a data key of its own (AES-256-GCM) and authenticated with
 * its binding; the data key is wrapped by the master key and authenticated with the header. So a new master key wraps data
 * keys anew, and the texts stay as they are.
 *
 * Version 1 has no length, since its data keys are wrapped by AES-256-GCM, and authenticates header and binding with both.
 */
const version = 2;
const firstVersion = 1;
const keyIdBytes = 8;
const headerBytes = 1 + keyIdBytes;
const lengthBytes = 2;
const dataKeyBytes = 32;

interface Sealed {
  /** Of version 1. */
  readonly isFirst: boolean;
  readonly header: Buffer;
  readonly keyId: string;
  readonly wrapped: Buffer;
  readonly text: Buffer;
}

/** A data key, wrapped: what takes a call to a KMS is done before the transaction that stores what is sealed. */
export interface Envelope {
  /** For one secret. @param binding what it belongs to; it opens for nothing else */
  seal(text: string, binding: string): Uint8Array;
}

export async function newEnvelope(masterKey: MasterKey): Promise<Envelope> {
  const dataKey = randomBytes(dataKeyBytes);
  const front = await wrapUnderNewest(dataKey, masterKey);
  return {
    seal: (text, binding) => Buffer.concat([front, encrypt(Buffer.from(text, 'utf8'), dataKey, textBound(binding))]),
  };
}

/** @throws CollectError `secret_rejected` for an unknown master key, another binding, or bytes that were changed */
export async function unseal(sealed: Uint8Array, binding: string, masterKey: MasterKey): Promise<string> {
  const parts = partsOf(sealed, binding);
  const bound = parts.isFirst ? Buffer.concat([parts.header, Buffer.from(binding)]) : undefined;
  const dataKey = await unwrap(parts, bound ?? parts.header, binding, masterKey);
  const text = decrypt(parts.text, dataKey, bound ?? textBound(binding));
  if (text === undefined) throw changed(binding);
  return text.toString('utf8');
}

/**
 * The same secret under the newest master key.
 *
 * @param binding asked for where the format is the first one, whose texts are bound to their master key
 * @throws CollectError as `unseal`
 */
export async function rewrap(
  sealed: Uint8Array,
  where: string,
  binding: () => Promise<string>,
  masterKey: MasterKey,
): Promise<Uint8Array> {
  const parts = partsOf(sealed, where);
  if (parts.isFirst) {
    const bound = await binding();
    return (await newEnvelope(masterKey)).seal(await unseal(sealed, bound, masterKey), bound);
  }
  const dataKey = await unwrap(parts, parts.header, where, masterKey);
  return Buffer.concat([await wrapUnderNewest(dataKey, masterKey), parts.text]);
}

/** The id of the master key that a secret is sealed with; undefined for bytes that are no sealed secret. */
export function sealingKeyOf(sealed: Uint8Array): string | undefined {
  return readParts(sealed)?.keyId;
}

/** All that stands before the text. */
async function wrapUnderNewest(dataKey: Uint8Array, masterKey: MasterKey): Promise<Buffer> {
  const key = await masterKey.newest();
  const header = Buffer.concat([Buffer.from([version]), Buffer.from(key.id, 'hex')]);
  const wrapped = await key.wrap(dataKey, header);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt16BE(wrapped.length);
  return Buffer.concat([header, length, wrapped]);
}

async function unwrap(parts: Sealed, bound: Uint8Array, where: string, masterKey: MasterKey): Promise<Uint8Array> {
  const key = await masterKey.version(parts.keyId);
  if (key === undefined) {
    throw new CollectError(
      'secret_rejected',
      `sealed with another master key (id ${parts.keyId}, not ${masterKey.id})`,
      {
        where,
        fix: 'Bring back that master key (FLEETGAUGE_MASTER_KEY or master.key), or remove the account and add it again.',
      },
    );
  }
  const dataKey = await key.unwrap(parts.wrapped, bound);
  if (dataKey === undefined) throw changed(where);
  return dataKey;
}

function changed(where: string): CollectError {
  return new CollectError('secret_rejected', 'the sealed secret was changed, or belongs to something else', {
    where,
    fix: 'Remove the account and add it again.',
  });
}

function textBound(binding: string): Buffer {
  return Buffer.concat([Buffer.from([version]), Buffer.from(binding)]);
}

/** @throws CollectError `secret_rejected` for bytes that are no sealed secret */
function partsOf(sealed: Uint8Array, where: string): Sealed {
  const parts = readParts(sealed);
  if (parts !== undefined) return parts;
  throw new CollectError('secret_rejected', 'the sealed secret has an unknown format', { where });
}

function readParts(sealed: Uint8Array): Sealed | undefined {
  const bytes = Buffer.from(sealed);
  const isFirst = bytes[0] === firstVersion;
  const begin = isFirst ? headerBytes : headerBytes + lengthBytes;
  if ((!isFirst && bytes[0] !== version) || bytes.length < begin) return undefined;
  const end = begin + (isFirst ? dataKeyBytes + cipherOverheadBytes : bytes.readUInt16BE(headerBytes));
  if (bytes.length < end + cipherOverheadBytes) return undefined;
  const header = bytes.subarray(0, headerBytes);
  return {
    isFirst,
    header,
    keyId: header.subarray(1).toString('hex'),
    wrapped: bytes.subarray(begin, end),
    text: bytes.subarray(end),
  };
}
