import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Meta, Reply } from './api.ts';
import type { RouteSpec } from './route.ts';

/** What a route says; `demo` and `took_ms` are added on the way out. */
export interface Answer<T> {
  readonly data: T;
  readonly meta?: Omit<Meta, 'demo' | 'took_ms'>;
}

/**
 * Completes the answers of a scope. Errors pass as they are.
 *
 * @param check holds an answer against what its route declares
 */
export function envelopeHook(demo: boolean, check?: (spec: RouteSpec, answer: Answer<unknown>) => void) {
  return async ({ routeOptions }: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> => {
    reply.header('cache-control', 'no-store');
    const { spec } = routeOptions.config;
    if (!isAnswer(payload)) return payload;
    if (spec !== undefined) check?.(spec, payload);
    return enveloped(payload, demo, reply.elapsedTime);
  };
}

export function enveloped<T>({ data, meta }: Answer<T>, demo: boolean, elapsedMs: number): Reply<T> {
  return { data, meta: { ...meta, demo, took_ms: Math.round(elapsedMs * 10) / 10 } };
}

function isAnswer(payload: unknown): payload is Answer<unknown> {
  return typeof payload === 'object' && payload !== null && 'data' in payload;
}
