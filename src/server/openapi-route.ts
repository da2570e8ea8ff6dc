import type { FastifyInstance } from 'fastify';
import { type KnownRoute, openApiOf } from './openapi.ts';
import { rawRoute } from './route.ts';

/** @param routes that there are by the time it is asked for, this one among them */
export function openApiRoute(app: FastifyInstance, routes: readonly KnownRoute[], version: string): void {
  let document: unknown;
  rawRoute(
    app,
    'GET',
    '/openapi.json',
    {
      id: 'getOpenApi',
      summary: 'This document.',
      replies: { status: 200, types: ['application/json'], about: 'OpenAPI 3.1.' },
    },
    async () => {
      document ??= openApiOf(routes, version);
      return document;
    },
  );
}
