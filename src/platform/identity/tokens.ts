import { decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { CollectError } from '#model/errors.ts';
import type { User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import type { MasterKey } from '../secret/master-key.ts';
import { accessClaims, Claims, type TokenGeneration } from './claims.ts';
import { newSecret } from './random.ts';
import { publicKeys, signingAlgorithm, signingKey, verifyingKey } from './signing-keys.ts';

/** The longest that an access token may live, and so how long a retired key is good for. */
export const longestTokenMs = 24 * 3_600_000;

/**
 * A signed token that stands for a user for a while.
 *
 * @throws CollectError `invalid_input` for a life of more than a day, or none
 */
export async function issueAccessToken(
  store: Store,
  masterKey: MasterKey,
  user: User,
  { generation, lifeMs }: { readonly generation: TokenGeneration; readonly lifeMs: number },
  now: number,
): Promise<string> {
  if (!(lifeMs > 0 && lifeMs <= longestTokenMs)) {
    throw new CollectError('invalid_input', 'an access token lives for a day at most', {
      fix: 'A service account may have a key: fleetgauge user api-key create',
    });
  }
  const times = { iat: seconds(now), exp: seconds(now + lifeMs) };
  return signToken(store, masterKey, user.domain, accessClaims(generation, user, newSecret(), times), now);
}

export async function signToken(
  store: Store,
  masterKey: MasterKey,
  domain: string,
  claims: JWTPayload,
  now: number,
): Promise<string> {
  const { id, key } = await signingKey(store, masterKey, domain, now);
  return new SignJWT(claims).setProtectedHeader({ alg: signingAlgorithm, typ: 'JWT', kid: id }).sign(key);
}

/** Whom a token stands for. */
export interface TokenSubject {
  /** `user.id` */
  readonly user: string;
  /** Of the API key that the token is; it has to be held against the stored one. */
  readonly apiKey?: string;
}

/** Undefined for a token that is not ours: another domain's, forged, changed, run out, or of another kind. */
export async function verifyToken(
  store: Store,
  domain: string,
  token: string,
  now: number,
): Promise<TokenSubject | undefined> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const known = (await publicKeys(store, domain)).find(({ id }) => id === kid);
    if (known === undefined) return undefined;
    const options = { algorithms: [signingAlgorithm], currentDate: new Date(now) };
    const { payload } = await jwtVerify(token, await verifyingKey(known), options);
    const claims = Claims.parse(payload);
    if (claims.did !== domain) return undefined;
    const kind = 'cat' in claims ? claims.cat : claims.typ;
    if (kind === 'ACCESS_TOKEN') {
      const isOver = known.retiredAt !== undefined && now - known.retiredAt > longestTokenMs;
      return claims.exp === undefined || isOver ? undefined : { user: claims.aud };
    }
    const apiKey = 'cat' in claims ? claims.api_key_id : claims.jti;
    return apiKey === undefined ? undefined : { user: claims.aud, apiKey };
  } catch (caught) {
    if (caught instanceof CollectError) throw caught;
    return undefined;
  }
}

function seconds(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}
