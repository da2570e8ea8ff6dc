import { ApiError } from './errors.ts';
import { aggregations, dimensionOf, metricNamesOf, namespaceOf, traitsOf } from './metric-tables.ts';
import { findLiving, type MetricsCall } from './metrics-call.ts';
import { resourceIdOf } from './resource.ts';

/** The metrics that a resource has: `GET {resourceId}/providers/Microsoft.Insights/metricDefinitions`. @throws ApiError */
export function metricDefinitions(call: MetricsCall, resourceId: string): unknown {
  const resource = findLiving(call, resourceId);
  if (resource === undefined)
    throw new ApiError(404, 'ResourceNotFound', `The Resource '${resourceId}' was not found.`);
  const { type } = resource;
  const id = resourceIdOf(resource);
  const dimension = dimensionOf(type);
  return {
    value: metricNamesOf(type).map((name) => {
      const { unit, primary, description, supports = aggregations } = traitsOf(type, name) ?? {};
      return {
        id: `${id}/providers/microsoft.insights/metricdefinitions/${name}`,
        resourceId: id,
        namespace: namespaceOf(type),
        name: { value: name, localizedValue: name },
        displayDescription: description,
        isDimensionRequired: false,
        unit,
        primaryAggregationType: capitalised(primary ?? 'average'),
        supportedAggregationTypes: supports.map(capitalised),
        metricAvailabilities: ['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D'].map((timeGrain) => ({
          timeGrain,
          retention: 'P93D',
        })),
        ...(dimension === undefined ? {} : { dimensions: [{ value: dimension, localizedValue: dimension }] }),
      };
    }),
  };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
