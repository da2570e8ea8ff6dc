import { type Cost, type MetricRequest, noCost } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { type DayRange, dayCount } from '#model/window.ts';
import { maxDaysPerCall, maxIdsPerCall, maxPointsPerCall, prices } from './catalog.ts';
import { isRest } from './cells.ts';
import { type Grain, grains, type Metric, type MetricFamily, type Shape, shapes } from './native-metric.ts';
import type { AzureResource } from './resource.ts';

/** Keys of one resource that are read of the same carriers: never split, as several carriers are added. */
export interface Target {
  readonly resource: AzureResource;
  readonly keys: readonly MetricKey[];
}

/** Calls of metrics:getBatch with the same ids: as many as shapes, days and points take. */
export interface AzureRequest extends MetricRequest {
  readonly family: MetricFamily;
  readonly targets: readonly Target[];
  /** What is wanted; one may be there several times, read in several ways. */
  readonly metrics: readonly Metric[];
  /** What is asked besides, as it tells the time. */
  readonly clock: Metric | undefined;
  readonly wantsMin: boolean;
  readonly wantsPoints: boolean;
  /** The days that are still kept. */
  readonly kept: DayRange;
}

/** In the order in which they are asked for. */
const aggregations = ['average', 'maximum', 'minimum', 'total', 'count'] as const;
export type Aggregation = (typeof aggregations)[number];

/** What can be asked of the same resources at once. */
interface Pass {
  /** Days, or points for percentiles alone. */
  readonly purpose: 'cells' | 'points';
  readonly grain: Grain;
  /** By their names, each once. */
  readonly metrics: readonly string[];
  readonly aggregations: readonly Aggregation[];
}

/** One call: what stands in it and what comes back. */
export interface BatchCall extends Pass {
  readonly ids: readonly string[];
  readonly days: DayRange;
  readonly cost: Cost;
}

type Wanted = Pick<AzureRequest, 'metrics' | 'clock' | 'wantsMin' | 'wantsPoints'>;

/** Metrics of databases that tell the time come before those that need it. */
const order: readonly Shape[] = ['samples', 'hours', 'events', 'instances'];

/** The calls of a request: days first, then points. */
export function callsOf(request: Omit<AzureRequest, 'cost' | 'covers'>): BatchCall[] {
  const { family, targets, kept } = request;
  const ids = targets.flatMap(({ resource }) => resource.carriers[family.carrier]);
  return passesOf(request).flatMap((pass) => {
    const most = Math.floor(maxPointsPerCall / (ids.length * pointsADay(pass)));
    return spans(kept, Math.min(maxDaysPerCall, Math.max(1, most))).map((days) => callOf(pass, ids, days));
  });
}

/** How many resources may stand in a call: those that a day fits of. */
export function mostIdsPerCall(wanted: Wanted): number {
  const most = passesOf(wanted).map((pass) => Math.floor(maxPointsPerCall / pointsADay(pass)));
  return Math.max(1, Math.min(maxIdsPerCall, ...most));
}

function passesOf({ metrics, clock, wantsMin, wantsPoints }: Wanted): Pass[] {
  const asked = clock === undefined ? metrics : [...metrics, clock];
  const cells = order.flatMap((shape): Pass[] => {
    const own = asked.filter((metric) => metric.shape === shape);
    if (own.length === 0) return [];
    const wanted = new Set(own.flatMap((metric) => aggregationsFor(metric, wantsMin)));
    const { grain } = shapes[shape];
    return [
      { purpose: 'cells', grain, metrics: namesOf(own), aggregations: aggregations.filter((each) => wanted.has(each)) },
    ];
  });
  const coarse = metrics.filter(({ shape }) => shapes[shape].grain !== 'point');
  if (!wantsPoints || coarse.length === 0) return cells;
  return [...cells, { purpose: 'points', grain: 'point', metrics: namesOf(coarse), aggregations: ['average'] }];
}

function namesOf(metrics: readonly Metric[]): string[] {
  return [...new Set(metrics.map(({ metric }) => metric))];
}

/** What is left is least where the key is greatest. */
function aggregationsFor(metric: Metric, wantsMin: boolean): Aggregation[] {
  const { shape, reading, isAdded = false } = metric;
  if (shape === 'events') return ['total'];
  const [greatest, least] = isRest(metric) ? (['minimum', 'maximum'] as const) : (['maximum', 'minimum'] as const);
  return [
    reading === 'amount' ? 'total' : 'average',
    ...(shape === 'hours' ? [] : (['count'] as const)),
    ...(isAdded ? [] : [greatest, ...(wantsMin ? [least] : [])]),
  ];
}

function pointsADay({ metrics, grain }: Pass): number {
  return metrics.length * grains[grain].perDay;
}

function callOf(pass: Pass, ids: readonly string[], days: DayRange): BatchCall {
  const series = ids.length * pass.metrics.length;
  const points = dayCount(days) * grains[pass.grain].perDay;
  const standardCalls = series * Math.ceil(points / prices.pointsPerStandardCall);
  const usdAtMost = standardCalls * prices.standardCall;
  return { ...pass, ids, days, cost: { ...noCost, calls: 1, metrics: series, points: series * points, usdAtMost } };
}

function spans({ from, to }: DayRange, most: number): DayRange[] {
  const count = Math.ceil((to - from) / most);
  return Array.from({ length: count }, (_, n) => ({ from: from + n * most, to: Math.min(to, from + (n + 1) * most) }));
}
