import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { z } from 'zod';
import { OidcConfig } from './config.ts';

/** Ways to break the protocol. */
export interface IssuerFaults {
  /** Over those of the ID token. */
  claims?: Record<string, unknown>;
  /** Instead of the signature of the issuer. */
  sign?: (claims: JWTPayload) => Promise<string>;
  /** Over those of the discovery document. */
  discovery?: Record<string, unknown>;
  /** Instead of the token endpoint's answer. */
  token?: (response: ServerResponse) => void;
}

export interface Person {
  sub: string;
  email?: string;
  email_verified?: boolean;
}

/** An OpenID provider on loopback: authorization code flow with PKCE, one person at the keyboard. */
export interface TestIssuer {
  readonly url: string;
  readonly config: OidcConfig;
  /** Who is at the keyboard. */
  person: Person;
  faults: IssuerFaults;
  /** Epoch milliseconds. */
  now: number;
  /** Makes a new key; the old one is not published any more. */
  rotateKey(): Promise<void>;
  stop(): Promise<void>;
}

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
}

const Authorize = z.object({
  response_type: z.literal('code'),
  client_id: z.string(),
  redirect_uri: z.url(),
  scope: z.string().regex(/\bopenid\b/),
  state: z.string().min(20),
  nonce: z.string().min(20),
  code_challenge: z.string().length(43),
  code_challenge_method: z.literal('S256'),
});

const clientId = 'fleet & gauge';
const clientSecret = 'sécret/with+odd=characters';

export async function startIssuer(now: number): Promise<TestIssuer> {
  const grants = new Map<string, Grant>();
  let key = await newKey();
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const issuer: TestIssuer = {
    url,
    config: OidcConfig.parse({ issuer: url, clientId, clientSecret, name: 'Test' }),
    person: { sub: '42', email: 'ann@corp.example', email_verified: true },
    faults: {},
    now,
    rotateKey: async () => {
      key = await newKey();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    if (pathname === '/.well-known/openid-configuration')
      return json(response, { ...discoveryOf(url), ...issuer.faults.discovery });
    if (pathname === '/jwks')
      return json(response, { keys: [{ ...(await exportJWK(key.pair.publicKey)), kid: key.kid, alg: 'RS256' }] });
    if (pathname === '/authorize') return authorize(searchParams, response);
    if (pathname === '/token' && request.method === 'POST') return token(request, response);
    response.writeHead(404).end();
  }

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const asked = Authorize.parse(Object.fromEntries(query));
    if (asked.client_id !== clientId) return void response.writeHead(400).end();
    const code = randomUUID();
    grants.set(code, { challenge: asked.code_challenge, redirectUri: asked.redirect_uri, nonce: asked.nonce });
    const back = new URL(asked.redirect_uri);
    for (const [name, value] of Object.entries({ code, state: asked.state, iss: url }))
      back.searchParams.set(name, value);
    response.writeHead(302, { location: back.href }).end();
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = new URLSearchParams((await request.setEncoding('utf8').toArray()).join(''));
    if (issuer.faults.token !== undefined) return issuer.faults.token(response);
    const grant = grants.get(body.get('code') ?? '');
    grants.delete(body.get('code') ?? '');
    const proof = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      isOurClient(request.headers.authorization ?? basicOf(body)) &&
      body.get('grant_type') === 'authorization_code' &&
      grant?.redirectUri === body.get('redirect_uri') &&
      grant?.challenge === proof;
    if (grant === undefined || !isRight) {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}');
      return;
    }
    const at = Math.floor(issuer.now / 1000);
    const claims = {
      iss: url,
      aud: clientId,
      iat: at,
      exp: at + 300,
      nonce: grant.nonce,
      ...issuer.person,
      ...issuer.faults.claims,
    };
    const idToken = await (issuer.faults.sign ?? signedBy(key))(claims);
    json(response, { access_token: randomUUID(), token_type: 'Bearer', id_token: idToken });
  }

  return issuer;
}

async function newKey() {
  return { kid: randomUUID(), pair: await generateKeyPair('RS256') };
}

function signedBy({ kid, pair }: Awaited<ReturnType<typeof newKey>>) {
  return (claims: JWTPayload) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(pair.privateKey);
}

function discoveryOf(url: string) {
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  };
}

/** RFC 6749, 2.3.1: both parts are form-encoded. */
function isOurClient(authorization: string | undefined): boolean {
  const [, basic = ''] = /^Basic (.+)$/.exec(authorization ?? '') ?? [];
  const parts = Buffer.from(basic, 'base64')
    .toString()
    .split(':')
    .map((text) => decodeURIComponent(text.replaceAll('+', ' ')));
  return parts.length === 2 && parts[0] === clientId && parts[1] === clientSecret;
}

/** The same pair in the body, as `client_secret_post` has it. */
function basicOf(body: URLSearchParams): string {
  const pair = ['client_id', 'client_secret'].map((name) => encodeURIComponent(body.get(name) ?? ''));
  return `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
