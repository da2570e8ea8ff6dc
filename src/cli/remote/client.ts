import type { Command } from 'commander';
import { z } from 'zod';
import { CollectError, type ErrorCode, errorCodes } from '#model/errors.ts';
import { Meta } from '../../server/api.ts';
import { isLoopback } from '../../server/http-guard.ts';
import type { GlobalFlags } from '../global-flags.ts';
import { note, verbosity } from '../say.ts';
import { version } from '../version.ts';
import { savedToken } from './credentials.ts';
import { chosenServer, withoutUser } from './reach.ts';
import { ServerError } from './server-error.ts';
import { explainUnreachable } from './unreachable.ts';

/** How long an answer may take that is only read, and one for which clouds are asked, in milliseconds. */
const readMs = 60_000;
const usualWorkMs = 600_000;

const variable = 'FLEETGAUGE_TOKEN';

/** Absent parameters are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Answer<T> {
  readonly data: T;
  readonly meta: Meta;
}

/** A Fleetgauge elsewhere, over its HTTP API. All throw CollectError: what it answers, or that it does not; `cancelled` once broken off. */
export interface Server {
  readonly url: string;
  /** @param signal breaks it off, besides that of the connection */
  get<T>(path: string, data: z.ZodType<T>, query?: Query, signal?: AbortSignal): Promise<Answer<T>>;
  post<T>(path: string, data: z.ZodType<T>, body?: unknown): Promise<Answer<T>>;
  /** A list, page by page, for as long as somebody takes them. */
  pages<T>(path: string, data: z.ZodType<readonly T[]>, query?: Query): AsyncGenerator<Answer<readonly T[]>>;
  /** Never broken off: it is how what was begun is cleared away. */
  remove(path: string): Promise<void>;
  /** An answer that is no JSON. It may take any time, as long as it goes on. */
  bytes(path: string, query?: Query): AsyncGenerator<Uint8Array>;
}

export interface Connecting {
  /** A token may go in the clear. */
  readonly insecureHttp?: boolean;
  /** Breaks off all that is asked. */
  readonly signal?: AbortSignal | undefined;
  /** How long an answer may take for which clouds are asked, in milliseconds. */
  readonly workMs?: number;
}

/**
 * The server that a command is to ask; undefined where it is to look into the store here.
 *
 * @throws CollectError `invalid_input` for an address that is none, or over which a token would go in the clear
 */
export async function serverOf(command: Command, signal?: AbortSignal): Promise<Server | undefined> {
  const chosen = chosenServer(command);
  if (chosen === undefined) return undefined;
  const url = serverUrl(chosen);
  const token = process.env[variable] || (await savedToken(url));
  const { insecureHttp = false } = command.optsWithGlobals<GlobalFlags>();
  return connectTo(url, token, { insecureHttp, signal });
}

/** With a slash at its end, and nothing behind. @throws CollectError `invalid_input` */
export function serverUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CollectError('invalid_input', 'is no address of a server', {
      where: withoutUser(text),
      fix: 'such as https://fleetgauge.example',
    });
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new CollectError('invalid_input', 'an address of a server has no name, password, query or fragment', {
      where: url.origin,
      fix: `a token goes by ${variable}, or fleetgauge login --server ${url.origin}`,
    });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/`;
}

/** What may stand in a header. */
const tokenForm = /^[\x21-\x7e]+$/;

/** @throws CollectError `invalid_input` where the token is none, or would go in the clear, and nobody said that it may */
export function connectTo(
  url: string,
  token: string | undefined,
  { insecureHttp = false, signal, workMs = usualWorkMs }: Connecting = {},
): Server {
  const { protocol, hostname } = new URL(url);
  if (token !== undefined && !tokenForm.test(token)) {
    throw new CollectError('invalid_input', 'the token is empty, or has a character that no token has', {
      where: url,
      fix: `look at ${variable}, or: fleetgauge login --server ${url}`,
    });
  }
  if (token !== undefined && protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, '')) && !insecureHttp) {
    throw new CollectError('invalid_input', 'a token would go over http:// in the clear', {
      where: url,
      fix: 'use https://, or add --insecure-http where nobody else is on the way',
    });
  }

  const or = (...others: readonly (AbortSignal | undefined)[]) =>
    AbortSignal.any([signal, ...others].filter((each) => each !== undefined));

  const send = async (path: string, query: Query, init: RequestInit, until: AbortSignal): Promise<Response> => {
    const target = new URL(`api/${path}`, url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) target.searchParams.set(name, String(value));
    }
    const headers = {
      accept: 'application/json',
      'user-agent': `fleetgauge/${version}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    let response: Response;
    try {
      response = await fetch(target, { ...init, headers, redirect: 'manual', signal: until });
    } catch (cause) {
      throw explainUnreachable(cause, url);
    }
    if (response.ok) return response;
    throw await refusal(response, url, token !== undefined);
  };

  const json = async <T>(response: Response, data: z.ZodType<T>): Promise<Answer<T>> => {
    const body: unknown = await response.json().catch((cause) => {
      if (!(cause instanceof SyntaxError)) throw explainUnreachable(cause, url);
    });
    const parsed = z.object({ data, meta: Meta }).safeParse(body);
    if (parsed.success) return parsed.data;
    throw new CollectError('malformed_reply', 'the server does not answer as this version does', {
      where: url,
      fix: `use the same version there and here, which is ${version}; fleetgauge status tells of it`,
      cause: parsed.error,
    });
  };

  const get: Server['get'] = async (path, data, query = {}, given) =>
    json(await send(path, query, {}, or(AbortSignal.timeout(readMs), given)), data);
  return {
    url,
    get,
    async post(path, data, body = {}) {
      const init = { method: 'POST', body: JSON.stringify(body) };
      return json(await send(path, {}, init, or(AbortSignal.timeout(workMs))), data);
    },
    async *pages(path, data, query = {}) {
      for (let cursor: string | undefined; ; ) {
        const page = await get(path, data, { ...query, cursor });
        yield page;
        cursor = page.meta.next;
        if (cursor === undefined) return;
      }
    },
    async remove(path) {
      await send(path, {}, { method: 'DELETE' }, AbortSignal.timeout(readMs));
    },
    async *bytes(path, query = {}) {
      // Until it begins: that it goes on then is what fetch minds by itself.
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new DOMException('no answer', 'TimeoutError')), workMs);
      const { body } = await send(path, query, {}, or(late.signal)).finally(() => clearTimeout(timer));
      try {
        if (body !== null) yield* body;
      } catch (cause) {
        throw explainUnreachable(cause, url);
      }
    },
  };
}

/** What a route says where it refuses; whatever else a proxy says is not read. */
const Refusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    where: z.string().exactOptional(),
    fix: z.string().exactOptional(),
  }),
});

async function refusal(response: Response, url: string, hasToken: boolean): Promise<CollectError> {
  const { status } = response;
  if (status >= 300 && status < 400) {
    return new ServerError('unreachable', 'unavailable', 'the server sends elsewhere', {
      where: `${url} → ${response.headers.get('location') ?? ''}`,
      fix: 'give that address as --server, or one that no sign-in page is in front of',
    });
  }
  const parsed = Refusal.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    return new ServerError('unreachable', 'unavailable', `what answers is no Fleetgauge (status ${status})`, {
      where: url,
      fix: 'look at the address, and at what is in front of the server',
    });
  }
  const requestId = response.headers.get('x-request-id');
  if (verbosity() > 0 && requestId !== null) note(`HTTP ${status}, request ${requestId}`);
  const { error } = parsed.data;
  const code = isErrorCode(error.code) ? error.code : 'internal';
  const { where = url, fix } = error;
  if (status === 401) {
    const what = hasToken ? 'the server does not know the token, or it has expired' : 'the server wants a token';
    return new ServerError('credentials', code, what, {
      where: url,
      fix: `fleetgauge login --server ${url}, or set ${variable}; an API key is made in the console's settings`,
    });
  }
  const details = { where, ...(fix === undefined ? {} : { fix }) };
  if (status === 403) return new ServerError('credentials', code, error.message, details);
  return new CollectError(code, error.message, details);
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}
