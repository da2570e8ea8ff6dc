import type { Store } from '#store/store.ts';
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
  const inhabited = new Set(groups.map(({ provider, account, region }) => keyOf(provider, account, region)));
  return regions.filter(
    (one) => isWorthRunning(one) || inhabited.has(keyOf(one.target.provider.id, one.account, one.region)),
  );
}

function keyOf(provider: string, account: string, region: string): string {
  return `${provider} ${account} ${region}`;
}
