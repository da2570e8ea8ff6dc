import { hashText } from '../fleet/hash.ts';
import { ApiError, badRequest } from './errors.ts';
import { memberOf, parseJson } from './json.ts';
import { namespaceOf } from './metric-tables.ts';
import { MetricsWriter } from './metrics-answer.ts';
import { findLiving, type MetricsAnswer, type MetricsCall, metricFails } from './metrics-call.ts';
import { isoTime, queryLimits, readMetricsQuery } from './metrics-query.ts';
import { existenceOf, type Resource, type ResourceType, resourceIdOf } from './resource.ts';
import { knownType } from './world.ts';

/** A call of metrics:getBatch. */
export interface BatchCall extends MetricsCall {
  readonly subscriptionId: string;
  /** That the host name stands for. */
  readonly region: string;
  readonly body: string;
}

/**
 * metrics:getBatch: up to 50 resources of one subscription, region and type. One that does not exist fails the whole call, and
 * the error does not tell which. The answers come in an order of their own.
 *
 * @throws ApiError
 */
export function getBatch(call: BatchCall): MetricsAnswer {
  const type = readNamespace(call.search);
  const ids = readResourceIds(call.body);
  const span = (parameter: (name: string) => string | undefined) =>
    [parameter('starttime'), parameter('endtime')] as const;
  const query = readMetricsQuery(call.search, type, { filter: 'filter', span }, call.now);
  const resources = ids
    .map((id) => findForBatch(call, type, id))
    .toSorted((a, b) => hashText(0, resourceIdOf(a)) - hashText(0, resourceIdOf(b)));
  failByLuck(call);
  const writer = new MetricsWriter(query, call.now, call.horizon, (metric) => metricFails(call, metric));
  const times = `"starttime":"${isoTime(query.start)}","endtime":"${isoTime(query.end)}"`;
  const common = `${writer.commonJson()},${times},"resourceregion":"${call.region}"`;
  const values = resources.map(
    (resource, i) => `{${common},"resourceid":"${resourceIdOf(resource)}","value":${writer.valueOf(resource, i)}}`,
  );
  const queries = resources.length * query.metricNames.length;
  return { json: `{"values":[${values.join()}]}`, queries, datapoints: writer.datapoints };
}

function readNamespace(search: URLSearchParams): ResourceType {
  const text = [...search].find(([name]) => name.toLowerCase() === 'metricnamespace')?.[1];
  if (!text) throw badRequest('metricnamespace is required');
  const type = knownType(text);
  if (type !== undefined) return type;
  throw new ApiError(404, 'NotFound', `Failed to find resource mapping for metric namespace: ${text}`);
}

function readResourceIds(body: string): readonly string[] {
  const ids = memberOf(parseJson(body), 'resourceids');
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    throw badRequest('The request body must have resourceids, a list of resource ids');
  }
  const unique = [...new Set(ids.map((id) => id.toLowerCase()))];
  if (unique.length <= queryLimits.resources) return unique;
  throw badRequest(`Too many resource ids: ${unique.length}, the maximum is ${queryLimits.resources}`);
}

function findForBatch(call: BatchCall, type: ResourceType, id: string): Resource {
  if (!id.startsWith(`/subscriptions/${call.subscriptionId}/`)) {
    throw badRequest('All resources of a batch must be in the subscription of the request');
  }
  if (!id.includes(`/providers/${type.split('/')[0]}/`)) {
    throw badRequest(`All resources of a batch must be of the type ${namespaceOf(type)}`);
  }
  const resource = findLiving(call, id);
  if (resource === undefined) throw badRequest('One or more resources of the batch could not be found');
  if (resource.type !== type) throw badRequest(`All resources of a batch must be of the type ${namespaceOf(type)}`);
  const { region } = existenceOf(resource).cell;
  if (region.name === call.region) return resource;
  throw badRequest(`All resources of a batch must be in the region of the endpoint: ${call.region}`);
}

function failByLuck({ faults, luck }: BatchCall): void {
  if (luck.draw('out of range') >= faults.outOfRangeRate) return;
  const [code, message] = ['InternalServerError', 'Detected Internal Error.'];
  const info = 'ExceptionType=System.ArgumentOutOfRangeException';
  const error = { code, message, additionalInfo: [{ type: 'string', info }] };
  throw new ApiError(500, code, message, { body: { error } });
}
