import type { JsonObject } from '#wire/struct/json.ts';
import type { TableRules } from '../inventory/query.ts';
import type { Provider } from '../inventory/server.ts';
import type { PluginMetadata } from './metadata.ts';
import type { MetricBackend } from './metric-backend.ts';
import type { SyntheticOptions } from './synthetic-backend.ts';

/** A data source to register. */
export interface DataSourceSpec {
  readonly provider: Provider;
  /** Default `ds-<provider>`. */
  readonly dataSourceId?: string;
  /** Lists are sorted by it. Default: the id. */
  readonly name?: string;
  /** Default METRIC. */
  readonly monitoringType?: 'METRIC' | 'LOG';
  /** The plugin's options. */
  readonly options?: JsonObject;
  /** Asks with this secret always. Default: with the resource's own. */
  readonly secretId?: string;
  /** What answers: a data-source plugin's endpoint, made-up numbers, or a function of the caller's. */
  readonly source: { readonly plugin: string } | { readonly synthetic: SyntheticOptions } | MetricSource;
}

/** Numbers of the caller's own. */
export interface MetricSource {
  readonly backend: MetricBackend;
  /** Default: as the provider's plugin would say. */
  readonly metadata?: JsonObject;
}

/** A data source that is registered. */
export interface DataSource {
  readonly dataSourceId: string;
  readonly name: string;
  readonly monitoringType: 'METRIC' | 'LOG';
  readonly provider: Provider;
  readonly options: JsonObject;
  readonly secretId: string | undefined;
  readonly schemas: readonly string[];
  readonly metadata: PluginMetadata;
  readonly backend: MetricBackend;
}

export const schemas = {
  aws: 'aws_access_key',
  google_cloud: 'google_oauth2_credentials',
  azure: 'azure_client_secret',
} as const satisfies Record<Provider, string>;

export const dataSourceRules: TableRules = {
  idKey: 'data_source_id',
  ordering: ['name'],
  minimalFields: ['data_source_id', 'name', 'state', 'monitoring_type', 'provider'],
  keywordFields: ['data_source_id', 'name', 'provider'],
  tieBreak: true,
  tagDepth: 1,
};
