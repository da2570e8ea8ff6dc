import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type AwsCredentials, signPost } from './aws-signature.ts';
import { type KeyVersion, keyIdOf } from './key-version.ts';
import { kmsEndpoint, parseKmsReply, postToKms, retrying } from './kms-request.ts';

const arnForm = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(?:key|alias)\/[A-Za-z0-9/_-]+$/;

export interface KmsAccess {
  /** Where KMS is, if not where AWS has it; plain http is for loopback alone. */
  readonly endpoint?: string | undefined;
  /** The default chain of the SDK, unless told. */
  readonly credentials?: () => Promise<AwsCredentials>;
}

const Encrypted = z.object({ CiphertextBlob: z.base64() });
const Decrypted = z.object({ Plaintext: z.base64() });
const Refused = z.looseObject({ __type: z.string().default(''), message: z.string().optional() });
type Refusal = z.infer<typeof Refused>;

export function isAwsKmsArn(text: string): boolean {
  return text.startsWith('arn:');
}

/**
 * A symmetric key in AWS KMS: data keys go there to be wrapped and unwrapped, the key itself never leaves it. Needs
 * `kms:Encrypt` and `kms:Decrypt`.
 *
 * @throws CollectError `invalid_input` for what is not the ARN of a KMS key, or an endpoint that would be asked in cleartext
 */
export function awsKmsKey(arn: string, { endpoint, credentials = defaultChain() }: KmsAccess): KeyVersion {
  const region = arnForm.exec(arn)?.[1];
  if (region === undefined) {
    throw new CollectError('invalid_input', 'this is not the ARN of a KMS key', {
      where: arn,
      fix: 'arn:aws:kms:<region>:<account>:key/<id>',
    });
  }
  const host = `kms.${region}.${arn.startsWith('arn:aws-cn:') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const url = kmsEndpoint(endpoint ?? `https://${host}`, 'AWS_ENDPOINT_URL_KMS');
  /** Undefined where KMS says that the ciphertext is none of this key and context. */
  const call = async <T>(action: string, body: object, reply: z.ZodType<T>): Promise<T | undefined> => {
    const text = JSON.stringify({ KeyId: arn, ...body });
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` };
    const scope = { region, service: 'kms' };
    return retrying(async () => {
      const signed = signPost({ url, headers, body: text }, await credentials(), scope, Date.now());
      const answer = await postToKms(url, signed, text, arn);
      if (answer.status < 300) return parseKmsReply(reply, answer.body, arn);
      const refusal = Refused.catch({ __type: '' }).parse(answer.body);
      if (isOfAnotherKey(refusal)) return undefined;
      throw errorOf(answer.status, refusal, arn);
    });
  };
  const context = (bound: Uint8Array) => ({ EncryptionContext: { fleetgauge: Buffer.from(bound).toString('base64') } });
  return {
    id: keyIdOf('fleetgauge aws kms key id', Buffer.from(arn)),
    async wrap(dataKey, bound) {
      const body = { Plaintext: Buffer.from(dataKey).toString('base64'), ...context(bound) };
      const reply = await call('Encrypt', body, Encrypted);
      if (reply !== undefined) return Buffer.from(reply.CiphertextBlob, 'base64');
      throw new CollectError('malformed_reply', 'KMS takes a new data key for a wrapped one', { where: arn });
    },
    async unwrap(wrapped, bound) {
      const body = { CiphertextBlob: Buffer.from(wrapped).toString('base64'), ...context(bound) };
      const reply = await call('Decrypt', body, Decrypted);
      return reply && Buffer.from(reply.Plaintext, 'base64');
    },
  };
}

/** Loaded and asked at the first use; it renews credentials that run out. */
function defaultChain(): () => Promise<AwsCredentials> {
  let chain: (() => Promise<AwsCredentials>) | undefined;
  return async () => {
    try {
      chain ??= (await import('@aws-sdk/credential-providers')).fromNodeProviderChain();
      return await chain();
    } catch (cause) {
      throw new CollectError('secret_rejected', 'there are no AWS credentials to reach KMS with', {
        fix: 'Give this process a role, a profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
        cause,
      });
    }
  };
}

/** The name of an error, without what stands before it in some of AWS's services. */
function nameOf({ __type: type }: Refusal): string {
  return type.split('#').at(-1) ?? '';
}

function isOfAnotherKey(refusal: Refusal): boolean {
  return ['InvalidCiphertextException', 'IncorrectKeyException'].includes(nameOf(refusal));
}

/** Errors name what KMS calls them, and never what was sent. */
function errorOf(status: number, refusal: Refusal, where: string): CollectError {
  const name = nameOf(refusal);
  const told = `KMS refused: ${name || status}${refusal.message === undefined ? '' : ` (${refusal.message})`}`;
  if (/Throttling|LimitExceeded/.test(name)) return new CollectError('rate_limited', told, { where });
  if (status >= 500) return new CollectError('unavailable', told, { where });
  if (/AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId/.test(name)) {
    return new CollectError('access_denied', told, { where, fix: 'Allow kms:Encrypt and kms:Decrypt on this key.' });
  }
  return new CollectError('secret_rejected', told, { where, fix: 'Check that the key exists and is enabled.' });
}
