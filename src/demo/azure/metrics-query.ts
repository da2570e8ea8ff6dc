import { ApiError, badRequest } from './errors.ts';
import { type Aggregation, aggregations, dimensionOf, metricNamesOf, namespaceOf, traitsOf } from './metric-tables.ts';
import type { ResourceType } from './resource.ts';

/** A query for metrics that has passed every check; times are minutes since 1970. */
export interface MetricsQuery {
  readonly type: ResourceType;
  readonly metricNames: readonly string[];
  /** Empty: each metric's primary one. */
  readonly aggregations: readonly Aggregation[];
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Length of a bucket; the whole span for FULL. */
  readonly intervalMinutes: number;
  /** As it was written. */
  readonly interval: string;
  /** Series one by one, all or those of the named values of the dimension, lower-case. Undefined: all in one series. */
  readonly filter: '*' | readonly string[] | undefined;
  /** Most series of one metric of one resource. */
  readonly top: number;
}

/** Documented bounds of a query. */
export const queryLimits = { metricNames: 20, spanDays: 30, retentionDays: 93, resources: 50 } as const;

const defaultTop = 10;
const largestTop = 2 ** 31 - 1;
const minutesOf: Readonly<Record<string, number>> = {
  PT1M: 1,
  PT5M: 5,
  PT15M: 15,
  PT30M: 30,
  PT1H: 60,
  PT6H: 360,
  PT12H: 720,
  P1D: 1440,
};

/** Where the two APIs differ: how they name the parameters. */
export interface QueryNames {
  readonly filter: 'filter' | '$filter';
  /** The span as text: both times, either of which may be missing. */
  readonly span: (parameter: (name: string) => string | undefined) => readonly [string | undefined, string | undefined];
}

/**
 * Reads a query's parameters, whose names count in any spelling.
 *
 * @param now epoch seconds
 * @throws ApiError BadRequest
 */
export function readMetricsQuery(
  search: URLSearchParams,
  type: ResourceType,
  { filter, span }: QueryNames,
  now: number,
): MetricsQuery {
  const lowered = new Map([...search].map(([name, value]) => [name.toLowerCase(), value]));
  const parameter = (name: string) => lowered.get(name) || undefined;
  for (const name of ['orderby', 'rollupby']) {
    if (parameter(name) !== undefined) throw badRequest(`${name} is not supported by the simulation`);
  }
  const [start, end] = readSpan(span(parameter), now);
  const interval = parameter('interval') ?? 'PT1M';
  const metricNames = readNames(parameter('metricnames'), type);
  return {
    type,
    metricNames,
    aggregations: readAggregations(parameter('aggregation'), metricNames, type),
    start,
    end,
    interval,
    intervalMinutes: interval.toUpperCase() === 'FULL' ? end - start : readInterval(interval),
    filter: readFilter(parameter(filter), type),
    top: readTop(parameter('top')),
  };
}

function readSpan([from, to]: readonly [string | undefined, string | undefined], now: number): [number, number] {
  if (from === undefined && to !== undefined) throw badRequest('starttime is required where endtime is given');
  const end = to === undefined ? Math.floor(now / 60) : readTime(to);
  const start = from === undefined ? end - 60 : readTime(from);
  if (start >= end) throw badRequest(`Start time must be before end time: ${from}/${to}`);
  if (end - start > queryLimits.spanDays * 1440) {
    throw badRequest(`The requested time span exceeds the maximum of ${queryLimits.spanDays} days`);
  }
  return [start, end];
}

/** Minutes since 1970: seconds fall off. */
function readTime(text: string): number {
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time)) throw badRequest(`Detected invalid time interval input: ${text}`);
  return Math.floor(time / 60_000);
}

/** A time, in minutes since 1970, as answers have it. */
export function isoTime(minute: number): string {
  return `${new Date(minute * 60_000).toISOString().slice(0, 19)}Z`;
}

function readInterval(text: string): number {
  const minutes = minutesOf[text.toUpperCase()];
  if (minutes !== undefined) return minutes;
  const known = '00:01:00,00:05:00,00:15:00,00:30:00,01:00:00,06:00:00,12:00:00,1.00:00:00';
  throw badRequest(`Invalid time grain duration: ${text}, supported ones are: ${known}`);
}

function readNames(text: string | undefined, type: ResourceType): readonly string[] {
  const names = (text ?? '').split(',').filter((name) => name !== '');
  if (names.length === 0) throw badRequest('metricnames is required');
  if (names.length > queryLimits.metricNames) {
    throw badRequest(`Requested metrics count: ${names.length} bigger than allowed max: ${queryLimits.metricNames}`);
  }
  return names.map((name) => {
    const traits = traitsOf(type, name);
    if (traits !== undefined) return traits.name;
    const [provider, ...types] = namespaceOf(type).split('/');
    const valid = metricNamesOf(type).join(',');
    throw badRequest(
      `Failed to find metric configuration for provider: ${provider}, resource Type: ${types.join('/')}, metric: ${name}, Valid metrics: ${valid}`,
    );
  });
}

/** Some types of resources answer what a metric does not support by 501, for all metrics of the call. */
function readAggregations(
  text: string | undefined,
  metricNames: readonly string[],
  type: ResourceType,
): readonly Aggregation[] {
  return (text ?? '')
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const found = aggregations.find((one) => one === name.trim().toLowerCase());
      if (found === undefined)
        throw badRequest(`Invalid aggregation type: ${name}, supported ones are: ${aggregations.join(',')}`);
      for (const metric of metricNames) {
        const { supports = aggregations } = traitsOf(type, metric) ?? {};
        if (!supports.includes(found))
          throw new ApiError(501, 'NotImplemented', `Metric ${metric} does not support aggregation ${name}`);
      }
      return found;
    });
}

/** `VMName eq '*'`, or one or more `VMName eq '<value>'` with `or` between them. */
function readFilter(text: string | undefined, type: ResourceType): MetricsQuery['filter'] {
  if (text === undefined) return undefined;
  const dimension = dimensionOf(type);
  const values = text.split(/\s+or\s+/i).map((clause) => {
    const [, name = '', value] = /^\s*(\w+)\s+eq\s+'([^']*)'\s*$/i.exec(clause) ?? [];
    if (value !== undefined && name.toLowerCase() === dimension?.toLowerCase()) return value.toLowerCase();
    throw badRequest(`Metrics do not support requested dimension combination: ${clause}`);
  });
  return values.includes('*') ? '*' : values;
}

function readTop(text: string | undefined): number {
  const top = Number(text ?? defaultTop);
  if (Number.isInteger(top) && top >= 1 && top <= largestTop) return top;
  throw badRequest(`Detected invalid TopN value: ${text}, should be Int value`);
}
