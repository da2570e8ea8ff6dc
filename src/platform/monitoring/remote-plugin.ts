import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import type { Account } from '#store/accounts.ts';
import type { DataSourcePlugin } from '#store/data-sources.ts';
import type { Store } from '#store/store.ts';
import { Client } from '#wire/client.ts';
import type { Endpoint } from '#wire/endpoint.ts';
import { MetricDefinition as MetricV1 } from '#wire/gen/v1/spaceone/api/monitoring/plugin/metric.ts';
import { DataSourceDefinition } from '#wire/gen/v2/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition as MetricV2 } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import type { Generation } from '#wire/generation.ts';
import type { MetricAnswer, MetricPlugin, Query } from './metric-plugin.ts';
import { withRegion } from './own-plugin.ts';
import { pluginSecret, schemaOf } from './plugin-secret.ts';

/** A plugin that speaks Cloudforet's contract of data sources, wherever it listens. */
export interface RemotePlugin extends MetricPlugin, Disposable {}

/** How a plugin of the first generation is told which resource a query is of. */
const idKeys: Readonly<Record<string, string>> = { azure: 'sp_resource_id' };

/** Numbers as some plugins send them: texts, or null for a gap. */
const Point = z.union([z.number(), z.null(), z.string().transform(Number)]);
const Answer = z.object({
  labels: z.array(z.string()).default([]),
  values: z.record(z.string(), z.array(Point)).default({}),
});

/** What a plugin tells of itself when it is asked for the first time. @throws CollectError */
export async function initPlugin(endpoint: Endpoint, options: object, signal: AbortSignal): Promise<Query> {
  using client = new Client(endpoint);
  const { metadata } = await client.call(DataSourceDefinition, 'init', { options: { ...options } }, { signal });
  return metadata ?? {};
}

/** The first generation names types of resources, the second providers. */
export function generationOf(metadata: Query): Generation {
  return 'supported_resource_type' in metadata && !('supported_providers' in metadata) ? 'v1' : 'v2';
}

export function remotePlugin(
  endpoint: Endpoint,
  { options, metadata }: DataSourcePlugin,
  store: Store,
  masterKey: MasterKey,
): RemotePlugin {
  const client = new Client(endpoint, { token: 'NO_TOKEN' });
  const own = generationOf(metadata);
  const common = async (account: Account) => ({
    options: { ...options },
    secret_data: { ...pluginSecret(account.provider, await openSecret(store, masterKey, account), account.account) },
    schema: schemaOf(account.provider),
  });
  return {
    metadata: (generation) => (generation === own ? metadata : undefined),

    async verify(account, signal) {
      await client.call(DataSourceDefinition, 'verify', await common(account), { signal });
    },

    async list({ account, query }, signal) {
      const request = await common(account);
      if (own === 'v1') {
        const { metrics } = await client.call(MetricV1, 'list', { ...request, resource: query }, { signal });
        return metrics.map(({ key, name, unit = {} }) => ({ key, name, group: '', unit, query: {} }));
      }
      const { metrics } = await client.call(MetricV2, 'list', { ...request, query: { ...query } }, { signal });
      return metrics.map(({ key, name, group, unit = {}, metric_query = {} }) => ({
        ...{ key, name, group, unit },
        query: metric_query,
      }));
    },

    async getData({ account, region, queries, ask }, signal) {
      const request = { ...(await common(account)), ...ask };
      if (own === 'v1') {
        const id = idKeys[account.provider] ?? 'resource_id';
        const resources = [...queries].map(([name, query]) => ({ ...query, [id]: name }));
        const resource = { region_name: region, resources };
        const { labels, resource_values } = await client.call(
          MetricV1,
          'get_data',
          { ...request, resource },
          { signal },
        );
        return answerOf(labels, resource_values);
      }
      const metric_query = Object.fromEntries(withRegion(queries, region));
      const { labels, values } = await client.call(MetricV2, 'get_data', { ...request, metric_query }, { signal });
      return answerOf(labels, values);
    },

    [Symbol.dispose]: () => client.close(),
  };
}

function answerOf(labels: unknown, values: unknown): MetricAnswer {
  const parsed = Answer.safeParse({ labels, values });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CollectError('malformed_reply', `${issue?.path.join('.')}: ${issue?.message ?? 'malformed'}`);
}
