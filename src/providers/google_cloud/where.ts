import { type MonitoredType, maxInFilter, type NativeMetric } from './catalog.ts';
import type { GoogleResource, Part } from './resource.ts';

/** Which time series of a metric are asked for; what is absent does not narrow. */
export interface Where {
  readonly projects?: readonly string[];
  readonly zones?: readonly string[];
  /** Last two digits of ids. */
  readonly endings?: readonly string[];
  readonly ids?: readonly string[];
}

/** Resources of one type that one filter can name. */
export interface Place {
  readonly where: Where;
  readonly resources: readonly GoogleResource[];
}

/** As few places as filters allow for these resources, which are of one type: few by their ids, many by their parts. */
export function placesOf(resources: readonly GoogleResource[], type: MonitoredType): Place[] {
  if (idsOf(resources).length <= type.idsInFilter) return [byIds(resources)];
  return [...Map.groupBy(resources, ({ part }) => groupOf(part)).values()].flatMap((own) => inFilters(own, type));
}

/** By their ids: for points, of which few resources fill a page, and for what is in no part. */
export function byIds(resources: readonly GoogleResource[]): Place {
  return { where: { ids: idsOf(resources) }, resources };
}

/** In the order given, as many together as one filter can name, with at most so many series. */
export function inIdFilters(
  resources: readonly GoogleResource[],
  { idsInFilter }: MonitoredType,
  maxSeries = Number.POSITIVE_INFINITY,
): Place[] {
  const places: Place[] = [];
  let held: GoogleResource[] = [];
  let ids = new Set<string>();
  let series = 0;
  for (const resource of resources) {
    const more = resource.series.filter(({ id }) => !ids.has(id)).length;
    if (held.length > 0 && (ids.size + more > idsInFilter || series + resource.series.length > maxSeries)) {
      places.push(byIds(held));
      [held, ids, series] = [[], new Set(), 0];
    }
    held.push(resource);
    for (const { id } of resource.series) ids.add(id);
    series += resource.series.length;
  }
  return held.length > 0 ? [...places, byIds(held)] : places;
}

function idsOf(resources: readonly GoogleResource[]): string[] {
  return [...new Set(resources.flatMap(({ series }) => series.map(({ id }) => id)))];
}

/** Zones of one project can be named together, and so can projects. */
function groupOf({ project = '', zone, endings, isApart }: Part): string {
  if (isApart) return 'apart';
  if (endings !== undefined) return JSON.stringify([project, zone, endings]);
  return zone === undefined ? 'projects' : JSON.stringify([project]);
}

function inFilters(resources: readonly GoogleResource[], type: MonitoredType): Place[] {
  const [first] = resources;
  const { project, zone, endings, isApart }: Part = first?.part ?? {};
  if (isApart) return inIdFilters(resources, type);
  if (zone === undefined) {
    if (project === undefined) return [inProject(resources, type)];
    return chunksBy(resources, ({ account }) => account, maxInFilter.projects).map((each) => ({
      where: { projects: each.names },
      resources: each.resources,
    }));
  }
  const whose = project === undefined ? {} : { projects: [project] };
  if (endings !== undefined) return [{ where: { ...whose, zones: [zone], endings }, resources }];
  return chunksBy(resources, (resource) => resource.zone ?? '', maxInFilter.zones).map((each) => ({
    where: { ...whose, zones: each.names },
    resources: each.resources,
  }));
}

/** By zones, as a run may be of some regions only; one that is all over the world is asked for as a whole. */
function inProject(resources: readonly GoogleResource[], { zoneLabel }: MonitoredType): Place {
  const zones = [...new Set(resources.map(({ zone = '' }) => zone))];
  return { where: zoneLabel === undefined || zones.length > maxInFilter.zones ? {} : { zones }, resources };
}

function chunksBy(resources: readonly GoogleResource[], nameOf: (resource: GoogleResource) => string, size: number) {
  const groups = [...Map.groupBy(resources, nameOf)];
  return Array.from({ length: Math.ceil(groups.length / size) }, (_, at) => {
    const own = groups.slice(at * size, (at + 1) * size);
    return { names: own.map(([name]) => name), resources: own.flatMap(([, members]) => members) };
  });
}

/** The smaller places that a place consists of, for queries that are too heavy: its zones. Undefined for one zone. */
export function zonesOf({ where, resources }: Place, { zoneLabel }: MonitoredType): Place[] | undefined {
  // A disk that is apart may be seen from two zones.
  if (zoneLabel === undefined || resources.some(({ part }) => part.isApart)) return undefined;
  const zones = Map.groupBy(resources, ({ zone = '' }) => zone);
  if (zones.size < 2) return undefined;
  return [...zones].map(([zone, own]) => ({ where: { ...where, zones: [zone] }, resources: own }));
}

/** `filter` of timeSeries.list. */
export function filterOf(
  { resource, idLabel, zoneLabel }: MonitoredType,
  { metric, labels = {} }: Pick<NativeMetric, 'metric' | 'labels'>,
  { projects, zones, endings, ids }: Where,
): string {
  return [
    `metric.type = ${quoted(metric)}`,
    `resource.type = ${quoted(resource)}`,
    ...Object.entries(labels).map(([name, value]) => `metric.labels.${name} = ${quoted(value)}`),
    ...(projects === undefined ? [] : [oneOf('resource.labels.project_id', projects)]),
    ...(zones === undefined || zoneLabel === undefined ? [] : [oneOf(`resource.labels.${zoneLabel}`, zones)]),
    ...(ids === undefined ? [] : [oneOf(`resource.labels.${idLabel}`, ids)]),
    ...(endings === undefined
      ? []
      : [`resource.labels.${idLabel} = monitoring.regex.full_match(${quoted(`.*(${endings.join('|')})`)})`]),
  ].join(' AND ');
}

function oneOf(label: string, values: readonly string[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? `${label} = ${quoted(only)}`
    : `${label} = one_of(${values.map(quoted).join(',')})`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
