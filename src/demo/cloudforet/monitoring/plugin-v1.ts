import { Client } from '#wire/client.ts';
import { Endpoint } from '#wire/endpoint.ts';
import { DataSourceDefinition } from '#wire/gen/v1/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition } from '#wire/gen/v1/spaceone/api/monitoring/plugin/metric.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import { isList, isObject } from '../json.ts';
import type { Plugin } from './plugin.ts';
import { readMetadata } from './plugin-metadata.ts';

/** Asks a plugin of the old generation: without a token, with its own metadata for options, with the secret written twice. */
export function connectPluginV1(url: string, options: JsonObject): Plugin {
  const client = new Client(Endpoint.parse(url));
  return {
    async register(secret) {
      const { metadata } = await client.call(DataSourceDefinition, 'init', { options });
      const read = readMetadata('v1', metadata);
      if (secret !== undefined) {
        const { data: secret_data, schema } = secret;
        await client.call(DataSourceDefinition, 'verify', { options, secret_data, schema });
      }
      return read;
    },
    backend: (metadata) => ({
      async getData({ provider, region, secret, queries, metric, start, end, periodSeconds, stat, signal }) {
        const { data: secret_data, schema } = secret;
        const resources = [...queries].map(([id, query]) => ({ ...query, [resourceKey(provider)]: id }));
        const resource = {
          secret_data,
          schema,
          resources,
          ...(provider === 'aws' ? { region_name: region ?? null } : {}),
        };
        const period = periodSeconds === undefined ? {} : { period: periodSeconds };
        const asked = { metric, start, end, ...period, ...(stat === undefined ? {} : { stat }) };
        const request = { options: metadata, secret_data, schema, resource, ...asked };
        const { labels, resource_values } = await client.call(MetricDefinition, 'get_data', request, { signal });
        return { labels: isList(labels) ? labels : [], values: isObject(resource_values) ? resource_values : {} };
      },
      async list({ secret: { data: secret_data, schema }, query, signal }) {
        const request = { options: metadata, secret_data, schema, resource: query };
        const { metrics } = await client.call(MetricDefinition, 'list', request, { signal });
        return metrics.map(({ key, name, unit, chart_type, chart_options }) => ({
          key,
          name,
          unit: isObject(unit) ? unit : {},
          chart_type,
          chart_options: isObject(chart_options) ? chart_options : {},
        }));
      },
    }),
    close: () => client.close(),
  };
}

/** The key under which each query carries its resource's id. */
function resourceKey(provider: string): 'sp_resource_id' | 'resource_id' {
  return provider === 'azure' ? 'sp_resource_id' : 'resource_id';
}
