import type { Store } from '#store/store.ts';
import { placeKey } from './place-key.ts';
import type { PlannedRegion, RunPlan } from './plan-run.ts';
import { isWorthRunning } from './run-regions.ts';

/**
 * Regions with servers to read, and those that had some when they were last read, or of which some were selected: only reading them
 * again shows that they are gone.
 */
export async function worthRunning(
  { inventory }: Store,
  { regions, selection }: RunPlan,
): Promise<readonly PlannedRegion[]> {
  if (selection !== undefined || regions.every(isWorthRunning)) return regions;
  const { groups } = await inventory.summary();
  const inhabited = new Set(groups.map(({ provider, account, region }) => placeKey(provider, account, region)));
  return regions.filter(
    (one) => isWorthRunning(one) || inhabited.has(placeKey(one.target.provider.id, one.account, one.region)),
  );
}
