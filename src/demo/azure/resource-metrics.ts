import { ApiError, badRequest } from './errors.ts';
import { MetricsWriter } from './metrics-answer.ts';
import { findLiving, type MetricsAnswer, type MetricsCall, metricFails } from './metrics-call.ts';
import { isoTime, readMetricsQuery } from './metrics-query.ts';
import { existenceOf, type Resource } from './resource.ts';

/**
 * Metrics of one resource by Resource Manager: `GET {resourceId}/providers/Microsoft.Insights/metrics`. What Azure Monitor
 * itself refuses is worded without the `error` around it.
 *
 * @throws ApiError
 */
export function resourceMetrics(call: MetricsCall, resourceId: string): MetricsAnswer {
  const resource = findLiving(call, resourceId);
  if (resource === undefined) {
    throw new ApiError(404, 'ResourceNotFound', `The Resource '${resourceId}' was not found.`);
  }
  try {
    return answer(call, resource);
  } catch (caught) {
    if (!(caught instanceof ApiError)) throw caught;
    const { status, code, message } = caught;
    throw new ApiError(status, code, message, { body: { code, message } });
  }
}

function answer(call: MetricsCall, resource: Resource): MetricsAnswer {
  const { type } = resource;
  const namespace = [...call.search].find(([name]) => name.toLowerCase() === 'metricnamespace')?.[1];
  if (namespace && namespace.toLowerCase() !== type) {
    throw badRequest(`Detect invalid value: ${namespace} for query parameter: 'metricnamespace'`);
  }
  const span = (parameter: (name: string) => string | undefined) => {
    const timespan = parameter('timespan');
    const [from, to] = timespan?.split('/') ?? [];
    return [from, to] as const;
  };
  const query = readMetricsQuery(call.search, type, { filter: '$filter', span }, call.now);
  const writer = new MetricsWriter(query, call.now, call.horizon, (metric) => metricFails(call, metric));
  const value = writer.valueOf(resource, 0);
  const region = existenceOf(resource).cell.region.name;
  const timespan = `${isoTime(query.start)}/${isoTime(query.end)}`;
  const json = `{${writer.commonJson()},"timespan":"${timespan}","resourceregion":"${region}","value":${value}}`;
  return { json, queries: query.metricNames.length, datapoints: writer.datapoints };
}
