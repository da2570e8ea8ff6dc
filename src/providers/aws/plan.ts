import {
  addCosts,
  type Cost,
  type MetricPlan,
  type MetricRequest,
  noCost,
  type Unasked,
  type Want,
} from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import { type DayRange, startOf } from '#model/window.ts';
import { bucketSize, maxPointsPerCall, maxQueriesPerCall, maxStorageTypes, pointPeriod, prices } from './catalog.ts';
import type { Asked, Measurement } from './measurement.ts';
import { type AwsResource, isServer } from './resource.ts';
import { measurementsOfRows } from './row-measurement.ts';
import { type Held, measurementsOfServer } from './server-measurement.ts';
import type { Survey } from './survey.ts';

/** One GetMetricData call, with its pages. */
export interface AwsRequest extends MetricRequest {
  readonly measurements: readonly Measurement[];
  /** What was measured, but waits for this to be told in units of time; by position in `measurements`. */
  readonly held?: readonly (readonly Held[])[];
  /** What the held ones wait for: how many samples came in each hour, or how high they were. */
  readonly step?: 'counts' | 'peaks';
}

/**
 * Packs what is wanted into as few calls as the limits allow: 500 queries each and, where it can be, one page of points.
 * A call has one start and end, so wants are grouped by their days; a measurement is never split.
 *
 * @param now epoch milliseconds, for what CloudWatch still keeps
 */
export function planRequests(
  wants: readonly Want<AwsResource>[],
  survey: Survey | undefined,
  now: number,
): MetricPlan<AwsRequest> {
  const unasked: Unasked[] = [];
  const groups = new Map<string, { region: string; days: DayRange; measurements: Measurement[] }>();
  for (const want of wants) {
    const { resource, days } = want;
    const found = measurementsOf(want, survey, now);
    for (const each of found.unasked) unasked.push({ resourceId: resource.id, ...each });
    const name = `${resource.region} ${days.from} ${days.to}`;
    const group = groups.get(name) ?? { region: resource.region, days, measurements: [] };
    group.measurements.push(...found.measurements);
    groups.set(name, group);
  }
  const all = [...groups.values()];
  return {
    requests: all.flatMap(({ region, days, measurements }) => pack(region, days, measurements)),
    unasked,
    reserve: reserveFor(
      all.flatMap(({ measurements }) => measurements),
      survey,
    ),
  };
}

function measurementsOf(
  { resource, keys, days, statistics }: Want<AwsResource>,
  survey: Survey | undefined,
  now: number,
) {
  const reason = nothingToAsk(resource, days);
  if (reason !== undefined) return allUnasked(keys, reason);
  const ask = { keys, statistics, pointSeconds: pointPeriod(startOf(days.from), now / 1000) };
  return isServer(resource)
    ? measurementsOfServer({ ...ask, server: resource, agents: survey?.agents })
    : measurementsOfRows({ ...ask, resource, storage: survey?.storage });
}

/** How many requests are kept open for a measurement that may still fit. */
const openRequests = 8;

/** Packs measurements into as few requests as first fit finds, nearly in their order. */
export function pack(region: string, days: DayRange, measurements: readonly Measurement[]): AwsRequest[] {
  const closed: Filling[] = [];
  const open: Filling[] = [];
  for (const measurement of measurements) {
    const queries = queriesOf(measurement);
    const points = pointsOf(measurement, days);
    let filling = open.find(
      (each) => each.queries + queries <= maxQueriesPerCall && each.points + points <= maxPointsPerCall,
    );
    if (filling === undefined) {
      filling = { measurements: [], queries: 0, points: 0 };
      open.push(filling);
      if (open.length > openRequests) closed.push(...open.splice(0, 1));
    }
    filling.measurements.push(measurement);
    filling.queries += queries;
    filling.points += points;
  }
  return [...closed, ...open].map((filling) => requestOf(region, days, filling.measurements));
}

interface Filling {
  readonly measurements: Measurement[];
  queries: number;
  points: number;
}

function requestOf(region: string, days: DayRange, measurements: readonly Measurement[]): AwsRequest {
  return {
    region,
    days,
    measurements,
    covers: measurements.map(({ resource, outputs }) => ({
      resourceId: resource.id,
      keys: outputs.map(({ key }) => key),
    })),
    cost: costOf(measurements, days),
  };
}

/** Of one call that asks for these, its pages included. */
export function costOf(measurements: readonly Measurement[], days: DayRange): Cost {
  const sum = addCosts(
    measurements.map((measurement) => ({
      calls: 0,
      metrics: measurement.parts.length,
      points: pointsOf(measurement, days),
      usd: measurement.parts.length * prices.metric,
      usdAtMost: queriesOf(measurement) * prices.metric,
    })),
  );
  return { ...sum, calls: Math.max(1, Math.ceil(sum.points / maxPointsPerCall)) };
}

/**
 * Each series of a server may be asked for once more by the hour and once more by the sample (`closer-look.ts`); a bucket may
 * hold more types of storage than the one that is counted without a survey.
 */
function reserveFor(measurements: readonly Measurement[], survey: Survey | undefined): Cost {
  const more = measurements.map(({ resource, parts }) => {
    if (isServer(resource)) return 2 * parts.length;
    const buckets = survey === undefined ? parts.filter(({ metric }) => metric.metric === bucketSize.metric) : [];
    return (maxStorageTypes - 1) * queriesOf({ parts: buckets });
  });
  return { ...noCost, usdAtMost: more.reduce((sum, metrics) => sum + metrics, 0) * prices.metric };
}

function queriesOf({ parts }: Pick<Measurement, 'parts'>): number {
  return parts.reduce((count, { queries }) => count + queries.length, 0);
}

function pointsOf({ parts }: Measurement, days: DayRange): number {
  const seconds = startOf(days.to) - startOf(days.from);
  return parts.reduce(
    (count, { queries }) => count + queries.reduce((points, { period }) => points + seconds / period, 0),
    0,
  );
}

/** Resources that cannot have a point in these days are not asked about. */
function nothingToAsk({ state, stoppedAt, createdAt }: AwsResource, days: DayRange): MissingReason | undefined {
  if (state === 'TERMINATED') return 'terminated';
  if (state === 'STOPPED' && stoppedAt !== undefined && stoppedAt <= startOf(days.from)) return 'stopped';
  if (createdAt !== undefined && createdAt >= startOf(days.to)) return 'too_new';
  return undefined;
}

function allUnasked(keys: readonly MetricKey[], reason: MissingReason): Asked {
  return { measurements: [], unasked: keys.map((key) => ({ key, reason })) };
}
