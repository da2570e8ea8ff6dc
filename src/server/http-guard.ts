import type { FastifyReply, FastifyRequest } from 'fastify';
import { CollectError } from '#model/errors.ts';
import { requestIdHeader } from './request-id.ts';

const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Headers that every answer carries, errors and event streams among them. */
export function addCommonHeaders(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.headers(commonHeaders(request));
  done();
}

/** By its id a request is found again in errors, logs, traces and the audit log. */
export function commonHeaders({ id }: FastifyRequest): Readonly<Record<string, string>> {
  return { ...securityHeaders, [requestIdHeader]: id };
}

/** Refuses addresses with a NUL in them: none of ours has one, and PostgreSQL cannot even look for it. */
export function refuseNul({ url }: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  done(url.includes('%00') ? new CollectError('invalid_query', 'an address has no NUL') : undefined);
}

const probes: readonly string[] = ['/healthz', '/readyz'];

/**
 * Answers only those who asked for this machine by a name that is ours. A page of a stranger whose name was made to lead
 * to the loopback address (DNS rebinding) still says its own name in the Host header.
 *
 * Probes ask by whatever address a machine has, and learn nothing of the fleet.
 *
 * @param configured the hosts that the server was told to listen on, or that lead to it
 */
export function hostGuard(configured: readonly string[]) {
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    const { host } = request.headers;
    done(
      probes.includes(request.url) || configured.some((name) => isOurName(host, name)) ? undefined : strangeHost(host),
    );
  };
}

export function isOurName(header: string | undefined, configured: string): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.exec(header ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  const bare = name.replace(/^\[|\]$/g, '');
  return isLoopback(bare) || bare === configured.toLowerCase();
}

/** @param name a host name, or an address without brackets */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

function strangeHost(header: string | undefined): CollectError {
  return new CollectError('access_denied', 'this host name is not one that fleetgauge answers to', {
    where: header ?? 'no Host header',
    fix: 'Open the address that fleetgauge printed, or start it with the host name that you want to use.',
  });
}
