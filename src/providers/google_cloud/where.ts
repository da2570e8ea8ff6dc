import { type MonitoredType, maxInFilter, type NativeMetric } from './catalog.ts';
import { allEndings, type Endings, isWithin, joinedEndings, patternOf } from './endings.ts';
import { type GoogleResource, type Part, seriesIn } from './resource.ts';

/** Which time series of a metric are asked for; what is absent does not narrow. */
export interface Where {
  readonly projects?: readonly string[];
  readonly zones?: readonly string[];
  readonly endings?: Endings;
  readonly ids?: readonly string[];
}

/** Resources of one type that one filter can name. */
export interface Place {
  readonly where: Where;
  readonly resources: readonly GoogleResource[];
  /** Time series of others that come with theirs, at most; none where absent. */
  readonly bystanders?: number;
}

/** As few places as filters allow for these resources, which are of one type: few by their ids, many by their parts. */
export function placesOf(resources: readonly GoogleResource[], type: MonitoredType): Place[] {
  if (idsOf(resources).length <= type.idsInFilter) return [byIds(resources)];
  return [...Map.groupBy(resources, ({ part }) => groupOf(part)).values()].flatMap((own) => inFilters(own, type));
}

/** By their ids: for points, of which few resources fill a page, and for what is in no part. */
export function byIds(resources: readonly GoogleResource[]): Place {
  const named = new Map(resources.flatMap(({ series }) => series.map((name) => [name.id, name])));
  const all = [...named.values()].reduce((sum, { ofId = 1 }) => sum + ofId, 0);
  return { where: { ids: [...named.keys()] }, resources, bystanders: Math.max(0, all - seriesIn(resources)) };
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

/** Projects can be named together, and endings of one project. */
function groupOf({ project = '', endings, isApart }: Part): string {
  if (isApart) return 'apart';
  return endings === undefined ? 'projects' : JSON.stringify([project]);
}

function inFilters(resources: readonly GoogleResource[], type: MonitoredType): Place[] {
  const [first] = resources;
  const { project, endings, isApart }: Part = first?.part ?? {};
  if (isApart) return inIdFilters(resources, type);
  if (endings !== undefined) return byEndings(resources, project, type);
  if (project === undefined) return [inProject(resources, type)];
  return chunksBy(resources, ({ account }) => account, maxInFilter.projects).map((each) => ({
    where: { projects: each.names },
    resources: each.resources,
  }));
}

/** Of parts of one project, which come together where only some of their resources are wanted. */
function byEndings(resources: readonly GoogleResource[], project: string | undefined, type: MonitoredType): Place[] {
  const parts = Map.groupBy(resources, ({ part }) => part.endings);
  const runs = joinedEndings([...parts.keys()].flatMap((endings) => endings ?? []));
  return runs.map((endings) => {
    const own = [...parts].flatMap(([each, members]) => (each !== undefined && isWithin(each, endings) ? members : []));
    const where = {
      ...inProject(own, type).where,
      ...(project === undefined ? {} : { projects: [project] }),
      ...(isWithin(allEndings, endings) ? {} : { endings }),
    };
    return { where, resources: own };
  });
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
export function zonesOf(
  { where, resources, bystanders = 0 }: Place,
  { zoneLabel }: MonitoredType,
): Place[] | undefined {
  // A disk that is apart may be seen from two zones.
  if (zoneLabel === undefined || resources.some(({ part }) => part.isApart)) return undefined;
  const zones = Map.groupBy(resources, ({ zone = '' }) => zone);
  if (zones.size < 2) return undefined;
  // Which zones the bystanders are in is not known: they are counted with the first, so that the sum is right.
  return [...zones].map(([zone, own], at) => ({
    where: { ...where, zones: [zone] },
    resources: own,
    bystanders: at === 0 ? bystanders : 0,
  }));
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
      : [`resource.labels.${idLabel} = monitoring.regex.full_match(${quoted(patternOf(endings))})`]),
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
