import type { User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { hashSecret, newSecret } from './random.ts';

/** How long a session lasts: unused, and at all. */
export const sessionLimits = { idleMs: 8 * 3_600_000, absoluteMs: 7 * 24 * 3_600_000 } as const;
/** Uses are noted this often, so that reading costs no write. */
const touchMs = 60_000;

export interface OpenSession {
  readonly user: User;
  /** The later of use and end, epoch milliseconds. */
  readonly expiresAt: number;
}

/** @returns the secret that the browser keeps; the store has its hash alone */
export async function openSession(store: Store, user: User, now: number): Promise<string> {
  const secret = newSecret();
  await store.identity.removeSessionsBefore({
    createdAt: now - sessionLimits.absoluteMs,
    lastSeenAt: now - sessionLimits.idleMs,
  });
  await store.identity.addSession(hashSecret(secret), user.id, now);
  return secret;
}

/** Undefined where it is over, or its user may not sign in any more. */
export async function readSession(store: Store, secret: string, now: number): Promise<OpenSession | undefined> {
  const hash = hashSecret(secret);
  const session = await store.identity.session(hash);
  if (session === undefined) return undefined;
  const { createdAt, lastSeenAt, owner } = session;
  if (now >= Math.min(createdAt + sessionLimits.absoluteMs, lastSeenAt + sessionLimits.idleMs)) {
    await store.identity.removeSession(hash);
    return undefined;
  }
  const user = await store.identity.user(owner);
  if (user === undefined || user.state !== 'ENABLED') return undefined;
  if (now - lastSeenAt >= touchMs) await store.identity.touchSession(hash, now);
  return { user, expiresAt: Math.min(createdAt + sessionLimits.absoluteMs, now + sessionLimits.idleMs) };
}

export async function closeSession(store: Store, secret: string): Promise<void> {
  await store.identity.removeSession(hashSecret(secret));
}
