import type { Command } from 'commander';
import { z } from 'zod';
import { CollectError, type ErrorCode, errorCodes } from '#model/errors.ts';
import { Meta } from '../../server/api.ts';
import { isLoopback } from '../../server/http-guard.ts';
import type { GlobalFlags } from '../global-flags.ts';
import { note, verbosity } from '../say.ts';
import { version } from '../version.ts';
import { savedToken } from './credentials.ts';
import { chosenServer } from './reach.ts';
import { ServerError } from './server-error.ts';
import { explainUnreachable } from './unreachable.ts';

/** How long an answer may take that is only read, and one for which clouds are asked, in milliseconds. */
const readMs = 60_000;
const workMs = 600_000;

const variable = 'FLEETGAUGE_TOKEN';

/** Absent parameters are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Answer<T> {
  readonly data: T;
  readonly meta: Meta;
}

/** A Fleetgauge elsewhere, over its HTTP API. All throw CollectError: what it answers, or that it does not. */
export interface Server {
  readonly url: string;
  get<T>(path: string, data: z.ZodType<T>, query?: Query): Promise<Answer<T>>;
  post<T>(path: string, data: z.ZodType<T>, body?: unknown): Promise<Answer<T>>;
  /** A list, page by page, for as long as somebody takes them. */
  pages<T>(path: string, data: z.ZodType<readonly T[]>, query?: Query): AsyncGenerator<Answer<readonly T[]>>;
  remove(path: string): Promise<void>;
  /** An answer that is no JSON. @param signal breaks it off */
  bytes(path: string, query: Query, signal: AbortSignal): AsyncGenerator<Uint8Array>;
}

/**
 * The server that a command is to ask; undefined where it is to look into the store here.
 *
 * @throws CollectError `invalid_input` for an address that is none, or over which a token would go in the clear
 */
export async function serverOf(command: Command): Promise<Server | undefined> {
  const chosen = chosenServer(command);
  if (chosen === undefined) return undefined;
  const url = serverUrl(chosen);
  const token = process.env[variable] || (await savedToken(url));
  const { insecureHttp = false } = command.optsWithGlobals<GlobalFlags>();
  return connectTo(url, token, insecureHttp);
}

/** With a slash at its end, and nothing behind. @throws CollectError `invalid_input` */
export function serverUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CollectError('invalid_input', 'is no address of a server', {
      where: text,
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

/** @throws CollectError `invalid_input` where the token would go in the clear, and nobody said that it may */
export function connectTo(url: string, token: string | undefined, insecureHttp: boolean): Server {
  const { protocol, hostname } = new URL(url);
  if (token !== undefined && protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, '')) && !insecureHttp) {
    throw new CollectError('invalid_input', 'a token would go over http:// in the clear', {
      where: url,
      fix: 'use https://, or add --insecure-http where nobody else is on the way',
    });
  }

  const send = async (path: string, query: Query, init: RequestInit, ms: number): Promise<Response> => {
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
      const signal = AbortSignal.any([AbortSignal.timeout(ms), init.signal ?? []].flat());
      response = await fetch(target, { ...init, headers, redirect: 'manual', signal });
    } catch (cause) {
      throw explainUnreachable(cause, url);
    }
    if (response.ok) return response;
    throw await refusal(response, url, token !== undefined);
  };

  const json = async <T>(response: Response, data: z.ZodType<T>): Promise<Answer<T>> => {
    const body: unknown = await response.json().catch(() => undefined);
    const parsed = z.object({ data, meta: Meta }).safeParse(body);
    if (parsed.success) return parsed.data;
    throw new CollectError('malformed_reply', 'the server does not answer as this version does', {
      where: url,
      fix: `use the same version there and here, which is ${version}; fleetgauge status tells of it`,
      cause: parsed.error,
    });
  };

  const get: Server['get'] = async (path, data, query = {}) => json(await send(path, query, {}, readMs), data);
  return {
    url,
    get,
    post: async (path, data, body = {}) =>
      json(await send(path, {}, { method: 'POST', body: JSON.stringify(body) }, workMs), data),
    async *pages(path, data, query = {}) {
      for (let cursor: string | undefined; ; ) {
        const page = await get(path, data, { ...query, cursor });
        yield page;
        cursor = page.meta.next;
        if (cursor === undefined) return;
      }
    },
    async remove(path) {
      await send(path, {}, { method: 'DELETE' }, readMs);
    },
    async *bytes(path, query, signal) {
      const { body } = await send(path, query, { signal }, workMs);
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
