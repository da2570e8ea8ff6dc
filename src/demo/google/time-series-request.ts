import {
  type Aligner,
  aggregated,
  cannotAlign,
  isAligner,
  isReducer,
  type Reducer,
  type ValueKind,
} from './aggregation.ts';
import { ApiError, invalidField } from './errors.ts';
import type { Judge } from './filter-expression.ts';
import { parseGroupField } from './identity.ts';
import { type Candidate, parseMonitoringFilter } from './monitoring-filter.ts';
import type { Stage } from './query.ts';
import { checkParams, countParam, durationParam, textParam, textParams, timeParam } from './query-params.ts';
import { findMetric, type StoredMetric } from './stored-series.ts';

/** A checked timeSeries.list request. */
export interface TimeSeriesRequest {
  readonly metric: StoredMetric;
  readonly judge: Judge<Candidate>;
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
  readonly primary: Stage | undefined;
  readonly secondary: Stage | undefined;
  /** What the values are after the last stage. */
  readonly valueKind: ValueKind;
  /** Without points. */
  readonly headersOnly: boolean;
  /** Points a page, or series if without points. */
  readonly pageSize: number;
  readonly pageToken: string | undefined;
  /** Equal for the pages of one listing. */
  readonly fingerprint: string;
}

const mostPoints = 100_000;
const shortestPeriod = 60;
/** 104 weeks. */
const longestPeriod = 104 * 7 * 86_400;

type StageName = 'aggregation' | 'secondaryAggregation';

const stageParams = (stage: StageName) =>
  ['alignmentPeriod', 'perSeriesAligner', 'crossSeriesReducer', 'groupByFields'].map((name) => `${stage}.${name}`);

const ownParams = [
  ...['filter', 'interval.startTime', 'interval.endTime', 'orderBy', 'view', 'pageSize', 'pageToken'],
  ...stageParams('aggregation'),
  ...stageParams('secondaryAggregation'),
];

/** Reads the query parameters of timeSeries.list. @throws ApiError */
export function readTimeSeriesRequest(params: URLSearchParams): TimeSeriesRequest {
  checkParams(params, ownParams);
  const { metric, judge } = readFilter(params);
  const { start, end } = readInterval(params);
  const orderBy = textParam(params, 'orderBy') ?? '';
  if (orderBy !== '') throw invalidField('orderBy', orderBy, 'Ordering is not supported; it must be left blank.');
  const primary = readStage(params, 'aggregation', metric);
  const secondary = readStage(params, 'secondaryAggregation', metric);
  if (secondary !== undefined && primary === undefined) {
    throw invalidField('secondaryAggregation', secondary.aligner, 'It may only be specified if aggregation is, too.');
  }
  const afterPrimary = primary ? aggregated('aggregation', metric.descriptor, primary) : metric.descriptor;
  const valueKind = secondary ? aggregated('secondaryAggregation', afterPrimary, secondary) : afterPrimary;
  return {
    metric,
    judge,
    start,
    end,
    primary,
    secondary,
    valueKind,
    headersOnly: readView(params),
    pageSize: Math.min(mostPoints, countParam(params, 'pageSize', mostPoints)),
    pageToken: textParam(params, 'pageToken') || undefined,
    fingerprint: fingerprintOf(params),
  };
}

function fingerprintOf(params: URLSearchParams): string {
  return [...params].filter(([name]) => !/^page_?(token|size)$/i.test(name)).join('\n');
}

function readFilter(params: URLSearchParams): { metric: StoredMetric; judge: Judge<Candidate> } {
  const text = textParam(params, 'filter') ?? '';
  const filter = parseMonitoringFilter(text);
  const metric = findMetric(filter.metricType);
  if (metric === undefined) {
    const message = `Cannot find metric(s) that match type = "${filter.metricType}". If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.`;
    throw new ApiError('NOT_FOUND', message);
  }
  if (filter.resourceType !== undefined && filter.resourceType !== metric.resourceType) {
    const message =
      'The supplied filter does not specify a valid combination of metric and monitored resource descriptors. The query will not return any time series.';
    throw new ApiError('INVALID_ARGUMENT', message);
  }
  return { metric, judge: filter.compile(metric.resourceType, metric.descriptor.labels) };
}

function readInterval(params: URLSearchParams): { start: number; end: number } {
  const end = timeParam(params, 'interval.endTime');
  if (end === undefined) throw invalidField('interval.endTime', '', 'An end time must be specified.');
  const start = timeParam(params, 'interval.startTime') ?? end;
  if (start > end)
    throw invalidField('interval.startTime', String(start), 'The start time must not be later than the end time.');
  return { start, end };
}

function readView(params: URLSearchParams): boolean {
  const view = textParam(params, 'view') ?? 'FULL';
  if (view === 'FULL' || view === '0') return false;
  if (view === 'HEADERS' || view === '1') return true;
  throw notInEnum('view', 'ListTimeSeriesRequest.TimeSeriesView', view);
}

function readStage(params: URLSearchParams, stage: StageName, metric: StoredMetric): Stage | undefined {
  const reducer = readReducer(params, stage);
  const aligner = readAligner(params, stage, metric.descriptor);
  if (aligner === 'ALIGN_NONE') {
    if (reducer === 'REDUCE_NONE') return undefined;
    const why = 'The cross-series reducer can only be used with a per-series aligner other than ALIGN_NONE.';
    throw invalidField(`${stage}.perSeriesAligner`, aligner, why);
  }
  const periodSeconds = durationParam(params, `${stage}.alignmentPeriod`) ?? 0;
  if (periodSeconds < shortestPeriod || periodSeconds > longestPeriod) {
    const why = `The alignment period must be at least ${shortestPeriod} seconds and at most ${longestPeriod} seconds.`;
    throw invalidField(`${stage}.alignmentPeriod`, `${periodSeconds}s`, why);
  }
  return { aligner, periodSeconds, reducer, groupBy: readGroupBy(params, stage, metric) };
}

function readGroupBy(params: URLSearchParams, stage: StageName, metric: StoredMetric): Stage['groupBy'] {
  const name = `${stage}.groupByFields`;
  return textParams(params, name).flatMap((text) => {
    const fields = parseGroupField(text, metric.resourceType, metric.descriptor.labels);
    if (fields === undefined) throw invalidField(name, text, 'The time series have no such label.');
    return fields;
  });
}

/** Aligners that no numeric metric takes. */
const forOtherTypes = /^ALIGN_(PERCENTILE_(99|95|50|05)|COUNT_TRUE|COUNT_FALSE|FRACTION_TRUE)$/;
const notSimulated =
  /^(ALIGN_(INTERPOLATE|NEXT_OLDER|STDDEV|PERCENT_CHANGE)|REDUCE_(STDDEV|PERCENTILE_(99|95|50|05)))$/;

function readAligner(params: URLSearchParams, stage: StageName, input: ValueKind): Aligner {
  const name = textParam(params, `${stage}.perSeriesAligner`) ?? 'ALIGN_NONE';
  if (isAligner(name)) return name;
  if (forOtherTypes.test(name)) throw cannotAlign(`${stage}.perSeriesAligner`, name, input);
  throw notSimulated.test(name) ? lacking(name) : notInEnum(`${stage}.per_series_aligner`, 'Aggregation.Aligner', name);
}

function readReducer(params: URLSearchParams, stage: StageName): Reducer {
  const name = textParam(params, `${stage}.crossSeriesReducer`) ?? 'REDUCE_NONE';
  if (isReducer(name)) return name;
  throw notSimulated.test(name)
    ? lacking(name)
    : notInEnum(`${stage}.cross_series_reducer`, 'Aggregation.Reducer', name);
}

function lacking(name: string): ApiError {
  return new ApiError('UNIMPLEMENTED', `The simulation does not compute ${name}.`);
}

function notInEnum(field: string, type: string, value: string): ApiError {
  const message = `Invalid value at '${field}' (type.googleapis.com/google.monitoring.v3.${type}), "${value}"`;
  return new ApiError('INVALID_ARGUMENT', message);
}
