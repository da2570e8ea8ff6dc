import type { Domain } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { newId } from './random.ts';

/** The domain of this installation, which is made at the first call. */
export function homeDomain(store: Store, now: number): Promise<Domain> {
  return store.identity.addDomain({ id: newId('domain'), name: 'default', createdAt: now });
}
