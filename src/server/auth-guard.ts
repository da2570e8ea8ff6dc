import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CollectError } from '#model/errors.ts';
import { type Role, roles } from '#store/identity.ts';
import { accessOf } from './auth-access.ts';
import { type CallerSource, callerReader } from './auth-caller.ts';
import { refuseForeignPage } from './auth-origin.ts';

export interface GuardOptions extends CallerSource {
  /** `host[:port]` that browsers use, where it is not that of the Host header. */
  readonly publicHost?: string | undefined;
}

/** Lets a request through to its route where the table of routes says so, and tells the route who asks. */
export function addAuthGuard(app: FastifyInstance, options: GuardOptions): void {
  const readCaller = callerReader(options);
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    // Where there is no route there is nothing to guard but the console's page.
    if (request.is404) return;
    refuseForeignPage(request, options.publicHost);
    const needed = accessOf(request.method, request.routeOptions.url ?? '');
    if (needed === undefined)
      throw new CollectError('access_denied', 'nobody may use this', { where: whereOf(request) });
    if (needed === 'public') return;
    request.caller = await readCaller(request);
    if (needed === 'anyone') return;
    if (request.caller === null) throw signInFirst(request, reply);
    if (!isAtLeast(request.caller.role, needed)) {
      throw new CollectError('access_denied', `this takes the role ${needed}`, {
        where: whereOf(request),
        fix: `An admin can give it to you; you are ${request.caller.role}.`,
      });
    }
  });
}

function isAtLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

function signInFirst(request: FastifyRequest, reply: FastifyReply): CollectError {
  reply.header('www-authenticate', 'Bearer realm="fleetgauge"');
  return new CollectError('secret_rejected', 'sign in first', {
    where: whereOf(request),
    fix: 'Open the console, or send an API key: Authorization: Bearer …',
  });
}

function whereOf({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url ?? ''}`;
}
