import type { CallLimit, CallRate } from '#model/calls.ts';
import type { Days } from '#model/day-cell.ts';
import { addCosts, type Cost, type Fleet, noCost } from '#model/fleet.ts';
import type { Resource, ResourceState } from '#model/resource.ts';
import { batchSizeOf } from './batch-size.ts';
import { wantsOf } from './batch-wants.ts';
import { rebatch } from './map-concurrent.ts';
import type { Wanted } from './missing-days.ts';

/** What reading one region would take. */
export interface RegionEstimate {
  readonly region: string;
  readonly servers: number;
  readonly byState: Readonly<Partial<Record<ResourceState, number>>>;
  readonly cost: Cost;
  /** At the quota. */
  readonly seconds: number;
}

export interface EstimateRun {
  readonly fleet: Fleet;
  readonly region: string;
  readonly wanted: Wanted;
  /** Resource types by id. */
  readonly types: readonly string[];
  readonly selects: (resource: Resource) => boolean;
  readonly known: (resources: readonly Resource[]) => Promise<ReadonlyMap<string, Days>>;
  /** Of the API that reads metrics. */
  readonly limit: CallLimit;
  readonly signal: AbortSignal;
}

/**
 * Discovers a region and plans what reading it would take, without a call that bills. Where only a billed call could tell
 * (which servers run an agent), the plan assumes the dearer case.
 *
 * @throws CollectError where discovery found nothing and failed; where it found some, the run will say what it did not find
 */
export async function estimateRegion(run: EstimateRun): Promise<RegionEstimate> {
  const byState: Partial<Record<ResourceState, number>> = {};
  const found = { resources: 0 };
  let servers = 0;
  let cost = noCost;
  const { fleet, wanted } = run;
  // In the batches in which a run plans too, so that calls are counted as they will be made.
  for await (const batch of rebatch(foundPages(run, found), batchSizeOf(fleet, wanted.statistics))) {
    const plan = fleet.plan(await wantsOf(batch, run.known, wanted), undefined);
    cost = addCosts([cost, plan.reserve, ...plan.requests.map((request) => request.cost)]);
    servers += batch.length;
    for (const { state } of batch) byState[state] = (byState[state] ?? 0) + 1;
  }
  // A survey is of the whole region, however few of it are of interest.
  if (servers > 0) cost = addCosts([cost, run.fleet.surveyCost(found.resources, run.types)]);
  return { region: run.region, servers, byState, cost, seconds: secondsAt(cost, run.limit) };
}

async function* foundPages(
  { fleet, region, types, selects, signal }: EstimateRun,
  found: { resources: number },
): AsyncGenerator<Resource[]> {
  try {
    for await (const page of fleet.resources(region, types, signal)) {
      found.resources += page.length;
      yield page.filter(selects);
    }
  } catch (caught) {
    if (found.resources === 0 || signal.aborted) throw caught;
  }
}

/** How long so many calls and points take at a rate. */
export function secondsAt({ calls, points }: Cost, { perSecond, pointsPerSecond }: CallRate): number {
  return Math.max(calls / perSecond, pointsPerSecond === undefined ? 0 : points / pointsPerSecond);
}
