import {
  addCosts,
  type Cost,
  type Covered,
  type MetricPlan,
  type MetricRequest,
  noCost,
  type Unasked,
  type Want,
} from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import { needsPoints } from '#model/statistic.ts';
import { type DayRange, dayCount, daySeconds, startOf } from '#model/window.ts';
import { AgentIndex } from './agents.ts';
import {
  type Family,
  maxPointsPerPage,
  monitoredTypes,
  type NativeMetric,
  pointSecondsAt,
  sampleSecondsAt,
  type TypeId,
} from './catalog.ts';
import type { Columns } from './columns.ts';
import { type Measurement, type Output, routeOf } from './measurement.ts';
import type { GoogleResource } from './resource.ts';
import { costOf, seriesIn } from './time-series.ts';
import { inIdFilters, type Place, placesOf } from './where.ts';

/** What all steps of a reading share. */
interface Reading extends MetricRequest {
  readonly typeId: TypeId;
  readonly family: Family;
  readonly place: Place;
  /** Distance of samples. */
  readonly sampleSeconds: 60 | 600;
  readonly wantsMin: boolean;
  readonly wantsPoints: boolean;
}

/** First: how many samples there are of each day. It covers the whole family, whose metrics follow one by one. */
export interface ObserveRequest extends Reading {
  readonly step: 'observe';
  readonly measurements: readonly Measurement[];
}

/** Second: the days of one metric. */
export interface DaysRequest extends Reading {
  readonly step: 'days';
  readonly measurement: Measurement;
  readonly counts: Columns;
}

/** Third, where percentiles are wanted: its course, for so many resources as fill a page. */
export interface PointsRequest extends Reading {
  readonly step: 'points';
  readonly measurement: Measurement;
  readonly daily: Daily;
}

export type GoogleRequest = ObserveRequest | DaysRequest | PointsRequest;

/** The days of a metric as they were read; `min` where it is wanted. */
export interface Daily {
  readonly count: Columns;
  /** Sums or means: `middleOf`. */
  readonly middle: Columns;
  readonly max: Columns;
  readonly min?: Columns;
}

/**
 * Plans one reading for each place, range of days and family of metrics: a call for each metric and statistic, whatever the
 * number of resources, and one for the observed time that all metrics of the family share.
 *
 * @param now epoch milliseconds, for what Cloud Monitoring still keeps
 */
export function planRequests(
  wants: readonly Want<GoogleResource>[],
  agents: AgentIndex | undefined,
  now: number,
): MetricPlan<ObserveRequest> {
  const unasked: Unasked[] = [];
  const groups = new Map<string, Group>();
  for (const want of wants) {
    const { resource, keys, days } = want;
    const reason = nothingToAsk(resource, days);
    for (const key of keys) {
      const route = reason === undefined ? routeOf(resource, key, agents) : { reason };
      if ('reason' in route) unasked.push({ resourceId: resource.id, key, ...route });
      else {
        const { outputs } = groupOf(want, route.family);
        const own = outputs.get(route.native) ?? [];
        own.push({ resource, key, factor: route.factor });
        outputs.set(route.native, own);
      }
    }
  }
  return {
    requests: [...groups.values()].flatMap(requestsOf),
    unasked,
    reserve: agents === undefined ? balloonCalls(wants, now) : noCost,
  };

  function groupOf({ resource: { typeId }, days, statistics }: Want<GoogleResource>, family: Family): Group {
    const wantsMin = statistics.includes('min');
    const wantsPoints = needsPoints(statistics);
    const name = `${typeId} ${family.name} ${days.from} ${days.to} ${wantsMin} ${wantsPoints}`;
    const group = groups.get(name) ?? {
      typeId,
      family,
      days,
      wantsMin,
      wantsPoints,
      sampleSeconds: sampleSecondsAt(startOf(days.from), now / 1000),
      outputs: new Map<NativeMetric, Output[]>(),
    };
    groups.set(name, group);
    return group;
  }
}

/** What is wanted alike of some resources. */
interface Group extends Pick<Reading, 'typeId' | 'family' | 'days' | 'sampleSeconds' | 'wantsMin' | 'wantsPoints'> {
  readonly outputs: Map<NativeMetric, Output[]>;
}

function requestsOf({ outputs, ...group }: Group): ObserveRequest[] {
  const all = [...outputs.values()].flat();
  const resources = [...new Set(all.map(({ resource }) => resource))];
  return placesOf(resources, monitoredTypes[group.typeId]).map((place) => {
    const here = new Set(place.resources);
    const measurements = [...outputs].flatMap(([native, own]) => {
      const these = own.filter(({ resource }) => here.has(resource));
      return these.length === 0 ? [] : [{ native, outputs: these }];
    });
    return {
      ...group,
      step: 'observe',
      region: 'global',
      place,
      measurements,
      covers: coversOf(measurements),
      cost: addCosts([
        costOf(seriesIn(place.resources), group.days, daySeconds),
        ...measurements.map((measurement) => costOfMeasurement(group, place, measurement)),
      ]),
    };
  });
}

/** The next step: what of a metric there are days to read of. */
export function daysRequest(request: ObserveRequest, measurement: Measurement, counts: Columns): DaysRequest {
  const { measurements: _, ...reading } = request;
  const place = { ...request.place, resources: resourcesOf(measurement) };
  const covers = coversOf([measurement]);
  const cost = costOfMeasurement(request, place, measurement);
  return { ...reading, step: 'days', place, measurement, counts, covers, cost };
}

/** The step after that, in pieces of a page. */
export function pointsRequests(request: DaysRequest, measurement: Measurement, daily: Daily): PointsRequest[] {
  const { counts: _, ...reading } = request;
  return pointPlaces(request, request.place, resourcesOf(measurement)).map((place) => {
    const here = new Set(place.resources);
    const own = { ...measurement, outputs: measurement.outputs.filter(({ resource }) => here.has(resource)) };
    const cost = costOfPoints(request, place);
    return { ...reading, step: 'points', place, measurement: own, daily, covers: coversOf([own]), cost };
  });
}

function resourcesOf({ outputs }: Measurement): GoogleResource[] {
  return [...new Set(outputs.map(({ resource }) => resource))];
}

/** More points than this are not read by one request: they would fill too much memory. */
const maxPointsPerRequest = 10 * maxPointsPerPage;

function pointPlaces({ typeId, ...of }: PointsOf, place: Place, resources: readonly GoogleResource[]): Place[] {
  const points = (dayCount(of.days) * daySeconds) / pointSecondsAt(of.sampleSeconds);
  const perPage = Math.max(1, Math.floor(maxPointsPerPage / points));
  const type = monitoredTypes[typeId];
  if (perPage > type.idsInFilter && seriesIn(resources) * points <= maxPointsPerRequest)
    return [{ ...place, resources }];
  return inIdFilters(resources, type, perPage);
}

type PointsOf = Pick<Reading, 'typeId' | 'days' | 'sampleSeconds'>;

function costOfMeasurement(
  { wantsMin, wantsPoints, ...reading }: Omit<Group, 'outputs'>,
  place: Place,
  measurement: Measurement,
): Cost {
  const resources = resourcesOf(measurement);
  const aStatistic = costOf(seriesIn(resources), reading.days, daySeconds);
  return addCosts([
    ...Array.from({ length: wantsMin ? 3 : 2 }, () => aStatistic),
    ...(wantsPoints ? pointPlaces(reading, place, resources).map((each) => costOfPoints(reading, each)) : []),
  ]);
}

function costOfPoints({ days, sampleSeconds }: Omit<PointsOf, 'typeId'>, { resources }: Place): Cost {
  return costOf(seriesIn(resources), days, pointSecondsAt(sampleSeconds));
}

function coversOf(measurements: readonly Measurement[]): Covered[] {
  const outputs = measurements.flatMap((each) => each.outputs);
  return [...Map.groupBy(outputs, ({ resource }) => resource.id)].map(([resourceId, own]) => ({
    resourceId,
    keys: own.map(({ key }) => key),
  }));
}

/** A server that has a balloon and no agent is asked by other calls than it was planned for; they cost no more. */
function balloonCalls(wants: readonly Want<GoogleResource>[], now: number): Cost {
  const isMemory = (key: MetricKey) => key === 'memory.usage' || key === 'memory.used';
  const memory = wants.flatMap((want) =>
    want.resource.hasBalloon ? [{ ...want, keys: want.keys.filter(isMemory) }] : [],
  );
  const { requests } = planRequests(memory, new AgentIndex([], false), now);
  return { ...noCost, calls: addCosts(requests.map(({ cost }) => cost)).calls };
}

/** What cannot have a point in these days is not asked about. */
function nothingToAsk(resource: GoogleResource, days: DayRange): MissingReason | undefined {
  if (resource.state === 'TERMINATED') return 'terminated';
  if (resource.state === 'STOPPED' && resource.stoppedAt !== undefined && resource.stoppedAt <= startOf(days.from))
    return 'stopped';
  if (resource.createdAt !== undefined && resource.createdAt >= startOf(days.to)) return 'too_new';
  // A disk that no VM has; or that one has, of whom nothing more is known just now.
  if (resource.series.length === 0) return resource.state === 'STOPPED' ? 'stopped' : 'unavailable';
  return undefined;
}
