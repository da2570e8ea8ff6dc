import pLimit, { type LimitFunction } from 'p-limit';
import type { z } from 'zod';
import type { Call, CallGate } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import type { Api } from './catalog.ts';
import type { Endpoints, Service } from './endpoints.ts';
import { fromAnswer, fromFetch } from './errors.ts';
import type { HeaderSource, Headers } from './header-source.ts';

/** One read of a REST API. */
export interface Ask<T> {
  readonly api: Api;
  readonly service: Service;
  /** Begins with a slash. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Of the answer, only what is read. */
  readonly reply: z.ZodType<T>;
  /** What to call the place in errors; the account where absent. */
  readonly where?: string;
  readonly charge?: Pick<Call, 'points' | 'metrics' | 'usd' | 'usdAtMost'>;
}

/** Reads of one account, through the gate. @throws CollectError */
export type Rest = <T>(ask: Ask<T>, signal: AbortSignal) => Promise<T>;

export interface RestContext {
  readonly gate: CallGate;
  /** Whose limits and ledger the calls count for. */
  readonly account: string;
  readonly endpoints: Endpoints;
  readonly headersOf: (service: Service) => HeaderSource;
  readonly bodies: BodyLimit;
}

/** Bodies are read one at a time: one may hold ten megabytes, and four times that once it is parsed. What is not read yet waits on the other side. */
export type BodyLimit = LimitFunction;
export const limitBodies = (): BodyLimit => pLimit(1);

export function createRest({ gate, account, endpoints, headersOf, bodies }: RestContext): Rest {
  return (ask, signal) =>
    gate.send(
      { api: ask.api, account, region: 'global', ...ask.charge },
      async (trySignal) => {
        const where = ask.where ?? account;
        const headers = await headersOf(ask.service)(trySignal);
        const response = await answerOf(urlOf(ask, endpoints), headers, ask.api, where, trySignal);
        return bodies(async () => parse(ask, await bodyOf(response, ask.api, where), where));
      },
      signal,
    );
}

async function answerOf(url: URL, headers: Headers, api: Api, where: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal, redirect: 'error' });
  } catch (caught) {
    throw fromFetch(caught, api, where);
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  throw fromAnswer(response.status, body, response.headers.get('retry-after'), api, where);
}

async function bodyOf(response: Response, api: Api, where: string): Promise<unknown> {
  try {
    return await response.json();
  } catch (caught) {
    if (caught instanceof SyntaxError) throw new CollectError('malformed_reply', `${api} answered no JSON`, { where });
    throw fromFetch(caught, api, where);
  }
}

/** @throws CollectError `malformed_reply` naming the field */
function parse<T>({ api, reply }: Ask<T>, body: unknown, where: string): T {
  const parsed = reply.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'the answer';
  throw new CollectError('malformed_reply', `${api}: ${field}: ${issue?.message ?? 'malformed'}`, { where });
}

function urlOf<T>({ service, path, query }: Ask<T>, endpoints: Endpoints): URL {
  const url = new URL(`${endpoints[service]}${path}`);
  url.searchParams.set('prettyPrint', 'false');
  for (const [name, value] of Object.entries(query)) {
    for (const each of typeof value === 'string' ? [value] : (value ?? [])) url.searchParams.append(name, each);
  }
  return url;
}
