import { createRemoteJWKSet, customFetch, jwtVerify, type RemoteJWKSet } from 'jose';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type OidcConfig, SafeUrl } from './config.ts';
import { fetchBounded, fetchJson } from './fetch-json.ts';
import type { Flow } from './flow.ts';

/** What we read of a discovery document (OpenID Connect Discovery 1.0, 3). */
const Discovery = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: SafeUrl,
  token_endpoint: SafeUrl,
  jwks_uri: SafeUrl,
  token_endpoint_auth_methods_supported: z.array(z.string()).default(['client_secret_basic']),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
});

const Tokens = z.looseObject({ id_token: z.string() });

/** What we read of an ID token, once it is verified. */
const IdClaims = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  nonce: z.string(),
  email: z.email().max(254).optional().catch(undefined),
  email_verified: z.union([z.boolean(), z.stringbool()]).optional(),
});

/** Who signed in, as the provider has it. */
export interface ExternalUser {
  readonly issuer: string;
  readonly subject: string;
  readonly email?: string;
  readonly isEmailVerified: boolean;
}

/** What came back with the browser. */
export interface Callback {
  readonly code: string;
  readonly state: string;
  /** RFC 9207 */
  readonly iss?: string | undefined;
}

export interface OidcProvider {
  /** Where to send the browser. */
  authorizeUrl(flow: Flow, redirectUri: string): Promise<URL>;
  /** @throws CollectError `secret_rejected` where anything is not as it has to be */
  redeem(callback: Callback, flow: Flow, redirectUri: string): Promise<ExternalUser>;
}

interface Discovered {
  readonly at: number;
  readonly document: z.infer<typeof Discovery>;
  readonly keys: RemoteJWKSet;
}

/** Asymmetric ones: with the others the client secret would sign, and `none` signs nothing. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const discoveredMs = 3_600_000;
const clockToleranceSeconds = 60;

/** Authorization code flow with PKCE (OpenID Connect Core 1.0, 3.1). @param now epoch milliseconds */
export function oidcProvider(config: OidcConfig, now: () => number): OidcProvider {
  let known: Discovered | undefined;
  const discover = async (): Promise<Discovered> => {
    if (known === undefined || now() - known.at >= discoveredMs) known = await readDiscovery(config, now());
    return known;
  };
  return {
    async authorizeUrl({ state, nonce, challenge }, redirectUri) {
      const { document } = await discover();
      const url = new URL(document.authorization_endpoint);
      const query = {
        response_type: 'code',
        client_id: config.clientId,
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state,
        nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url;
    },
    async redeem(callback, flow, redirectUri) {
      const { document, keys } = await discover();
      if (callback.state !== flow.state) throw rejected('the answer belongs to another sign-in');
      const isIssuerTold = callback.iss !== undefined || document.authorization_response_iss_parameter_supported;
      if (isIssuerTold && callback.iss !== config.issuer) throw rejected('the answer comes from another issuer');
      const { id_token: idToken } = await askTokens(config, document, callback.code, flow, redirectUri);
      return verifyIdToken(config, keys, idToken, flow.nonce, now());
    },
  };
}

async function readDiscovery({ issuer }: OidcConfig, now: number): Promise<Discovered> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await fetchJson(Discovery, url, {});
  if (document.issuer !== issuer) {
    throw new CollectError('malformed_reply', `the OpenID provider calls itself ${document.issuer}`, { where: issuer });
  }
  const keys = createRemoteJWKSet(new URL(document.jwks_uri), { [customFetch]: fetchBounded });
  return { at: now, document, keys };
}

async function askTokens(
  { clientId, clientSecret }: OidcConfig,
  { token_endpoint, token_endpoint_auth_methods_supported: methods }: Discovered['document'],
  code: string,
  { verifier }: Flow,
  redirectUri: string,
): Promise<z.infer<typeof Tokens>> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    client_id: clientId,
    code_verifier: verifier,
  });
  const headers = new Headers({ accept: 'application/json' });
  if (clientSecret !== undefined && methods.includes('client_secret_basic')) {
    // RFC 6749, 2.3.1: both are form-encoded before they are joined.
    const pair = [clientId, clientSecret].map((text) => new URLSearchParams([['', text]]).toString().slice(1));
    headers.set('authorization', `Basic ${Buffer.from(pair.join(':')).toString('base64')}`);
  } else if (clientSecret !== undefined) body.set('client_secret', clientSecret);
  return fetchJson(Tokens, token_endpoint, { method: 'POST', headers, body });
}

/** OpenID Connect Core 1.0, 3.1.3.7. */
async function verifyIdToken(
  { issuer, clientId }: OidcConfig,
  keys: RemoteJWKSet,
  idToken: string,
  nonce: string,
  now: number,
): Promise<ExternalUser> {
  const options = {
    issuer,
    audience: clientId,
    algorithms,
    currentDate: new Date(now),
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
  };
  const payload = await jwtVerify(idToken, keys, options).then(
    (verified) => verified.payload,
    (cause: unknown) => {
      if (cause instanceof CollectError) throw cause;
      // Only why it was refused: the token itself stays out of every log.
      throw rejected(`the ID token is not valid${cause instanceof Error ? ` (${cause.message})` : ''}`);
    },
  );
  const parsed = IdClaims.safeParse(payload);
  if (!parsed.success) throw rejected('the ID token lacks what it has to say');
  const claims = parsed.data;
  if (claims.nonce !== nonce) throw rejected('the ID token belongs to another sign-in');
  const isForOthers = Array.isArray(claims.aud) && claims.aud.length > 1;
  if ((isForOthers || claims.azp !== undefined) && claims.azp !== clientId) {
    throw rejected('the ID token was made for another client');
  }
  return {
    issuer,
    subject: claims.sub,
    isEmailVerified: claims.email_verified === true,
    ...(claims.email === undefined ? {} : { email: claims.email.toLowerCase() }),
  };
}

function rejected(message: string): CollectError {
  return new CollectError('secret_rejected', message, { fix: 'Sign in again.' });
}
