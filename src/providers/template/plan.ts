import { type MetricPlan, type MetricRequest, noCost, type Unasked, type Want } from '#model/fleet.ts';
import { dayCount, startOf } from '#model/window.ts';
import { serversPerCall } from './catalog.ts';

/** One call: some servers, over the same days. */
export interface PlannedRequest extends MetricRequest {
  readonly ids: readonly string[];
}

/** As few calls as the limit allows; servers that cannot have a point in these days are not asked about. */
export function planRequests(wants: readonly Want[]): MetricPlan<PlannedRequest> {
  const unasked: Unasked[] = [];
  const groups = new Map<string, Want[]>();
  for (const want of wants) {
    const { resource, keys, days } = want;
    if (resource.createdAt !== undefined && resource.createdAt >= startOf(days.to)) {
      unasked.push(...keys.map((key) => ({ resourceId: resource.id, key, reason: 'too_new' as const })));
      continue;
    }
    const name = `${days.from} ${days.to}`;
    const group = groups.get(name) ?? [];
    group.push(want);
    groups.set(name, group);
  }
  return { requests: [...groups.values()].flatMap(requestsOf), unasked, reserve: noCost };
}

function requestsOf(wants: readonly Want[]): PlannedRequest[] {
  return Array.from({ length: Math.ceil(wants.length / serversPerCall) }, (_, at) =>
    wants.slice(at * serversPerCall, (at + 1) * serversPerCall),
  ).flatMap((own) =>
    own.slice(0, 1).map(({ days }) => ({
      region: 'global',
      days,
      ids: own.map(({ resource }) => resource.id),
      covers: own.map(({ resource, keys }) => ({ resourceId: resource.id, keys })),
      cost: { ...noCost, calls: 1, metrics: own.length, points: own.length * dayCount(days) },
    })),
  );
}
