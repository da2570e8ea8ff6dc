import { CollectError } from '#model/errors.ts';
import type { User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { type Attempt, countAttempt, forgive } from './login-limits.ts';
import { hashPassword, isOutdated, isPassword } from './password.ts';

/**
 * Signs a person in by email and password. Who fails is not told which of the two was wrong, nor by the time it takes.
 *
 * @throws CollectError `secret_rejected`; `rate_limited` after too many failures of the account or the address
 */
export async function signIn(
  store: Store,
  { password, ...attempt }: Attempt & { readonly password: string },
  now: number,
): Promise<User> {
  await countAttempt(store, attempt, now);
  const user = await store.identity.userNamed(attempt.domain, attempt.name.toLowerCase());
  const hash = user && (await store.identity.passwordOf(user.id));
  const isRight = await isPassword(password, hash);
  if (user === undefined || hash === undefined || !isRight || user.state !== 'ENABLED') {
    throw new CollectError('secret_rejected', 'email or password are wrong');
  }
  await forgive(store, attempt, now);
  const renewed = isOutdated(hash) ? { password: await hashPassword(password.normalize('NFC')) } : {};
  return store.identity.changeUser(user.id, { lastLoginAt: now, ...renewed });
}
