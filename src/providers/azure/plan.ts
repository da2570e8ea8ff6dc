import { addCosts, type MetricPlan, noCost, type Unasked, type Want } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import { needsPoints } from '#model/statistic.ts';
import { type DayRange, dayAt, startOf } from '#model/window.ts';
import { maxIdsPerCall, retentionDays } from './catalog.ts';
import { familiesOf, type Metric, type MetricFamily, needsClock } from './native-metric.ts';
import { type AzureRequest, callsOf, mostIdsPerCall, type Target } from './request.ts';
import { type AzureResource, nativeOf, wholeOf } from './resource.ts';

/** Targets that may share a call: of one family and region, over the same days, with the same demands. */
interface Group {
  readonly family: MetricFamily;
  readonly region: string;
  readonly days: DayRange;
  readonly wantsMin: boolean;
  readonly wantsPoints: boolean;
  readonly targets: Target[];
}

/**
 * Packs what is wanted into full calls: up to 50 machines each, and 50 network interfaces, disks or databases, whatever their
 * keys: what one of them wants is asked of all.
 *
 * @param now epoch milliseconds, for what Azure still keeps
 */
export function planRequests(wants: readonly Want<AzureResource>[], now: number): MetricPlan<AzureRequest> {
  const unasked: Unasked[] = [];
  const groups = new Map<string, Group>();
  const oldest = dayAt(now / 1000) - retentionDays;
  for (const { resource, keys, days, statistics } of wants) {
    const { kind, region } = resource;
    const reasons = new Map(keys.map((key) => [key, nothingToAsk(resource, key, days, oldest)]));
    for (const [key, reason] of reasons)
      if (reason !== undefined) unasked.push({ resourceId: resource.id, key, reason });
    const wantsMin = statistics.includes('min');
    const wantsPoints = needsPoints(statistics);
    for (const family of familiesOf(kind)) {
      const asked = keys.filter((key) => reasons.get(key) === undefined && nativeOf(resource, key)?.family === family);
      if (asked.length === 0) continue;
      const name = [family.namespace, region, days.from, days.to, wantsMin, wantsPoints].join(' ');
      const group = groups.get(name) ?? { family, region, days, wantsMin, wantsPoints, targets: [] };
      group.targets.push({ resource, keys: asked });
      groups.set(name, group);
    }
  }
  return { requests: [...groups.values()].flatMap((group) => requestsOf(group, oldest)), unasked, reserve: noCost };
}

function requestsOf({ targets, ...rest }: Group, oldest: number): AzureRequest[] {
  const { family, days, wantsMin, wantsPoints } = rest;
  const wanted = { ...metricsFor(targets, family), wantsMin, wantsPoints };
  const kept = { from: Math.max(days.from, oldest), to: days.to };
  return pack(targets, family, mostIdsPerCall(wanted)).map((own) => {
    const draft = { ...rest, ...wanted, targets: own, kept };
    return {
      ...draft,
      covers: own.map(({ resource, keys }) => ({ resourceId: resource.id, keys })),
      cost: addCosts(callsOf(draft).map(({ cost }) => cost)),
    };
  });
}

/** What is wanted, and the clock where the samples of one of these do not tell the time and it is not wanted itself. */
function metricsFor(targets: readonly Target[], { clock }: MetricFamily): Pick<AzureRequest, 'metrics' | 'clock'> {
  const metrics = new Set<Metric>(
    targets.flatMap(({ resource, keys }) => keys.flatMap((key) => nativeOf(resource, key) ?? [])),
  );
  const all = [...metrics];
  const isAsked = clock !== undefined && all.some((metric) => needsClock(metric, clock));
  return { metrics: all, clock: isAsked && all.every(({ metric }) => metric !== clock.metric) ? clock : undefined };
}

/** First fit, those with most carriers first: the ones fill what the many leave. */
function pack(targets: readonly Target[], { carrier }: MetricFamily, mostIds: number): Target[][] {
  const size = ({ resource }: Target) => resource.carriers[carrier].length;
  const bins: { readonly targets: Target[]; room: number }[] = [];
  let firstOpen = 0;
  for (const target of targets.toSorted((a, b) => size(b) - size(a))) {
    let bin = bins.slice(firstOpen).find(({ room }) => room >= size(target));
    if (bin === undefined) {
      bin = { targets: [], room: mostIds };
      bins.push(bin);
    }
    bin.targets.push(target);
    bin.room -= size(target);
    while ((bins[firstOpen]?.room ?? 1) <= 0) firstOpen++;
  }
  return bins.map((bin) => bin.targets);
}

/** What cannot have a point in these days is not asked about. */
function nothingToAsk(
  resource: AzureResource,
  key: MetricKey,
  days: DayRange,
  oldest: number,
): MissingReason | undefined {
  const { state, createdAt, stoppedAt, kind } = resource;
  if (state === 'TERMINATED') return 'terminated';
  if (createdAt !== undefined && createdAt >= startOf(days.to)) return 'too_new';
  if (state === 'STOPPED' && stoppedAt !== undefined && stoppedAt <= startOf(days.from)) return 'stopped';
  // A constant that discovery brings; wanted here only where it could not be read.
  if (Object.hasOwn(kind.constants, key)) return 'no_data';
  const native = nativeOf(resource, key);
  if (native === undefined || wholeOf(resource, native) === undefined) return 'unsupported';
  // Azure allows a machine far fewer interfaces than a call.
  const ids = resource.carriers[native.family.carrier].length;
  if (ids === 0 || ids > maxIdsPerCall) return 'unsupported';
  return days.to <= oldest ? 'no_data' : undefined;
}
