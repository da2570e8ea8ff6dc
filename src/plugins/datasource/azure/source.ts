import { CollectError } from '#model/errors.ts';
import type { AzureMetric, AzureScope } from '#providers/azure/reader/metric.ts';
import type { Source } from '../source.ts';
import { parseQuery } from './query.ts';

/** Azure Monitor. */
export const azureSource: Source<AzureMetric, AzureScope> = {
  provider: 'azure',
  requiredKey: { v1: 'data.azure_monitor', v2: 'data.azure_monitor' },
  resourceIdKey: 'sp_resource_id',
  stats: new Map([
    ['MEAN', 'avg'],
    ['MAX', 'max'],
    ['MIN', 'min'],
    ['SUM', 'sum'],
  ]),
  connect: async (secret, context) =>
    (await import('#providers/azure/reader/connect.ts')).connectReader(secret, context),

  scopesOf: (query) => (hasResource(query) ? [parseQuery(query).resource] : []),

  metricOf(query, name) {
    const { resource, region: place } = parseQuery(query);
    if (name === '') throw new CollectError('invalid_input', 'metric: is missing');
    return { place, metric: { resource, name } };
  },

  entriesOf: (listed) =>
    listed.map(({ metric, unit }) => ({
      metric,
      key: metric.name,
      group: metric.resource.namespace,
      unit,
      query: { resource_id: metric.resource.id },
    })),
};

/** A record that its collector has left empty has no metrics. */
function hasResource(query: unknown): boolean {
  return typeof query === 'object' && query !== null && 'resource_id' in query && Boolean(query.resource_id);
}
