import { createHash, createHmac } from 'node:crypto';
import { newSecret } from '../random.ts';

/**
 * One sign-in that is under way. All of it follows from a secret that only the browser keeps, so that no server has to
 * remember it, and whoever has not begun it cannot end it.
 */
export interface Flow {
  readonly secret: string;
  /** Comes back with the browser. */
  readonly state: string;
  /** Comes back in the ID token. */
  readonly nonce: string;
  /** Proves at the token endpoint that we began it (PKCE, RFC 7636). */
  readonly verifier: string;
  readonly challenge: string;
}

export function newFlow(): Flow {
  return flowOf(newSecret());
}

export function flowOf(secret: string): Flow {
  const derive = (use: string) => createHmac('sha256', secret).update(`fleetgauge oidc ${use}`).digest('base64url');
  const verifier = derive('verifier');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { secret, state: derive('state'), nonce: derive('nonce'), verifier, challenge };
}
