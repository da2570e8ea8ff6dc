import { type Cost, type MetricRequest, noCost } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { type DayRange, dayCount } from '#model/window.ts';
import {
  type Carrier,
  grains,
  type MetricFamily,
  maxDaysPerCall,
  maxPointsPerCall,
  type NativeMetric,
  prices,
} from './catalog.ts';
import type { AzureResource } from './resource.ts';

/** Keys of one resource that are read of the same carriers: never split, as several carriers are added. */
export interface Target {
  readonly resource: AzureResource;
  readonly keys: readonly MetricKey[];
}

/** One call of metrics:getBatch, or as many with the same ids as their days and points take. */
export interface AzureRequest extends MetricRequest {
  readonly carrier: Carrier;
  readonly family: MetricFamily;
  readonly targets: readonly Target[];
  /** What is asked, each metric once. */
  readonly metrics: readonly NativeMetric[];
  readonly wantsMin: boolean;
  readonly wantsPoints: boolean;
  /** The days that are still kept. */
  readonly kept: DayRange;
}

/** In the order in which they are asked for. */
const aggregations = ['average', 'maximum', 'minimum', 'total', 'count'] as const;
export type Aggregation = (typeof aggregations)[number];

/** One call: what stands in it and what comes back. */
export interface BatchCall {
  readonly ids: readonly string[];
  readonly days: DayRange;
  readonly grain: keyof typeof grains;
  readonly aggregations: readonly Aggregation[];
  readonly cost: Cost;
}

type Draft = Omit<AzureRequest, 'cost' | 'covers'>;

/** The calls of a request: days first, then points. */
export function callsOf(request: Draft): BatchCall[] {
  const { carrier, targets, metrics, kept, wantsPoints } = request;
  const ids = targets.flatMap(({ resource }) => resource.carriers[carrier]);
  const pointDays = Math.max(1, Math.floor(maxPointsPerCall / (ids.length * metrics.length * grains.point.perDay)));
  const asked = aggregationsFor(request);
  return [
    ...spans(kept, maxDaysPerCall).map((days) => callOf(ids, days, 'day', asked, metrics.length)),
    ...(wantsPoints ? spans(kept, Math.min(pointDays, maxDaysPerCall)) : []).map((days) =>
      callOf(ids, days, 'point', ['average'], metrics.length),
    ),
  ];
}

function callOf(
  ids: readonly string[],
  days: DayRange,
  grain: BatchCall['grain'],
  asked: readonly Aggregation[],
  metrics: number,
): BatchCall {
  const series = ids.length * metrics;
  const points = dayCount(days) * grains[grain].perDay;
  const standardCalls = series * Math.ceil(points / prices.pointsPerStandardCall);
  const usdAtMost = standardCalls * prices.standardCall;
  const cost = { ...noCost, calls: 1, metrics: series, points: series * points, usdAtMost };
  return { ids, days, grain, aggregations: asked, cost };
}

/** What is left is least where the key is greatest. */
function aggregationsFor({ metrics, wantsMin }: Draft): Aggregation[] {
  const wanted = new Set<Aggregation>(['count']);
  for (const { reading } of metrics) {
    const isLeft = reading === 'free_percent' || reading === 'free_bytes';
    wanted.add(reading === 'amount' ? 'total' : 'average');
    wanted.add(isLeft ? 'minimum' : 'maximum');
    if (wantsMin) wanted.add(isLeft ? 'maximum' : 'minimum');
  }
  return aggregations.filter((each) => wanted.has(each));
}

function spans({ from, to }: DayRange, most: number): DayRange[] {
  const count = Math.ceil((to - from) / most);
  return Array.from({ length: count }, (_, n) => ({ from: from + n * most, to: Math.min(to, from + (n + 1) * most) }));
}
