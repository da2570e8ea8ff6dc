import { refuse } from '../refusal.ts';
import type { Directory } from './directory.ts';
import { type Claims, isGenuine, readClaims } from './jwt.ts';

/** Who calls, as its token and the directory tell, and what of the domain it sees. */
export interface Caller {
  readonly domainId: string;
  /** Sees this workspace only. */
  readonly workspaceId?: string;
  /** Sees these projects only. */
  readonly projects?: readonly string[];
  /** @throws CollectError `ERROR_PERMISSION_DENIED` */
  demand(permission: string): void;
}

/** How a generation words what it finds wrong with a token, and how long it takes one that has run out. */
export interface TokenRules {
  readonly empty: string;
  readonly unreadable: string;
  readonly noDomain: string;
  readonly leewaySeconds: number;
}

/**
 * What a token says, after its signature and time have been looked at.
 *
 * @param now epoch seconds
 * @throws CollectError `ERROR_AUTHENTICATE_FAILURE`
 */
export function verifyToken(token: string | undefined, directory: Directory, rules: TokenRules, now: number): Claims {
  if (!token) throw unauthenticated(rules.empty);
  const claims = readClaims(token);
  if (claims === undefined) throw unauthenticated(rules.unreadable);
  if (!claims.did) throw unauthenticated(rules.noDomain);
  const key = directory.keyOf(claims.did);
  if (key === undefined || !isGenuine(token, key, now, rules.leewaySeconds)) {
    throw unauthenticated('Token is invalid or expired.');
  }
  return claims;
}

export function unauthenticated(reason: string): Error {
  return refuse('ERROR_AUTHENTICATE_FAILURE', `Authenticate failure. (message = ${reason})`);
}

export function denied(): Error {
  return refuse('ERROR_PERMISSION_DENIED', 'Permission denied.');
}
