import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { outcomeOf, recordAudit } from '#platform/audit/audit.ts';
import { Refusals } from '#platform/audit/refusals.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import type { OidcConfig } from '#platform/identity/oidc/config.ts';
import { flowOf, newFlow } from '#platform/identity/oidc/flow.ts';
import { oidcProvider } from '#platform/identity/oidc/provider.ts';
import { signInExternal } from '#platform/identity/oidc/sign-in.ts';
import type { Store } from '#store/store.ts';
import { parseInput } from './input.ts';
import { rawRoute } from './route.ts';
import { type CookieJar, cookieOf, setCookie } from './session-cookie.ts';
import { beginSession } from './session-routes.ts';

export interface OidcSource {
  readonly store: Store;
  readonly cookies: CookieJar;
  readonly now: () => number;
  readonly config: OidcConfig;
  /** `https://gauge.corp`, where it is not told by the Host header. */
  readonly publicOrigin?: string | undefined;
  /** Told of each sign-in that failed, and why; the browser is told less. */
  readonly report: (error: CollectError) => void;
}

const callbackPath = '/api/login/oidc/callback';
/** How long somebody may take at the provider. */
const flowSeconds = 600;

/** A page of ours: a path, and nothing that a browser could take for another host. */
const ReturnTo = z
  .string()
  .max(1000)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/, 'a path of the console');

const BeginQuery = z.strictObject({ return_to: ReturnTo.default('/') });
/** Providers add what they like. */
const CallbackQuery = z.looseObject({
  code: z.string().max(4096).optional(),
  state: z.string().max(200),
  iss: z.string().max(1000).optional(),
  error: z.string().max(200).optional(),
});
const FlowCookie = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{1,1400}$/)
  .transform((text) => {
    const [secret = '', path = ''] = text.split('.');
    return { flow: flowOf(secret), path: Buffer.from(path, 'base64url').toString() };
  });

export function oidcRoutes(app: FastifyInstance, source: OidcSource): void {
  const { store, cookies, config, now, report } = source;
  const provider = oidcProvider(config, now);
  const refusals = new Refusals();
  const redirectUri = (request: FastifyRequest) => `${originOf(request, source.publicOrigin)}${callbackPath}`;

  rawRoute(
    app,
    'GET',
    '/login/oidc',
    {
      id: 'beginOpenIdSignIn',
      summary: 'Sign in at the OpenID provider.',
      query: BeginQuery,
      replies: { status: 302, types: [], about: 'To the OpenID provider.' },
    },
    async ({ query: { return_to: path }, request, reply }) => {
      const flow = newFlow();
      const url = await provider.authorizeUrl(flow, redirectUri(request));
      const value = `${flow.secret}.${Buffer.from(path).toString('base64url')}`;
      setCookie(reply, cookies, { name: cookies.flow, value, seconds: flowSeconds });
      return reply.redirect(url.href);
    },
  );

  rawRoute(
    app,
    'GET',
    '/login/oidc/callback',
    {
      id: 'endOpenIdSignIn',
      summary: 'Where the OpenID provider sends a browser back to.',
      query: z.looseObject({}),
      replies: { status: 302, types: [], about: 'To a page of the console.' },
    },
    async ({ request, reply }) => {
      const to = await finish(request, reply).catch(async (caught: unknown) => {
        const error = CollectError.from(caught);
        report(error);
        const outcome = outcomeOf(error);
        const event = { actor: 'nobody', from: request.ip, action: 'sign_in', ...byOpenId(error) } as const;
        const isKnown = outcome === 'refused' && !refusals.isNew(request.ip, error.code, now());
        if (outcome !== undefined && !isKnown) await recordAudit(store, { ...event, outcome }, now());
        return signInAgain(error, FlowCookie.safeParse(cookieOf(request, cookies.flow)).data?.path);
      });
      setCookie(reply, cookies, { name: cookies.flow, value: '', seconds: 0 });
      return reply.redirect(to);
    },
  );

  /** @returns where to go */
  async function finish(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const { code, state, iss, error } = parseInput(CallbackQuery, request.query);
    const cookie = FlowCookie.safeParse(cookieOf(request, cookies.flow));
    if (!cookie.success) throw new CollectError('secret_rejected', 'this browser began no sign-in, or long ago');
    if (code === undefined) {
      throw new CollectError('secret_rejected', `the OpenID provider says ${JSON.stringify(error ?? 'nothing')}`);
    }
    const { flow, path } = cookie.data;
    const external = await provider.redeem({ code, state, iss }, flow, redirectUri(request));
    const { id } = await homeDomain(store, now());
    const user = await signInExternal(store, id, config, external, now());
    await beginSession(reply, source, user);
    const who = { actor: user.name, actorId: user.id, from: request.ip };
    await recordAudit(store, { ...who, action: 'sign_in', outcome: 'ok', ...byOpenId() }, now());
    return ReturnTo.catch('/').parse(path);
  }
}

function byOpenId(error?: CollectError) {
  return { detail: { by: 'openid', ...(error === undefined ? {} : { code: error.code }) } };
}

/** The page to sign in at, which leads on to where one wanted to go. */
function signInAgain({ code }: CollectError, path: string | undefined): string {
  const next = ReturnTo.safeParse(path).data ?? '/';
  return `/login?${new URLSearchParams({ problem: code, ...(next === '/' ? {} : { next }) })}`;
}

/** The Host header has been held against our names by then. */
function originOf({ headers }: FastifyRequest, publicOrigin: string | undefined): string {
  return publicOrigin ?? `http://${headers.host ?? ''}`;
}
