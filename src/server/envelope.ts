import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Meta, Reply } from './api.ts';

/** What a route says; `demo` and `took_ms` are added on the way out. */
export interface Answer<T> {
  readonly data: T;
  readonly meta?: Omit<Meta, 'demo' | 'took_ms'>;
}

/** Completes the answers of a scope. Errors pass as they are. */
export function envelopeHook(demo: boolean) {
  return async (_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> => {
    reply.header('cache-control', 'no-store');
    return isAnswer(payload) ? enveloped(payload, demo, reply.elapsedTime) : payload;
  };
}

export function enveloped<T>({ data, meta }: Answer<T>, demo: boolean, elapsedMs: number): Reply<T> {
  return { data, meta: { ...meta, demo, took_ms: Math.round(elapsedMs * 10) / 10 } };
}

function isAnswer(payload: unknown): payload is Answer<unknown> {
  return typeof payload === 'object' && payload !== null && 'data' in payload;
}
