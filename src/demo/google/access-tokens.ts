import { randomBytes } from 'node:crypto';
import { ApiError, errorInfo } from './errors.ts';
import { type Identities, type Principal, principalOf } from './identities.ts';
import { isSignedBy, readJwt } from './jwt.ts';
import { type ServiceName, services } from './services.ts';

/** What an access token stands for. */
interface Grant {
  readonly principal: Principal;
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`;

/** Scopes that open each API, beside `cloud-platform`, which opens all. */
const scopesOf: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  compute: ['compute', 'compute.readonly', 'cloud-platform.read-only'].map(scope),
  monitoring: ['monitoring', 'monitoring.read'].map(scope),
  sqladmin: ['sqlservice.admin'].map(scope),
  cloudresourcemanager: ['cloudplatformprojects', 'cloudplatformprojects.readonly', 'cloud-platform.read-only'].map(
    scope,
  ),
  iamcredentials: ['iam'].map(scope),
};

const credentialHelp =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';

/** The access tokens that were handed out, and what else is taken in their place. */
export class AccessTokens {
  readonly #identities: Identities;
  readonly #origin: string;
  readonly #clock: () => number;
  readonly #grants = new Map<string, Grant>();

  /**
   * @param origin own address, which self-signed tokens may name as their audience
   * @param clock epoch milliseconds
   */
  constructor(identities: Identities, origin: string, clock: () => number) {
    this.#identities = identities;
    this.#origin = origin;
    this.#clock = clock;
  }

  /** Makes a token. */
  issue(principal: Principal, scopes: readonly string[], seconds: number): { token: string; expiresAtMs: number } {
    this.#dropLongExpired();
    const token = `ya29.${randomBytes(48).toString('base64url')}`;
    const expiresAtMs = this.#clock() + seconds * 1000;
    this.#grants.set(token, { principal, scopes, expiresAtMs });
    return { token, expiresAtMs };
  }

  /** Says who calls a service. @throws ApiError 401 without a valid token, 403 if its scopes are not enough */
  authenticate(service: ServiceName, authorization: string | undefined): Principal {
    const [kind, token = ''] = authorization?.split(' ') ?? [];
    if (kind !== 'Bearer' || token === '') throw unauthenticated(service, 'CREDENTIALS_MISSING');
    const grant = this.#grants.get(token) ?? this.#selfSigned(service, token);
    if (grant === undefined) throw unauthenticated(service, 'ACCESS_TOKEN_TYPE_UNSUPPORTED');
    if (grant.expiresAtMs <= this.#clock()) throw unauthenticated(service, 'ACCESS_TOKEN_EXPIRED');
    const enough = [scope('cloud-platform'), ...(scopesOf[service] ?? [])];
    if (!grant.scopes.some((name) => enough.includes(name))) {
      const details = [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', { service: services[service].host })];
      const message = 'Request had insufficient authentication scopes.';
      throw new ApiError('PERMISSION_DENIED', message, { reason: 'insufficientPermissions', details });
    }
    return grant.principal;
  }

  /** A JWT that a service account signed itself, for one API or for scopes. */
  #selfSigned(service: ServiceName, token: string): Grant | undefined {
    const claims = readJwt(token);
    const account = claims && this.#identities.find(claims.iss);
    if (claims === undefined || account?.keys === undefined || claims.sub !== claims.iss) return undefined;
    if (!isSignedBy(token, account.keys) || claims.exp - claims.iat > 3600) return undefined;
    const audiences = [claims.aud ?? []].flat();
    const audience = audiences.some(
      (aud) => aud === `https://${services[service].host}/` || aud === `${this.#origin}/`,
    );
    const scopes = claims.scope?.split(' ') ?? (audience ? [scope('cloud-platform')] : []);
    return { principal: principalOf(account), scopes, expiresAtMs: claims.exp * 1000 };
  }

  /** Tokens that ended an hour ago are forgotten. */
  #dropLongExpired(): void {
    const limit = this.#clock() - 3_600_000;
    for (const [token, { expiresAtMs }] of this.#grants) if (expiresAtMs < limit) this.#grants.delete(token);
  }
}

type TokenFault = 'CREDENTIALS_MISSING' | 'ACCESS_TOKEN_TYPE_UNSUPPORTED' | 'ACCESS_TOKEN_EXPIRED';

function unauthenticated(service: ServiceName, fault: TokenFault): ApiError {
  const missing = fault === 'CREDENTIALS_MISSING';
  const what = missing
    ? 'Request is missing required authentication credential.'
    : 'Request had invalid authentication credentials.';
  return new ApiError('UNAUTHENTICATED', `${what} ${credentialHelp}`, {
    reason: missing ? 'required' : 'authError',
    details: [errorInfo(fault, { service: services[service].host })],
    headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
  });
}
