import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { fromAnswer, fromFetch } from './errors.ts';
import type { HeaderSource, Headers } from './header-source.ts';

export interface Impersonation {
  readonly account: string;
  readonly delegates: readonly string[];
  readonly scopes: readonly string[];
  /** Of IAM Credentials. */
  readonly endpoint: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const AccessToken = z.object({ accessToken: z.string().min(1), expireTime: z.iso.datetime({ offset: true }) });

const lifetimeSeconds = 3600;
/** A token is renewed when it has this long to live. */
const spareMs = 5 * 60_000;

/** Acts as another service account, by tokens that `source` may have made for it. */
export function impersonate(source: HeaderSource, target: Impersonation): HeaderSource {
  let held: { readonly headers: Headers; readonly expiresAt: number } | undefined;
  return async (signal) => {
    if (held === undefined || target.now() > held.expiresAt - spareMs) held = await newToken(source, target, signal);
    return held.headers;
  };
}

async function newToken(source: HeaderSource, target: Impersonation, signal: AbortSignal) {
  const { account, delegates, scopes, endpoint } = target;
  const body = {
    scope: scopes,
    lifetime: `${lifetimeSeconds}s`,
    delegates: delegates.map((delegate) => `projects/-/serviceAccounts/${delegate}`),
  };
  const headers = { ...(await source(signal)), 'content-type': 'application/json' };
  const url = `${endpoint}/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`;
  const answer = await post(url, headers, JSON.stringify(body), account, signal);
  const token = AccessToken.safeParse(answer);
  if (!token.success)
    throw new CollectError('malformed_reply', 'iamcredentials:generateAccessToken answered no token', {
      where: account,
    });
  return {
    headers: { authorization: `Bearer ${token.data.accessToken}` },
    expiresAt: Date.parse(token.data.expireTime),
  };
}

async function post(
  url: string,
  headers: Headers,
  body: string,
  account: string,
  signal: AbortSignal,
): Promise<unknown> {
  const api = 'iamcredentials:generateAccessToken';
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    throw fromAnswer(response.status, answer, response.headers.get('retry-after'), api, account);
  } catch (caught) {
    throw fromFetch(caught, api, account);
  }
}
