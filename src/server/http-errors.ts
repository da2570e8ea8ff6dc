import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { CollectError, type ErrorCode, reportOf } from '#model/errors.ts';
import type { ErrorReply } from './api.ts';

/** How HTTP says what went wrong. */
export const httpStatus = {
  invalid_input: 400,
  invalid_query: 400,
  secret_rejected: 401,
  access_denied: 403,
  not_found: 404,
  conflict: 409,
  budget_exceeded: 409,
  rate_limited: 429,
  unavailable: 503,
  timeout: 504,
  malformed_reply: 502,
  cancelled: 503,
  store_failed: 500,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

export function sendError(error: CollectError, reply: FastifyReply): FastifyReply {
  const body: ErrorReply = { error: reportOf(error), request_id: reply.request.id };
  return reply.code(httpStatus[error.code]).header('cache-control', 'no-store').send(body);
}

/** What Fastify itself refuses (a path or a body that it cannot read) becomes one of our errors too. */
export function errorHandler(report: (error: CollectError, requestId: string) => void) {
  return (caught: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = isRefusal(caught) ? new CollectError('invalid_query', caught.message) : CollectError.from(caught);
    if (httpStatus[error.code] < 500) return sendError(error, reply);
    // Whoever asked is gone, and so it was broken off: no failure of ours.
    if (error.code !== 'cancelled' || !reply.raw.destroyed) report(error, request.id);
    return sendError(error.code === 'internal' ? withoutInternals(error) : error, reply);
  };
}

function isRefusal(caught: FastifyError | Error): boolean {
  return 'statusCode' in caught && caught.statusCode !== undefined && caught.statusCode < 500;
}

/** A message that nobody wrote for a reader may tell more than they should know. */
function withoutInternals(cause: CollectError): CollectError {
  return new CollectError('internal', 'fleetgauge failed to answer', {
    fix: 'Try again; if it stays, the log of the server says more.',
    cause,
  });
}
