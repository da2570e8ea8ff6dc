import type { z } from 'zod';
import { CollectError } from '#model/errors.ts';

const timeoutMs = 10_000;
const largestReplyBytes = 1_000_000;

/**
 * What an OpenID provider answers, as JSON of this form.
 *
 * @throws CollectError `unavailable`, `secret_rejected` where it refuses, `malformed_reply`
 */
export async function fetchJson<T>(schema: z.ZodType<T>, url: string, request: RequestInit): Promise<T> {
  const answer = await fetchBounded(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
  const text = await answer.text();
  if (!answer.ok) {
    const code = answer.status >= 500 ? 'unavailable' : 'secret_rejected';
    throw new CollectError(code, `the OpenID provider refused (${answer.status})`, { where: url });
  }
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new CollectError('malformed_reply', 'the OpenID provider answered what we do not understand', { where: url });
}

/** `fetch` that follows nobody elsewhere and reads no more than it should. */
export async function fetchBounded(url: string, request: RequestInit): Promise<Response> {
  try {
    const answer = await fetch(url, { ...request, redirect: 'error' });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      size += chunk.length;
      if (size > largestReplyBytes) throw new Error('its answer is too large');
      chunks.push(chunk);
    }
    return new Response(Buffer.concat(chunks), { status: answer.status, headers: answer.headers });
  } catch (cause) {
    throw new CollectError('unavailable', 'the OpenID provider did not answer', { where: url, cause });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
