import type { Generation } from '#wire/generation.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { PlatformProvider } from './catalog/platform-provider.ts';
import type { ServerRow } from './server-row.ts';

/** Which servers of a provider: all that the other side can tell apart by itself. */
export interface ServerQuery {
  readonly provider: PlatformProvider;
  /** Empty for all. */
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** Only servers of other workspaces; 2.x only. */
  readonly notInWorkspace?: string;
}

export interface Page {
  /** 1 for the first row. */
  readonly start: number;
  readonly limit: number;
}

export interface ServerPage {
  readonly rows: readonly ServerRow[];
  /** Of all pages. */
  readonly total: number;
}

/** A METRIC data source as the platform has it registered. */
export interface DataSource {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  /** Whether it asks with the secret that a server was collected with, rather than with one of its own. */
  readonly usesServerSecret: boolean;
  /** As its plugin says; empty where it says nothing. */
  readonly statistics: readonly string[];
}

/** One `Metric.get_data`. */
export interface MetricAsk {
  readonly dataSourceId: string;
  readonly metric: string;
  readonly stat: string;
  /** ISO 8601. */
  readonly start: string;
  readonly end: string;
  readonly periodSeconds: number;
  /** Query by the platform's own id of a server; 1.x needs the ids only. */
  readonly queries: ReadonlyMap<string, JsonObject>;
}

/** Points of each server that the answer names, by the platform's own id. A point that is no number is NaN. */
export type MetricSeries = ReadonlyMap<string, readonly number[]>;

/** How one generation of the platform is spoken to. All methods throw CollectError. */
export interface Dialect {
  readonly generation: Generation;
  /** In a sort of its own, so that pages fit together: servers that are asked for together follow one another. */
  listServers(query: ServerQuery, page: Page, signal: AbortSignal): Promise<ServerPage>;
  /** All that are registered for METRIC, disabled ones too. */
  listDataSources(provider: PlatformProvider, signal: AbortSignal): Promise<readonly DataSource[]>;
  getData(ask: MetricAsk, signal: AbortSignal): Promise<MetricSeries>;
}
