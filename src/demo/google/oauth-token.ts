import type { AccessTokens } from './access-tokens.ts';
import { OAuthError } from './errors.ts';
import { type Identities, principalOf } from './identities.ts';
import { isSignedBy, readJwt } from './jwt.ts';

/** What a token endpoint needs to answer. */
export interface TokenCall {
  readonly form: URLSearchParams;
  readonly identities: Identities;
  readonly tokens: AccessTokens;
  /** Own address: `http://127.0.0.1:<port>`. */
  readonly origin: string;
  /** Epoch seconds. */
  readonly wallNow: number;
  /** How long tokens last. */
  readonly tokenSeconds: number;
}

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Clocks may differ by so much. */
const skewSeconds = 300;

/** `POST /token`: an access token for a service account's signed assertion. @throws OAuthError */
export function oauthToken({ form, identities, tokens, origin, wallNow, tokenSeconds }: TokenCall): string {
  const grantType = form.get('grant_type');
  if (grantType !== jwtBearer) throw new OAuthError('unsupported_grant_type', `Invalid grant_type: ${grantType ?? ''}`);
  const assertion = form.get('assertion') ?? '';
  const claims = readJwt(assertion);
  if (claims === undefined) throw new OAuthError('invalid_request', 'Bad Request');
  const account = identities.find(claims.iss);
  if (account?.keys === undefined) throw new OAuthError('invalid_grant', 'Invalid grant: account not found');
  if (!isSignedBy(assertion, account.keys)) throw new OAuthError('invalid_grant', 'Invalid JWT Signature.');
  const audiences = [
    'https://oauth2.googleapis.com/token',
    'https://www.googleapis.com/oauth2/v4/token',
    `${origin}/token`,
  ];
  if (typeof claims.aud !== 'string' || !audiences.includes(claims.aud)) {
    const description = `Invalid JWT: Failed audience check. The right audience is ${audiences[0]}`;
    throw new OAuthError('invalid_grant', description);
  }
  const { iat, exp } = claims;
  if (exp <= wallNow || iat > wallNow + skewSeconds || exp <= iat || exp - iat > 3600) {
    const description =
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
    throw new OAuthError('invalid_grant', description);
  }
  if (claims.sub !== undefined && claims.sub !== claims.iss) {
    const description =
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';
    throw new OAuthError('unauthorized_client', description, 401);
  }
  const scopes = scopesIn(claims.scope);
  const { token } = tokens.issue(principalOf(account), scopes, tokenSeconds);
  return JSON.stringify({ access_token: token, expires_in: tokenSeconds, token_type: 'Bearer' });
}

/** Scopes of a request, parted by spaces. @throws OAuthError if there is none or one that is no scope */
export function scopesIn(text: string | undefined): readonly string[] {
  const scopes = (text ?? '').split(' ').filter((name) => name !== '');
  if (scopes.length > 0 && scopes.every((name) => name.startsWith('https://www.googleapis.com/auth/'))) return scopes;
  throw new OAuthError('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
}
