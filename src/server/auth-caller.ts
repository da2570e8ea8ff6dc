import type { FastifyRequest } from 'fastify';
import { userOfBearer } from '#platform/identity/bearer.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { readSession } from '#platform/identity/sessions.ts';
import type { Role, User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { isLoopback } from './http-guard.ts';
import { type CookieJar, cookieOf } from './session-cookie.ts';

/** Who asks. */
export type Caller =
  /** Whoever sits at this machine, as long as there are no users. */
  | { readonly by: 'place'; readonly role: 'admin' }
  | {
      readonly by: 'session';
      readonly role: Role;
      readonly user: User;
      readonly secret: string;
      /** Epoch milliseconds. */
      readonly expiresAt: number;
    }
  /** With an API key or a token. */
  | { readonly by: 'bearer'; readonly role: Role; readonly user: User };

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where nobody signed in. */
    caller: Caller | null;
  }
}

export interface CallerSource {
  readonly store: Store;
  readonly cookies: CookieJar;
  /** Whether only this machine can reach the server. */
  readonly isLocal: boolean;
  readonly now: () => number;
}

/** Finds out who asks. What somebody shows has to be good: a bad key is not made up for by a good cookie. */
export function callerReader({
  store,
  cookies,
  isLocal,
  now,
}: CallerSource): (request: FastifyRequest) => Promise<Caller | null> {
  let hasUsers = false;
  return async (request) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const bearer = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
      if (bearer === undefined) return null;
      const { id } = await homeDomain(store, now());
      const user = await userOfBearer(store, id, bearer, now());
      return user === undefined ? null : { by: 'bearer', role: user.role, user };
    }
    const secret = cookieOf(request, cookies.session);
    const session = secret === undefined ? undefined : await readSession(store, secret, now());
    if (secret !== undefined && session !== undefined) {
      return { by: 'session', role: session.user.role, secret, ...session };
    }
    if (!isLocal || !isFromHere(request)) return null;
    // Once there are users there always are: they are disabled, never removed.
    hasUsers ||= await store.identity.hasUsers();
    return hasUsers ? null : { by: 'place', role: 'admin' };
  };
}

/** Whether the browser itself is on this machine, and not a proxy that others reach. */
function isFromHere({ socket, headers }: FastifyRequest): boolean {
  const isForwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined);
  return !isForwarded && isLoopback((socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
}
