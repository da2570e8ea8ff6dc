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

/** Resources that one filter can name. */
export interface Place {
  readonly where: Where;
  readonly resources: readonly GoogleResource[];
}

/** As few places as filters allow for these resources: few by their ids, many by their parts. */
export function placesOf(resources: readonly GoogleResource[]): Place[] {
  if (resources.length <= maxInFilter.ids) return [byIds(resources)];
  return [...Map.groupBy(resources, ({ part }) => groupOf(part)).values()].flatMap(inFilters);
}

/** By their ids: for points, of which few resources fill a page. */
export function byIds(resources: readonly GoogleResource[]): Place {
  return { where: { ids: resources.map(({ instanceId }) => instanceId) }, resources };
}

/** Zones of one project can be named together, and so can projects. */
function groupOf({ project = '', zone, endings }: Part): string {
  if (endings !== undefined) return JSON.stringify([project, zone, endings]);
  return zone === undefined ? 'projects' : JSON.stringify([project]);
}

function inFilters(resources: readonly GoogleResource[]): Place[] {
  const [first] = resources;
  const { project, zone, endings } = first?.part ?? {};
  if (zone === undefined) {
    if (project === undefined) return [inProject(resources)];
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
function inProject(resources: readonly GoogleResource[]): Place {
  const zones = [...new Set(resources.map(({ zone = '' }) => zone))];
  return { where: zones.length > maxInFilter.zones ? {} : { zones }, resources };
}

function chunksBy(resources: readonly GoogleResource[], nameOf: (resource: GoogleResource) => string, size: number) {
  const groups = [...Map.groupBy(resources, nameOf)];
  return Array.from({ length: Math.ceil(groups.length / size) }, (_, at) => {
    const own = groups.slice(at * size, (at + 1) * size);
    return { names: own.map(([name]) => name), resources: own.flatMap(([, members]) => members) };
  });
}

/** The smaller places that a place consists of, for queries that are too heavy: its zones. Undefined for one zone. */
export function zonesOf({ where, resources }: Place): Place[] | undefined {
  const zones = Map.groupBy(resources, ({ zone = '' }) => zone);
  if (zones.size < 2) return undefined;
  return [...zones].map(([zone, own]) => ({ where: { ...where, zones: [zone] }, resources: own }));
}

/** `filter` of timeSeries.list. */
export function filterOf(
  { resource, idLabel }: MonitoredType,
  { metric, labels = {} }: Pick<NativeMetric, 'metric' | 'labels'>,
  { projects, zones, endings, ids }: Where,
): string {
  return [
    `metric.type = ${quoted(metric)}`,
    `resource.type = ${quoted(resource)}`,
    ...Object.entries(labels).map(([name, value]) => `metric.labels.${name} = ${quoted(value)}`),
    ...(projects === undefined ? [] : [oneOf('resource.labels.project_id', projects)]),
    ...(zones === undefined ? [] : [oneOf('resource.labels.zone', zones)]),
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
