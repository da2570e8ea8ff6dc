import { Client } from '#wire/client.ts';
import { Endpoint } from '#wire/endpoint.ts';
import { DataSourceDefinition } from '#wire/gen/v2/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import { isList, isObject } from '../json.ts';
import type { Plugin } from './plugin.ts';
import { readMetadata } from './plugin-metadata.ts';

/** Asks a plugin of today's generation: as NO_TOKEN, without its options when it asks for numbers. */
export function connectPluginV2(url: string, options: JsonObject): Plugin {
  const client = new Client(Endpoint.parse(url), { token: 'NO_TOKEN' });
  return {
    async register(secret) {
      const { metadata } = await client.call(DataSourceDefinition, 'init', { options });
      const read = readMetadata('v2', metadata);
      if (secret !== undefined) {
        const { data: secret_data, schema } = secret;
        await client.call(DataSourceDefinition, 'verify', { options, secret_data, schema });
      }
      return read;
    },
    backend: () => ({
      async getData({ secret, namesSchema, queries, metric, start, end, periodSeconds, stat, signal }) {
        const request = {
          options: {},
          secret_data: secret.data,
          metric_query: Object.fromEntries(queries),
          metric,
          start,
          end,
          ...(periodSeconds === undefined ? {} : { period: periodSeconds }),
          ...(stat === undefined ? {} : { stat }),
          ...(namesSchema ? { schema: secret.schema } : {}),
        };
        const { labels, values } = await client.call(MetricDefinition, 'get_data', request, { signal });
        return { labels: isList(labels) ? labels : [], values: isObject(values) ? values : {} };
      },
      async list({ secret: { data: secret_data, schema }, query, signal }) {
        const request = { options, secret_data, query, schema };
        const { metrics } = await client.call(MetricDefinition, 'list', request, { signal });
        return metrics.map(({ key, name, group, unit, metric_query }) => ({
          key,
          name,
          group,
          unit: isObject(unit) ? unit : {},
          metric_query: isObject(metric_query) ? metric_query : {},
        }));
      },
    }),
    close: () => client.close(),
  };
}
