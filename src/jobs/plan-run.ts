import { estimateRegion, type RegionEstimate } from '#collect/estimate.ts';
import { mapConcurrent } from '#collect/map-concurrent.ts';
import type { Wanted } from '#collect/missing-days.ts';
import type { CallLimit } from '#model/calls.ts';
import type { Days } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import { addCosts, type Cost, type Fleet } from '#model/fleet.ts';
import type { Provider } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import type { Access, ConnectedTarget, Target } from './targets.ts';

/** One account and region to be read; or why it cannot be. */
export interface Place {
  readonly target: Target;
  /** The cloud's own id of the account; the target's name where it could not be learnt. */
  readonly account: string;
  /** `anyRegion` where not even the regions could be listed. */
  readonly region: string;
  readonly outcome:
    | { readonly fleet: Fleet; readonly selects: (resource: Resource) => boolean }
    | { readonly error: CollectError };
}

export interface PlannedRegion extends Place {
  readonly outcome:
    | { readonly fleet: Fleet; readonly selects: (resource: Resource) => boolean; readonly estimate: RegionEstimate }
    | { readonly error: CollectError };
}

export const anyRegion = '*';

/** What a run would take, before anything that bills. */
export interface RunPlan {
  readonly wanted: Wanted;
  readonly types: readonly string[];
  readonly regions: readonly PlannedRegion[];
  readonly servers: number;
  readonly cost: Cost;
  /** At the quotas, with regions side by side. */
  readonly seconds: number;
}

/** Days of servers that are stored already, by resource id. */
export type KnownDays = (resources: readonly Resource[]) => Promise<ReadonlyMap<string, Days>>;

const regionsAtOnce = 12;

/** Discovers and plans every region of every account; free of charge. */
export async function planRun(
  targets: readonly ConnectedTarget[],
  { types, ...wanted }: Wanted & { readonly types: readonly string[] },
  known: KnownDays,
  signal: AbortSignal,
): Promise<RunPlan> {
  const refused = targets.flatMap(refusals);
  const places = targets.flatMap(({ target, outcome }) => ('error' in outcome ? [] : placesOf(target, outcome)));
  const planned = await Array.fromAsync(
    mapConcurrent(places, regionsAtOnce, async ({ target, fleet, region, selects }): Promise<PlannedRegion> => {
      const place = { target, account: fleet.account, region };
      const limit = limitOf(target.provider);
      try {
        const estimate = await estimateRegion({ fleet, region, wanted, types, known, limit, selects, signal });
        return { ...place, outcome: { fleet, selects, estimate } };
      } catch (caught) {
        return { ...place, outcome: { error: CollectError.from(caught) } };
      }
    }),
  );
  if (signal.aborted)
    throw new CollectError('cancelled', 'stopped while planning; nothing was read and nothing billed');
  return summed(wanted, types, [...refused, ...planned.sort(byPlace)]);
}

/** What of a target cannot be read at all. */
function refusals({ target, outcome }: ConnectedTarget): PlannedRegion[] {
  if ('error' in outcome) return [{ target, account: target.name, region: anyRegion, outcome }];
  return outcome.accounts.flatMap(({ fleet, regions }) =>
    'error' in regions ? [{ target, account: fleet.account, region: anyRegion, outcome: regions }] : [],
  );
}

function placesOf(target: Target, { accounts }: Access) {
  return accounts.flatMap(({ fleet, regions, selects }) =>
    'error' in regions ? [] : regions.map((region) => ({ target, fleet, region, selects })),
  );
}

function limitOf({ id, limits, metricApi }: Provider): CallLimit {
  const limit = limits[metricApi];
  if (limit === undefined) throw new CollectError('internal', `provider ${id} has no limit for ${metricApi}`);
  return limit;
}

function summed(wanted: Wanted, types: readonly string[], regions: readonly PlannedRegion[]): RunPlan {
  const estimates = regions.flatMap(({ outcome }) => ('estimate' in outcome ? outcome.estimate : []));
  return {
    wanted,
    types,
    regions,
    servers: estimates.reduce((count, { servers }) => count + servers, 0),
    cost: addCosts(estimates.map(({ cost }) => cost)),
    seconds: Math.max(0, ...estimates.map(({ seconds }) => seconds)),
  };
}

function byPlace(a: PlannedRegion, b: PlannedRegion): number {
  return `${a.account} ${a.region}`.localeCompare(`${b.account} ${b.region}`);
}
