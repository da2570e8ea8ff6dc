import {
  dimensionsAt,
  invalid,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  optionalText,
  textAt,
} from './cloudwatch-request.ts';
import type { MetricIdentity } from './metric-identity.ts';

/** How the samples of a bucket become one number. */
export type Statistic = 'Sum' | 'SampleCount' | 'Average' | 'Minimum' | 'Maximum' | { readonly percentile: number };

/** One query of GetMetricData that has passed every check. */
export interface MetricQuery {
  readonly id: string;
  readonly label: string;
  readonly returned: boolean;
  readonly metric: MetricIdentity;
  /** The metric's name and period as one text: equal for queries that differ in statistic only. */
  readonly key: string;
  readonly periodSeconds: number;
  readonly statistic: Statistic;
  readonly unit: string | undefined;
}

/** A whole GetMetricData request that has passed every check; times are epoch seconds. */
export interface MetricDataRequest {
  readonly queries: readonly MetricQuery[];
  /** As sent, not yet rounded. */
  readonly start: number;
  readonly end: number;
  readonly newestFirst: boolean;
  readonly maxDatapoints: number;
  readonly nextToken: string | undefined;
}

/** Documented bounds of GetMetricData. */
export const metricDataLimits = { queries: 500, datapoints: 100_800, longestPeriodSeconds: 86_400 } as const;

/** Reads GetMetricData's request. @throws ApiError ValidationError: one bad query fails the whole call */
export function readMetricDataRequest(body: JsonObject): MetricDataRequest {
  const members = objectsAt(body, 'MetricDataQueries');
  if (members.length === 0) throw invalid('The parameter MetricDataQueries is required.');
  if (members.length > metricDataLimits.queries) {
    throw invalid(`The collection MetricDataQueries must not have a size greater than ${metricDataLimits.queries}.`);
  }
  const [start, end] = [numberAt(body, 'StartTime'), numberAt(body, 'EndTime')];
  if (start >= end) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  const queries = members.map(readQuery);
  if (new Set(queries.map(({ id }) => id)).size < queries.length) {
    throw invalid('The values for parameter id in MetricDataQueries are not unique.');
  }
  const scanBy = optionalText(body, 'ScanBy') ?? 'TimestampDescending';
  if (!/^Timestamp(De|A)scending$/.test(scanBy)) throw invalid(`Value '${scanBy}' at 'scanBy' is not allowed.`);
  return {
    queries,
    start,
    end,
    newestFirst: scanBy === 'TimestampDescending',
    maxDatapoints: readMaxDatapoints(body),
    nextToken: optionalText(body, 'NextToken'),
  };
}

function readMaxDatapoints(body: JsonObject): number {
  const most = body.MaxDatapoints === undefined ? metricDataLimits.datapoints : numberAt(body, 'MaxDatapoints');
  if (Number.isInteger(most) && most >= 1 && most <= metricDataLimits.datapoints) return most;
  throw invalid(`The parameter MaxDatapoints must be between 1 and ${metricDataLimits.datapoints}.`);
}

function readQuery(member: JsonObject): MetricQuery {
  const id = textAt(member, 'Id');
  if (!/^[a-z][a-zA-Z0-9_]{0,254}$/.test(id)) {
    throw invalid(`The value ${id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`);
  }
  if (member.Expression !== undefined) throw invalid('Expression is not supported by the simulation.');
  const stat = objectAt(member, 'MetricStat');
  const metric = readMetric(objectAt(stat, 'Metric'));
  const periodSeconds = readPeriod(stat);
  return {
    id,
    label: optionalText(member, 'Label') ?? metric.name,
    returned: member.ReturnData !== false,
    metric,
    key: `${metric.namespace}\n${metric.name}\n${metric.dimensions.map(({ name, value }) => `${name}=${value}`).join('\n')}\n${periodSeconds}`,
    periodSeconds,
    statistic: readStatistic(textAt(stat, 'Stat')),
    unit: optionalText(stat, 'Unit'),
  };
}

function readMetric(metric: JsonObject): MetricIdentity {
  return {
    namespace: textAt(metric, 'Namespace'),
    name: textAt(metric, 'MetricName'),
    dimensions: dimensionsAt(metric),
  };
}

function readPeriod(stat: JsonObject): number {
  const period = numberAt(stat, 'Period');
  const fits = [1, 5, 10, 20, 30].includes(period) || (period > 0 && period % 60 === 0);
  if (!fits) throw invalid(`The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, not ${period}.`);
  if (period <= metricDataLimits.longestPeriodSeconds) return period;
  throw invalid(`The parameter Period must be at most ${metricDataLimits.longestPeriodSeconds}, not ${period}.`);
}

function readStatistic(text: string): Statistic {
  switch (text) {
    case 'Sum':
    case 'SampleCount':
    case 'Average':
    case 'Minimum':
    case 'Maximum':
      return text;
    default: {
      const percentile = Number(/^p(\d{1,2}(\.\d{1,10})?|100)$/.exec(text)?.[1] ?? Number.NaN);
      if (Number.isFinite(percentile)) return { percentile };
      throw invalid(`The parameter Stat must be a statistic or a percentile, not ${text}.`);
    }
  }
}
