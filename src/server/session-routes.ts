import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { signIn } from '#platform/identity/login.ts';
import { closeSession, openSession, readSession, sessionLimits } from '#platform/identity/sessions.ts';
import { setPassword } from '#platform/identity/users.ts';
import type { User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import type { Caller } from './auth-caller.ts';
import { SessionReply } from './identity-api.ts';
import { userRow } from './identity-reply.ts';
import { isoTime } from './iso-time.ts';
import { jsonRoute } from './route.ts';
import { type CookieJar, cookieOf, setCookie } from './session-cookie.ts';

export interface SessionSource {
  readonly store: Store;
  readonly cookies: CookieJar;
  readonly now: () => number;
  /** What the other way to sign in is called; absent where there is none. */
  readonly openidName?: string | undefined;
}

const longestPassword = 1024;
const bodyLimit = 8192;

const email = z
  .string()
  .max(254)
  .regex(/^\P{Cc}*$/u, 'an email');

const LoginBody = z.strictObject({ email, password: z.string().max(longestPassword) });
const PasswordBody = z.strictObject({
  current: z.string().max(longestPassword),
  next: z.string().max(longestPassword),
});

export function sessionRoutes(app: FastifyInstance, source: SessionSource): void {
  const { store, cookies, now } = source;

  jsonRoute(
    app,
    'GET',
    '/session',
    { id: 'getSession', summary: 'Who asks, and what they may do.', replies: { data: SessionReply } },
    async ({ request }) => ({ data: sessionReply(request.caller, source) }),
  );

  jsonRoute(
    app,
    'POST',
    '/login',
    {
      id: 'signIn',
      audit: 'sign_in',
      summary: 'Sign in by password; answers with a cookie.',
      body: LoginBody,
      bodyLimit,
      replies: { data: SessionReply },
    },
    async ({ body: { email, password }, request, reply }) => {
      const user = await signInOr429(reply, email, password, request.ip);
      const old = cookieOf(request, cookies.session);
      if (old !== undefined) await closeSession(store, old);
      const secret = await beginSession(reply, source, user);
      const session = await readSession(store, secret, now());
      if (session === undefined) throw new CollectError('secret_rejected', 'the user was disabled meanwhile');
      return { data: sessionReply({ by: 'session', role: user.role, secret, ...session }, source) };
    },
  );

  jsonRoute(
    app,
    'POST',
    '/logout',
    { id: 'signOut', audit: 'sign_out', summary: 'End the session of this cookie.', replies: { data: SessionReply } },
    async ({ request: { caller }, reply }) => {
      if (caller?.by === 'session') await closeSession(store, caller.secret);
      setCookie(reply, cookies, { name: cookies.session, value: '', seconds: 0 });
      return { data: sessionReply(null, source) };
    },
  );

  jsonRoute(
    app,
    'POST',
    '/session/password',
    {
      id: 'changeOwnPassword',
      audit: 'password.change',
      summary: 'Change the own password; other sessions end.',
      body: PasswordBody,
      bodyLimit,
      replies: { data: SessionReply },
    },
    async ({ body: { current, next }, request, reply }) => {
      const { caller } = request;
      if (caller?.by !== 'session') throw new CollectError('access_denied', 'this takes a sign-in by password');
      await signInOr429(reply, caller.user.name, current, request.ip);
      await setPassword(store, caller.user.id, next);
      await beginSession(reply, source, caller.user);
      return { data: sessionReply(caller, source) };
    },
  );

  /** @throws CollectError as `signIn`, with Retry-After where there is to wait */
  async function signInOr429(reply: FastifyReply, name: string, password: string, address: string): Promise<User> {
    const { id: domain } = await homeDomain(store, now());
    try {
      return await signIn(store, { domain, name, password, address }, now());
    } catch (caught) {
      if (caught instanceof CollectError && caught.retryAfterMs !== undefined) {
        reply.header('retry-after', Math.ceil(caught.retryAfterMs / 1000));
      }
      throw caught;
    }
  }
}

/** @returns the secret that the cookie holds */
export async function beginSession(
  reply: FastifyReply,
  { store, cookies, now }: Pick<SessionSource, 'store' | 'cookies' | 'now'>,
  user: User,
): Promise<string> {
  const secret = await openSession(store, user, now());
  setCookie(reply, cookies, { name: cookies.session, value: secret, seconds: sessionLimits.absoluteMs / 1000 });
  return secret;
}

function sessionReply(caller: Caller | null, { openidName }: SessionSource): SessionReply {
  return {
    sign_in: caller?.by === 'place' ? 'none' : 'required',
    openid: openidName === undefined ? null : { name: openidName },
    user: caller === null || caller.by === 'place' ? null : userRow(caller.user),
    role: caller?.role ?? null,
    expires_at: caller?.by === 'session' ? isoTime(caller.expiresAt) : null,
  };
}
