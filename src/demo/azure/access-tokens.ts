import { createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import type { KeyPair } from './certificate.ts';
import { ApiError } from './errors.ts';
import { isSignedBy, readJwt, signJwt, textClaim, timeClaim } from './jwt.ts';
import type { SimApplication, SimTenant } from './tenants.ts';

/** Who makes a call. */
export interface Principal {
  readonly tenant: SimTenant;
  readonly application: SimApplication;
}

/** The services that tokens are for. */
export type Audience = 'management' | 'metrics';

const audiences: ReadonlyMap<string, Audience> = new Map([
  ['https://management.azure.com', 'management'],
  ['https://management.core.windows.net', 'management'],
  ['https://metrics.monitor.azure.com', 'metrics'],
]);

/** The service that a resource URI stands for, with or without a slash behind it. */
export function audienceOf(resource: string): Audience | undefined {
  return audiences.get(resource.replace(/\/$/, ''));
}

/** A token as it is handed out. */
export interface IssuedToken {
  readonly token: string;
  /** Epoch seconds. */
  readonly notBefore: number;
  readonly expiresOn: number;
}

/** Issues access tokens and checks those that come back. */
export class AccessTokens {
  readonly #tenants: readonly SimTenant[];
  readonly #keys: KeyPair;
  readonly #clock: () => number;
  readonly #lifetimeSeconds: number;

  /** @param clock epoch milliseconds: against it tokens expire */
  constructor(tenants: readonly SimTenant[], keys: KeyPair, clock: () => number, lifetimeSeconds: number) {
    this.#tenants = tenants;
    this.#keys = keys;
    this.#clock = clock;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** The key to check tokens with, as a JSON web key. */
  get jwk(): Record<string, unknown> {
    return { ...publicJwk(this.#keys.publicKey), use: 'sig', kid: keyId };
  }

  /** Issues a token for a resource URI. */
  issue({ tenant, application }: Principal, resource: string): IssuedToken {
    const notBefore = Math.floor(this.#clock() / 1000);
    const expiresOn = notBefore + this.#lifetimeSeconds;
    const claims = {
      aud: resource,
      iss: `https://sts.windows.net/${tenant.id}/`,
      iat: notBefore,
      nbf: notBefore,
      exp: expiresOn,
      appid: application.clientId,
      oid: application.objectId,
      sub: application.objectId,
      tid: tenant.id,
      uti: randomUUID(),
      ver: '1.0',
    };
    return { token: signJwt(claims, this.#keys.privateKey, { kid: keyId }), notBefore, expiresOn };
  }

  /** Says who sent a request. @throws ApiError 401 if its token is none, not for this service, or no longer valid */
  verify(authorization: string | undefined, wanted: Audience): Principal {
    if (authorization === undefined) {
      throw unauthenticated('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
    }
    const jwt = readJwt(/^Bearer (.+)$/i.exec(authorization)?.[1] ?? '');
    if (jwt === undefined || !isSignedBy(jwt, this.#keys.publicKey)) {
      throw unauthenticated('InvalidAuthenticationToken', 'The access token is invalid.');
    }
    const now = this.#clock() / 1000;
    const expires = timeClaim(jwt, 'exp');
    if (!(now < expires)) {
      const [then, current] = [expires, now].map((time) => new Date(time * 1000).toISOString());
      const message = `The access token expiry UTC time '${then}' is earlier than current UTC time '${current}'.`;
      throw unauthenticated('ExpiredAuthenticationToken', message);
    }
    const audience = textClaim(jwt, 'aud');
    if (audienceOf(audience) !== wanted) {
      const allowed = [...audiences].filter(([, one]) => one === wanted).map(([uri]) => `'${uri}'`);
      const message = `The access token has been obtained for wrong audience or resource '${audience}'. It should exactly match with one of the allowed audiences ${allowed.join()}.`;
      throw unauthenticated('InvalidAuthenticationTokenAudience', message);
    }
    return this.#principalOf(textClaim(jwt, 'tid'), textClaim(jwt, 'appid'));
  }

  #principalOf(tenantId: string, clientId: string): Principal {
    const tenant = this.#tenants.find(({ id }) => id === tenantId);
    const application = tenant?.applications.find((one) => one.clientId === clientId);
    if (tenant !== undefined && application !== undefined) return { tenant, application };
    throw unauthenticated('InvalidAuthenticationToken', 'The access token is from an unknown application.');
  }
}

const keyId = 'simulated-entra-1';

function publicJwk(key: KeyObject): Record<string, unknown> {
  return { ...createPublicKey(key).export({ format: 'jwk' }) };
}

function unauthenticated(code: string, message: string): ApiError {
  const challenge = `Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", error_description="${message}"`;
  return new ApiError(401, code, message, { headers: { 'www-authenticate': challenge } });
}
