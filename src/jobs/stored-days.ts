import type { Days } from '#model/day-cell.ts';
import type { DayRange } from '#model/window.ts';
import type { Store } from '#store/store.ts';
import type { KnownDays } from './plan-run.ts';

/** Reads what the store has of servers' days, in the window of a run. */
export function storedDays(store: Store, window: DayRange): KnownDays {
  return async (resources) => {
    const matches = await store.inventory.match(
      resources.map(({ provider, account, region, id }) => ({
        provider,
        account,
        region_code: region,
        'reference.resource_id': id,
      })),
    );
    const idOf = new Map(
      matches.flatMap(([match], at) => (match === undefined ? [] : [[match.id, resources[at]?.id ?? '']])),
    );
    const days = await store.history.read([...idOf.keys()], window);
    return new Map<string, Days>([...days].map(([record, known]) => [idOf.get(record) ?? '', known]));
  };
}
