import { CollectError } from '#model/errors.ts';
import type { User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { newId } from '../random.ts';
import type { OidcConfig } from './config.ts';
import type { ExternalUser } from './provider.ts';

/**
 * The user of ours that somebody is elsewhere: the one who came as that before, else the one with the verified email, else a
 * new one, where newcomers are let in.
 *
 * @throws CollectError `access_denied`
 */
export async function signInExternal(
  store: Store,
  domain: string,
  { newUsers, trustEmail }: OidcConfig,
  { issuer, subject, email, isEmailVerified }: ExternalUser,
  now: number,
): Promise<User> {
  const external = { issuer, subject };
  const isTrusted = email !== undefined && (isEmailVerified || trustEmail);
  return store.transaction(async ({ identity }) => {
    const known = await identity.userOf(domain, external);
    const named = known ?? (isTrusted ? await identity.userNamed(domain, email) : undefined);
    if (named === undefined) {
      if (newUsers === undefined || !isTrusted || !(await identity.hasUsers())) throw stranger(email, isTrusted);
      const draft = { id: newId('user'), domain, kind: 'PERSON', name: email, role: newUsers, external } as const;
      await identity.addUser(draft, now);
      return identity.changeUser(draft.id, { lastLoginAt: now });
    }
    const isOther = known === undefined && named.external !== undefined;
    if (named.state !== 'ENABLED' || named.kind !== 'PERSON' || isOther) throw stranger(email, isTrusted);
    return identity.changeUser(named.id, { external, lastLoginAt: now });
  });
}

function stranger(email: string | undefined, isTrusted: boolean): CollectError {
  return new CollectError('access_denied', isTrusted ? 'this person may not sign in' : 'the email is not verified', {
    ...(email === undefined ? {} : { where: email }),
    fix: 'An admin can let them in: fleetgauge user add <email>',
  });
}
