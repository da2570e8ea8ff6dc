import type { z } from 'zod';
import type { Call, CallGate } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import type { Api } from './catalog.ts';
import { fromNetwork, fromRefusal } from './errors.ts';
import type { Audience, Tokens } from './tokens.ts';

/** One call: a GET, or a POST where there is a body. */
export interface Question<T> {
  readonly call: Call & { readonly api: Api };
  readonly url: string;
  readonly body?: unknown;
  readonly audience: Audience;
  /** What of the reply is read. */
  readonly reply: z.ZodType<T>;
}

/** Asks Azure, through the gate. @throws CollectError, `malformed_reply` among them */
export type Send = <T>(question: Question<T>, signal: AbortSignal) => Promise<T>;

export function createSend(gate: CallGate, tokens: Tokens): Send {
  return async (question, signal) => {
    // Signing in has tries of its own, which are not to be multiplied by those of the call.
    await tokens.get(question.audience, signal);
    return gate.send(
      question.call,
      async (trySignal) => {
        const token = await tokens.get(question.audience, trySignal);
        return readReply(await answerTo(question, token, trySignal), question);
      },
      signal,
    );
  };
}

async function answerTo<T>({ call, url, body }: Question<T>, token: string, signal: AbortSignal): Promise<string> {
  const { api, account, region } = call;
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal,
    });
    const text = await response.text();
    if (response.ok) return text;
    throw fromRefusal({ status: response.status, headers: response.headers, text }, api, account, region);
  } catch (caught) {
    throw fromNetwork(caught, api, `${account}/${region}`);
  }
}

function readReply<T>(text: string, { call, reply }: Question<T>): T {
  const { api, account, region } = call;
  try {
    const parsed = reply.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new CollectError('malformed_reply', `${api}: ${issue?.path.join('.') || 'reply'}: ${issue?.message ?? ''}`, {
      where: `${account}/${region}`,
    });
  } catch (caught) {
    if (caught instanceof CollectError) throw caught;
    throw new CollectError('malformed_reply', `${api}: the reply is not JSON`, { where: `${account}/${region}` });
  }
}
