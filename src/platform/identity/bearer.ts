import type { User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { keyOwner, ownerOfKey } from './api-keys.ts';
import { verifyToken } from './tokens.ts';

/** Longer is no token of ours, and not worth the look. */
const longestBearer = 8192;

/** Who sent this API key or token; undefined where it opens nothing, for whatever reason. */
export async function userOfBearer(
  store: Store,
  domain: string,
  bearer: string,
  now: number,
): Promise<User | undefined> {
  if (bearer.length > longestBearer) return undefined;
  const id = bearer.startsWith('fgk_')
    ? await ownerOfKey(store, bearer, now)
    : await ownerOfToken(store, domain, bearer, now);
  const user = id === undefined ? undefined : await store.identity.user(id);
  return user?.state === 'ENABLED' && user.domain === domain ? user : undefined;
}

async function ownerOfToken(store: Store, domain: string, token: string, now: number): Promise<string | undefined> {
  const subject = await verifyToken(store, domain, token, now);
  if (subject?.apiKey === undefined) return subject?.user;
  const owner = await keyOwner(store, subject.apiKey, token, now);
  return owner === subject.user ? owner : undefined;
}
