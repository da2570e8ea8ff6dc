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
import { Bystanders, heldAt } from './bystanders.ts';
import {
  type Family,
  type MonitoredType,
  maxPointsPerPage,
  monitoredTypes,
  type NativeMetric,
  pointSecondsAt,
  sampleSecondsAt,
  type TypeId,
} from './catalog.ts';
import type { Columns } from './columns.ts';
import { gapOf, isOf, type Measurement, type Output, routeOf } from './measurement.ts';
import { type GoogleResource, seriesIn } from './resource.ts';
import { costOf } from './time-series.ts';
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
  const bystanders = new Bystanders(wants.map(({ resource }) => resource));
  return {
    ...requestsFor(wants, agents, now, bystanders),
    reserve: agents === undefined ? balloonCost(wants, now, bystanders) : noCost,
  };
}

function requestsFor(
  wants: readonly Want<GoogleResource>[],
  agents: AgentIndex | undefined,
  now: number,
  bystanders: Bystanders,
): Omit<MetricPlan<ObserveRequest>, 'reserve'> {
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
  return { requests: [...groups.values()].flatMap((group) => requestsOf(group, agents, bystanders)), unasked };

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

function requestsOf(
  { outputs, ...group }: Group,
  agents: AgentIndex | undefined,
  bystanders: Bystanders,
): ObserveRequest[] {
  const type: MonitoredType = monitoredTypes[group.typeId];
  const all = [...outputs.values()].flat();
  const resources = [...new Set(all.map(({ resource }) => resource))];
  const places = placesOf(resources, type).flatMap((place) => inFewestCalls(place, type, group.days));
  return places.map((bare) => {
    const place = { ...bare, bystanders: bystanders.countAt(bare, (each) => isSilent(each, group, agents)) };
    const here = new Set(place.resources);
    const measurements = [...outputs].flatMap(([native, own]): Measurement[] => {
      const these = own.filter(({ resource }) => here.has(resource));
      if (these.length === 0) return [];
      const wanted = new Set(these.map(({ resource }) => resource));
      const others = place.resources.filter((each) => !wanted.has(each) && isOf(native, each));
      return [{ native, outputs: these, bystanders: place.bystanders + seriesIn(others) }];
    });
    return {
      ...group,
      step: 'observe',
      region: 'global',
      place,
      measurements,
      covers: coversOf(measurements),
      cost: addCosts([
        costOf(seriesAt(place), group.days, daySeconds),
        ...measurements.map((measurement) => costOfMeasurement(group, place, measurement)),
      ]),
    };
  });
}

/** Some of a large part take fewer calls by their ids, and those of nobody else come with them. */
function inFewestCalls(place: Place, type: MonitoredType, days: DayRange): Place[] {
  const held = heldAt(place);
  if (held <= seriesIn(place.resources)) return [place];
  const byIds = inIdFilters(place.resources, type);
  return byIds.length <= costOf(held, days, daySeconds).calls ? byIds : [place];
}

/** Whether it is certain that a resource has none of a family's time series in these days. */
function isSilent(
  resource: GoogleResource,
  { days, family }: Pick<Reading, 'days' | 'family'>,
  agents: AgentIndex | undefined,
): boolean {
  const reason = nothingToAsk(resource, days);
  if (reason === 'stopped' || reason === 'too_new') return true;
  const gap = gapOf(family, resource, agents);
  return gap !== undefined && gap.error === undefined;
}

/** The next step: what of a metric there are days to read of. */
export function daysRequest(request: ObserveRequest, measurement: Measurement, counts: Columns): DaysRequest {
  const { measurements: _, ...reading } = request;
  const place = placeOf(request.place, measurement);
  const covers = coversOf([measurement]);
  const cost = costOfMeasurement(request, place, measurement);
  return { ...reading, step: 'days', place, measurement, counts, covers, cost };
}

/** The step after that, in pieces of a page. */
export function pointsRequests(request: DaysRequest, measurement: Measurement, daily: Daily): PointsRequest[] {
  const { counts: _, ...reading } = request;
  return pointPlaces(request, placeOf(request.place, measurement)).map((place) => {
    const here = new Set(place.resources);
    const own = { ...measurement, outputs: measurement.outputs.filter(({ resource }) => here.has(resource)) };
    const cost = costOfPoints(request, place);
    return { ...reading, step: 'points', place, measurement: own, daily, covers: coversOf([own]), cost };
  });
}

function placeOf({ where }: Place, { outputs, bystanders }: Measurement): Place {
  return { where, resources: [...new Set(outputs.map(({ resource }) => resource))], bystanders };
}

function seriesAt({ resources, bystanders = 0 }: Place): number {
  return seriesIn(resources) + bystanders;
}

/** More points than this are not read by one request: they would fill too much memory. */
const maxPointsPerRequest = 10 * maxPointsPerPage;

function pointPlaces({ typeId, ...of }: PointsOf, place: Place): Place[] {
  const points = (dayCount(of.days) * daySeconds) / pointSecondsAt(of.sampleSeconds);
  const perPage = Math.max(1, Math.floor(maxPointsPerPage / points));
  const type = monitoredTypes[typeId];
  const { bystanders = 0 } = place;
  if (perPage > type.idsInFilter && bystanders <= type.idsInFilter && seriesAt(place) * points <= maxPointsPerRequest)
    return [place];
  return inIdFilters(place.resources, type, perPage);
}

type PointsOf = Pick<Reading, 'typeId' | 'days' | 'sampleSeconds'>;

function costOfMeasurement(
  { wantsMin, wantsPoints, ...reading }: Omit<Group, 'outputs'>,
  whole: Place,
  measurement: Measurement,
): Cost {
  const place = placeOf(whole, measurement);
  const aStatistic = costOf(seriesAt(place), reading.days, daySeconds);
  return addCosts([
    ...Array.from({ length: wantsMin ? 3 : 2 }, () => aStatistic),
    ...(wantsPoints ? pointPlaces(reading, place).map((each) => costOfPoints(reading, each)) : []),
  ]);
}

function costOfPoints({ days, sampleSeconds }: Omit<PointsOf, 'typeId'>, place: Place): Cost {
  return costOf(seriesAt(place), days, pointSecondsAt(sampleSeconds));
}

function coversOf(measurements: readonly Measurement[]): Covered[] {
  const outputs = measurements.flatMap((each) => each.outputs);
  return [...Map.groupBy(outputs, ({ resource }) => resource.id)].map(([resourceId, own]) => ({
    resourceId,
    keys: own.map(({ key }) => key),
  }));
}

/**
 * A server that has a balloon and no agent is asked by other calls than it was planned for. By its id they cost no more; where they
 * are for a whole part, servers that have both come twice.
 */
function balloonCost(wants: readonly Want<GoogleResource>[], now: number, bystanders: Bystanders): Cost {
  const isMemory = (key: MetricKey) => key === 'memory.usage' || key === 'memory.used';
  const memory = wants.flatMap((want) =>
    want.resource.hasBalloon ? [{ ...want, keys: want.keys.filter(isMemory) }] : [],
  );
  const { requests } = requestsFor(memory, new AgentIndex([], false), now, bystanders);
  return addCosts(
    requests.map(({ cost: { calls, usdAtMost }, place }) => ({
      ...noCost,
      calls,
      usdAtMost: place.where.ids === undefined ? usdAtMost : 0,
    })),
  );
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
