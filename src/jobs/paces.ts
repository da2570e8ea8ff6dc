import { type Clock, systemClock } from '#collect/clock.ts';
import type { PaceOf } from '#collect/gate.ts';
import { LocalPace } from '#collect/pace.ts';
import type { Store } from '#store/store.ts';
import { sharedPaces } from './shared-pace.ts';

/** What keeps the pace for all who read with this store: those of one process, or of all processes that share it. */
export function pacesOf({ cluster }: Pick<Store, 'cluster'>, clock: Clock = systemClock): PaceOf {
  if (cluster !== undefined) return sharedPaces(cluster.paces, clock);
  const known = new Map<string, LocalPace>();
  return ({ api, account, region }, limit) => {
    const key = `${api} ${account} ${region}`;
    const pace = known.get(key) ?? new LocalPace(limit, clock);
    known.set(key, pace);
    return pace;
  };
}
