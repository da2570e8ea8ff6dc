import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { CollectError } from '#model/errors.ts';

const timeoutMs = 10_000;
const maxTries = 4;
const firstWaitMs = 200;

/**
 * Where a KMS is.
 *
 * @param variable that says so, for errors
 * @throws CollectError `invalid_input` for an address that would be asked in cleartext: plain http is for loopback alone
 */
export function kmsEndpoint(text: string, variable: string): URL {
  const url = URL.parse(text);
  const isLocal = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal))) return new URL('/', url);
  throw new CollectError('invalid_input', 'KMS is asked over https alone', { where: variable });
}

export interface KmsReply {
  readonly status: number;
  /** Undefined where it was no JSON. */
  readonly body: unknown;
}

/** @param where the key, for errors @throws CollectError `unavailable` where nobody answers */
export async function postToKms(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  where: string,
): Promise<KmsReply> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
    return { status: answer.status, body: parseJson(await answer.text()) };
  } catch (cause) {
    throw new CollectError('unavailable', 'KMS did not answer', { where, cause });
  }
}

/** Does something again, a few times, where it may go better then. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (caught) {
      if (attempt === maxTries || !(caught instanceof CollectError) || !caught.retryable) throw caught;
    }
    await delay(firstWaitMs * 2 ** (attempt - 1));
  }
}

/** @throws CollectError `malformed_reply` */
export function parseKmsReply<T>(schema: z.ZodType<T>, answer: unknown, where: string): T {
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
