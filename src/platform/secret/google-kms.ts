import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { crc32c } from './crc32c.ts';
import { type KeyVersion, keyIdOf } from './key-version.ts';
import { type KmsReply, kmsEndpoint, parseKmsReply, postToKms, retrying } from './kms-request.ts';

/** Without a version: Google's own rotation makes new ones, and finds the one that a text was encrypted with. */
const nameForm = /^projects\/[a-z0-9.:-]+\/locations\/[a-z0-9-]+\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63}$/;
const scope = 'https://www.googleapis.com/auth/cloudkms';

export interface GoogleKmsAccess {
  /** Where Cloud KMS is, if not where Google has it; plain http is for loopback alone. */
  readonly endpoint?: string | undefined;
  /** The headers that let a call in; application default credentials, unless told. */
  readonly authorize?: () => Promise<Readonly<Record<string, string>>>;
}

/** An int64 of protobuf is a text in JSON. */
const Checksum = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);
const Encrypted = z.object({
  ciphertext: z.base64(),
  ciphertextCrc32c: Checksum,
  verifiedPlaintextCrc32c: z.boolean().default(false),
  verifiedAdditionalAuthenticatedDataCrc32c: z.boolean().default(false),
});
const Decrypted = z.object({ plaintext: z.base64(), plaintextCrc32c: Checksum });
const Refused = z.object({ error: z.object({ status: z.string().default(''), message: z.string().default('') }) });
type Refusal = z.infer<typeof Refused>['error'];

export function isGoogleKmsName(text: string): boolean {
  return text.startsWith('projects/');
}

/**
 * A symmetric key in Google's Cloud KMS: data keys go there to be wrapped and unwrapped, the key itself never leaves it.
 * Needs `cloudkms.cryptoKeyVersions.useToEncrypt` and `useToDecrypt`. Bytes that change on their way, either way, are sent
 * again: both sides check them by CRC32C.
 *
 * @throws CollectError `invalid_input` for what is not the name of a key, or an endpoint that would be asked in cleartext
 */
export function googleKmsKey(
  name: string,
  { endpoint, authorize = defaultCredentials(name) }: GoogleKmsAccess,
): KeyVersion {
  if (!nameForm.test(name)) {
    throw new CollectError('invalid_input', 'this is not the name of a key of Cloud KMS', {
      where: name,
      fix: 'projects/<project>/locations/<location>/keyRings/<ring>/cryptoKeys/<key>',
    });
  }
  const base = kmsEndpoint(endpoint ?? 'https://cloudkms.googleapis.com', 'CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS');
  const call = async (action: 'encrypt' | 'decrypt', body: object): Promise<KmsReply> => {
    const headers = { ...(await authorize()), 'content-type': 'application/json' };
    return postToKms(new URL(`/v1/${name}:${action}`, base), headers, JSON.stringify(body), name);
  };
  return {
    id: keyIdOf('fleetgauge google kms key id', Buffer.from(name)),
    wrap(dataKey, bound) {
      return retrying(async () => {
        const answer = await call('encrypt', { ...checked('plaintext', dataKey), ...boundTo(bound) });
        if (answer.status >= 300) throw errorOf(answer, name);
        const reply = parseKmsReply(Encrypted, answer.body, name);
        if (!reply.verifiedPlaintextCrc32c || !reply.verifiedAdditionalAuthenticatedDataCrc32c) throw damaged(name);
        return received(reply.ciphertext, reply.ciphertextCrc32c, name);
      });
    },
    unwrap(wrapped, bound) {
      return retrying(async () => {
        const answer = await call('decrypt', { ...checked('ciphertext', wrapped), ...boundTo(bound) });
        if (isOfAnotherKey(answer)) return undefined;
        if (answer.status >= 300) throw errorOf(answer, name);
        const { plaintext, plaintextCrc32c } = parseKmsReply(Decrypted, answer.body, name);
        return received(plaintext, plaintextCrc32c, name);
      });
    },
  };
}

/** A field of bytes, and the one that it is checked by. */
function checked(field: string, bytes: Uint8Array): Readonly<Record<string, string>> {
  return { [field]: Buffer.from(bytes).toString('base64'), [`${field}Crc32c`]: String(crc32c(bytes)) };
}

function boundTo(bound: Uint8Array): Readonly<Record<string, string>> {
  return checked('additionalAuthenticatedData', bound);
}

/** @throws CollectError `unavailable`: the next time it may arrive as it was sent */
function received(text: string, checksum: number, where: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (crc32c(bytes) === checksum) return bytes;
  throw damaged(where);
}

function damaged(where: string): CollectError {
  return new CollectError('unavailable', 'bytes were changed between us and KMS', { where });
}

/** Loaded and asked at the first use; it renews tokens that run out. */
function defaultCredentials(name: string): () => Promise<Readonly<Record<string, string>>> {
  let opened: Promise<{ getRequestHeaders(): Promise<Headers> }> | undefined;
  const open = async () => {
    const { GoogleAuth } = await import('google-auth-library');
    // The project is that of the key: nobody has to find out another one.
    return new GoogleAuth({ scopes: [scope], projectId: name.split('/')[1] ?? '' });
  };
  return async () => {
    try {
      opened ??= open();
      return Object.fromEntries(await (await opened).getRequestHeaders());
    } catch (cause) {
      throw new CollectError('secret_rejected', 'there are no Google credentials to reach KMS with', {
        fix: 'Give this process a service account, GOOGLE_APPLICATION_CREDENTIALS, or gcloud auth application-default login.',
        cause,
      });
    }
  };
}

function refusalOf(body: unknown): Refusal {
  const parsed = Refused.safeParse(body);
  return parsed.success ? parsed.data.error : { status: '', message: '' };
}

function isChecksum({ message }: Refusal): boolean {
  return /checksum|crc32c/i.test(message);
}

/** The fields of a call are ours, so that what Cloud KMS does not take of them is the text and what it is bound to. */
function isOfAnotherKey({ status, body }: KmsReply): boolean {
  const refusal = refusalOf(body);
  return status === 400 && refusal.status === 'INVALID_ARGUMENT' && !isChecksum(refusal);
}

/** Errors name what KMS calls them, and never what was sent. */
function errorOf({ status, body }: KmsReply, where: string): CollectError {
  const refusal = refusalOf(body);
  const told = `KMS refused: ${refusal.status || status}${refusal.message === '' ? '' : ` (${refusal.message})`}`;
  if (status === 429) return new CollectError('rate_limited', told, { where });
  if (status >= 500 || isChecksum(refusal)) return new CollectError('unavailable', told, { where });
  if (status === 401 || status === 403) {
    const fix = 'Grant roles/cloudkms.cryptoKeyEncrypterDecrypter on this key.';
    return new CollectError('access_denied', told, { where, fix });
  }
  return new CollectError('secret_rejected', told, { where, fix: 'Check that the key exists and is enabled.' });
}
