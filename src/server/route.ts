import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { AuditAction } from '#platform/audit/audit.ts';
import type { Answer } from './envelope.ts';
import { parseInput } from './input.ts';
import { linkNext } from './next-link.ts';

/** What a route without parameters, query or body takes. */
const Nothing = z.strictObject({});
type Nothing = z.infer<typeof Nothing>;

/** What a route takes and answers, said once: requests are checked by it, and the OpenAPI document is made of it. */
export interface RouteSpec<P = unknown, Q = unknown, B = unknown> {
  /** `listServers` */
  readonly id: string;
  readonly summary: string;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** Who did this is written down. */
  readonly audit?: AuditAction;
  /** In bytes, where it is less than usual. */
  readonly bodyLimit?: number;
  readonly replies: JsonReply | RawReply;
}

/** `data` of the envelope that all routes answer with. */
export interface JsonReply<R = unknown> {
  readonly data: z.ZodType<R>;
  readonly status?: 201 | 202;
  /** A page of a list: `meta.next`, and its address in the Link header, lead to the next one. */
  readonly isPage?: true;
}

/** An answer of another form. */
export interface RawReply {
  readonly status: 200 | 302;
  /** Empty where there is no body. */
  readonly types: readonly string[];
  readonly about: string;
}

interface RouteInput<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    spec?: RouteSpec;
  }
}

type JsonSpec<R, P, Q, B> = RouteSpec<P, Q, B> & { readonly replies: JsonReply<R> };

/** A route that answers with JSON, in the envelope. */
export function jsonRoute<R, P = Nothing, Q = Nothing, B = Nothing>(
  app: FastifyInstance,
  method: HTTPMethods,
  url: string,
  spec: JsonSpec<R, P, Q, B>,
  handle: (input: RouteInput<P, Q, B>) => Promise<Answer<R>>,
): void {
  rawRoute(app, method, url, spec, async (input) => {
    const answer = await handle(input);
    if (spec.replies.status !== undefined) input.reply.code(spec.replies.status);
    linkNext(input.request, input.reply, answer.meta?.next);
    return answer;
  });
}

/** A route that writes its answer itself, or in a form of its own. */
export function rawRoute<P = Nothing, Q = Nothing, B = Nothing>(
  app: FastifyInstance,
  method: HTTPMethods,
  url: string,
  spec: RouteSpec<P, Q, B>,
  handle: (input: RouteInput<P, Q, B>) => Promise<unknown>,
): void {
  const { params, query, body, bodyLimit } = spec;
  app.route({
    method,
    url,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    config: { spec },
    handler: async (request, reply) =>
      handle({
        params: parseAs(params, request.params),
        query: parseAs(query, request.query),
        // What is sent to a route that reads no body is nobody's concern.
        body: parseAs(body, body === undefined ? {} : request.body),
        request,
        reply,
      }),
  });
}

/** Where a route declares nothing nobody reads what comes of it; in a query, nothing may then be. */
function parseAs<T>(schema: z.ZodType<T> | undefined, input: unknown): T;
function parseAs(schema: z.ZodType | undefined, input: unknown): unknown {
  return parseInput(schema ?? Nothing, input);
}

/** Holds what a route says against what it declares: for tests. @throws CollectError `internal` */
export function checkReply(spec: RouteSpec, { data }: Answer<unknown>): void {
  const wanted = 'data' in spec.replies ? spec.replies.data : undefined;
  const parsed = wanted?.safeParse(JSON.parse(JSON.stringify(data)));
  if (parsed?.success === true) return;
  const problem = parsed === undefined ? 'it declares no data' : z.prettifyError(parsed.error);
  throw new CollectError('internal', `${spec.id} does not answer as it declares: ${problem}`);
}
