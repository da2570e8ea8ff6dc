import { estimateRegion, type RegionEstimate } from '#collect/estimate.ts';
import { mapConcurrent } from '#collect/map-concurrent.ts';
import type { Wanted } from '#collect/missing-days.ts';
import { type QuotaShare, tightestQuota } from '#collect/tightest-quota.ts';
import type { CallLimit } from '#model/calls.ts';
import type { Days } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import { addCosts, type Cost, type Fleet, roundedCost } from '#model/fleet.ts';
import type { Provider } from '#model/provider.ts';
import { anyRegion } from '#model/region.ts';
import type { Resource } from '#model/resource.ts';
import { onlySelected, selectedIn } from './only-selected.ts';
import type { RunOptions } from './options.ts';
import type { SelectedPlace, Selection } from './selection.ts';
import type { Access, ConnectedTarget, Target } from './targets.ts';

/** One account and region to be read; or why it cannot be. */
export interface Place {
  readonly target: Target;
  /** The cloud's own id of the account; the target's name where it could not be learnt. */
  readonly account: string;
  /** `anyRegion` where not even the regions could be listed. */
  readonly region: string;
  readonly outcome: Readable | { readonly error: CollectError };
}

/** What of a place is read. */
export interface Readable {
  readonly fleet: Fleet;
  readonly selects: (resource: Resource) => boolean;
  /** How many servers were selected there; absent where all are read. */
  readonly selected?: number | undefined;
}

export interface PlannedRegion extends Place {
  readonly outcome: (Readable & { readonly estimate: RegionEstimate }) | { readonly error: CollectError };
}

/** What a job keeps of its options: those that were planned, so that whatever goes on with it reads the same servers. */
export function optionsOf(options: RunOptions, { selection }: RunPlan): RunOptions {
  return selection === undefined ? options : { ...options, servers: selection.ids.toSorted((a, b) => a - b) };
}

/** What a run would take, before anything that bills. */
export interface RunPlan {
  readonly wanted: Wanted;
  readonly types: readonly string[];
  /** What it is limited to; all that there is where absent. */
  readonly selection?: Pick<Selection, 'ids'>;
  /** Where selected servers are not read; in `anyRegion` where no account of the run opens theirs. */
  readonly unopened: readonly SelectedPlace[];
  readonly regions: readonly PlannedRegion[];
  readonly servers: number;
  readonly cost: Cost;
  /** At the quotas, with regions side by side. */
  readonly seconds: number;
  /** Where it takes the most of what the cloud allows; absent where no quota is known, or nothing asked. */
  readonly quota?: QuotaShare | undefined;
}

/** Days of servers that are stored already, by resource id. */
export type KnownDays = (resources: readonly Resource[]) => Promise<ReadonlyMap<string, Days>>;

const regionsAtOnce = 12;

interface WantedRun extends Wanted {
  readonly types: readonly string[];
  readonly selection?: Selection | undefined;
}

/**
 * Discovers and plans every region of every account, or those alone that a selection lies in; free of charge. A region that
 * cannot be planned is part of the plan.
 *
 * @throws CollectError `store_failed`, `cancelled`
 */
export async function planRun(
  connected: readonly ConnectedTarget[],
  { types, selection, ...wanted }: WantedRun,
  known: KnownDays,
  signal: AbortSignal,
): Promise<RunPlan> {
  const { targets, unopened } =
    selection === undefined ? { targets: connected, unopened: [] } : onlySelected(connected, selection);
  const refused = targets.flatMap(refusals);
  const places = targets.flatMap(({ target, outcome }) => ('error' in outcome ? [] : placesOf(target, outcome)));
  const planned = await Array.fromAsync(
    mapConcurrent(places, regionsAtOnce, async ({ target, fleet, region, selects }): Promise<PlannedRegion> => {
      const place = { target, account: fleet.account, region };
      const limit = limitOf(target.provider);
      const selected = selection && selectedIn(selection, target, fleet, region);
      try {
        const estimate = await estimateRegion({ fleet, region, wanted, types, known, limit, selects, signal });
        return { ...place, outcome: { fleet, selects, selected, estimate } };
      } catch (caught) {
        const error = CollectError.from(caught);
        // What the store cannot tell is the fault of no region: of a run that began like that, it would be missing.
        if (error.code === 'store_failed') throw error;
        return { ...place, outcome: { error } };
      }
    }),
  );
  if (signal.aborted)
    throw new CollectError('cancelled', 'stopped while planning; nothing was read and nothing billed');
  const plan = { ...summed(wanted, types, [...refused, ...planned.sort(byPlace)]), unopened };
  return selection === undefined ? plan : { ...plan, selection: { ids: selection.ids } };
}

/** @throws CollectError `not_found` where a plan has a selection, and no place where any of it could be read */
export function refuseUnread({ selection, regions, unopened }: RunPlan): void {
  if (selection === undefined || regions.length > 0) return;
  const places = unopened.map(({ provider, account, region }) =>
    region === anyRegion ? `${provider} ${account}` : `${provider} ${account} ${region}`,
  );
  throw new CollectError('not_found', 'none of the selected servers is in an account and region that this run reads', {
    ...(places.length === 0 ? {} : { where: places.join(', ') }),
    fix: 'save an account that opens theirs (fleetgauge account add), read their regions too, or select others',
  });
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

function summed(wanted: Wanted, types: readonly string[], regions: readonly PlannedRegion[]) {
  const estimates = regions.flatMap(({ outcome }) => ('estimate' in outcome ? outcome.estimate : []));
  const calls = regions.flatMap(({ target: { provider }, account, region, outcome }) =>
    'estimate' in outcome
      ? { account, region, cost: outcome.estimate.cost, api: provider.metricApi, limit: limitOf(provider) }
      : [],
  );
  return {
    wanted,
    types,
    regions,
    servers: estimates.reduce((count, { servers }) => count + servers, 0),
    // Clouds list in any order: who agrees to a plan agrees to the next one of the same.
    cost: roundedCost(addCosts(estimates.map(({ cost }) => cost))),
    seconds: Math.max(0, ...estimates.map(({ seconds }) => seconds)),
    quota: tightestQuota(calls),
  };
}

function byPlace(a: PlannedRegion, b: PlannedRegion): number {
  return `${a.account} ${a.region}`.localeCompare(`${b.account} ${b.region}`);
}
