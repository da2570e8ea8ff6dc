import type { Generation } from '#wire/generation.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { Provider } from '../inventory/server.ts';

/** What `DataSource.init` answers, as far as the platform reads it. */
export type PluginMetadata = JsonObject & {
  readonly supported_stat: readonly string[];
  readonly required_keys: readonly string[];
};

const stats = {
  aws: ['AVERAGE', 'MAX', 'MIN', 'SUM'],
  google_cloud: ['MEAN', 'MAX', 'MIN', 'SUM'],
  azure: ['MEAN', 'MAX', 'MIN', 'SUM'],
} as const satisfies Record<Provider, readonly string[]>;

const requiredKeys = {
  v1: { aws: 'data.cloudwatch', google_cloud: 'data.stackdriver', azure: 'data.azure_monitor' },
  v2: { aws: 'data.cloudwatch', google_cloud: 'data.google_cloud_monitoring', azure: 'data.azure_monitor' },
} as const satisfies Record<Generation, Record<Provider, string>>;

/** What the clouds' own data-source plugins answer to `init`. */
export function metadataOf(provider: Provider, generation: Generation): PluginMetadata {
  return {
    supported_stat: stats[provider],
    required_keys: [requiredKeys[generation][provider]],
    ...(generation === 'v1'
      ? { supported_resource_type: ['inventory.Server', 'inventory.CloudService'] }
      : { supported_providers: [provider] }),
  };
}
