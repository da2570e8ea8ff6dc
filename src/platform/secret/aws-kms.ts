import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type AwsCredentials, signPost } from './aws-signature.ts';
import { type KeyVersion, keyIdOf } from './key-version.ts';

const arnForm = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(?:key|alias)\/[A-Za-z0-9/_-]+$/;

const timeoutMs = 10_000;
const maxTries = 4;
const firstWaitMs = 200;

export interface KmsAccess {
  /** Where KMS is, if not where AWS has it; plain http is for loopback alone. */
  readonly endpoint?: string | undefined;
  /** The default chain of the SDK, unless told. */
  readonly credentials?: () => Promise<AwsCredentials>;
}

const Encrypted = z.object({ CiphertextBlob: z.base64() });
const Decrypted = z.object({ Plaintext: z.base64() });
const Refused = z.looseObject({ __type: z.string().default(''), message: z.string().optional() });

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
  const url = endpointOf(
    endpoint ?? `https://kms.${region}.${arn.startsWith('arn:aws-cn:') ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
  );
  /** Undefined where KMS says that the ciphertext is none of this key and context. */
  const call = async <T>(action: string, body: object, reply: z.ZodType<T>): Promise<T | undefined> => {
    const text = JSON.stringify({ KeyId: arn, ...body });
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` };
    for (let attempt = 1; ; attempt++) {
      const signed = signPost(
        { url, headers, body: text },
        await credentials(),
        { region, service: 'kms' },
        Date.now(),
      );
      try {
        const answer = await send(url, signed, text, arn);
        return answer === notOfThisKey ? undefined : parseReply(reply, answer, arn);
      } catch (caught) {
        if (attempt === maxTries || !(caught instanceof CollectError) || !caught.retryable) throw caught;
      }
      await delay(firstWaitMs * 2 ** (attempt - 1));
    }
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

function endpointOf(text: string): URL {
  const url = URL.parse(text);
  const isLocal = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal))) return new URL('/', url);
  throw new CollectError('invalid_input', 'KMS is asked over https alone', { where: 'AWS_ENDPOINT_URL_KMS' });
}

const notOfThisKey = Symbol('not of this key');

/** Errors name what KMS calls them, and never what was sent. */
async function send(url: URL, headers: Record<string, string>, body: string, where: string): Promise<unknown> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await answer.text();
  } catch (cause) {
    throw new CollectError('unavailable', 'KMS did not answer', { where, cause });
  }
  const parsed = parseJson(text);
  if (answer.ok) return parsed;
  const { __type: type, message } = Refused.catch({ __type: '' }).parse(parsed);
  const name = type.split('#').at(-1) ?? '';
  if (name === 'InvalidCiphertextException' || name === 'IncorrectKeyException') return notOfThisKey;
  const told = `KMS refused: ${name || answer.status}${message === undefined ? '' : ` (${message})`}`;
  if (/Throttling|LimitExceeded/.test(name)) throw new CollectError('rate_limited', told, { where });
  if (answer.status >= 500) throw new CollectError('unavailable', told, { where });
  if (/AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId/.test(name)) {
    throw new CollectError('access_denied', told, { where, fix: 'Allow kms:Encrypt and kms:Decrypt on this key.' });
  }
  throw new CollectError('secret_rejected', told, { where, fix: 'Check that the key exists and is enabled.' });
}

function parseReply<T>(schema: z.ZodType<T>, answer: unknown, where: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new CollectError('malformed_reply', 'KMS answered what we do not understand', { where });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
