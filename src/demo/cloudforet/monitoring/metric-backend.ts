import type { Json, JsonObject } from '#wire/struct/json.ts';
import type { CloudSecret } from '../inventory/server.ts';

/** One question of the platform to a data source: one metric of resources that share a secret, and a region if one is named. */
export interface MetricCall {
  readonly provider: string;
  /** `region_code`; of the old generation only AWS has one. */
  readonly region: string | undefined;
  readonly secret: CloudSecret;
  /** Whether the platform says the secret's schema: today's generation forgets to for a chunk of one. */
  readonly namesSchema: boolean;
  /** By the platform's resource id. */
  readonly queries: ReadonlyMap<string, JsonObject>;
  readonly metric: string;
  /** ISO 8601, as the caller wrote them. */
  readonly start: string;
  readonly end: string;
  readonly periodSeconds: number | undefined;
  readonly stat: string | undefined;
  readonly signal: AbortSignal;
}

export interface MetricAnswer {
  readonly labels: readonly Json[];
  /** By the platform's resource id. */
  readonly values: JsonObject;
}

export interface MetricListCall {
  readonly provider: string;
  readonly secret: CloudSecret;
  /** Today's generation: what the data source's required key leads to. The old one: the resource as it was read. */
  readonly query: JsonObject;
  readonly signal: AbortSignal;
}

/** A metric as a data source lists it: `key`, `name`, `unit` and, of today's generation, `group` and `metric_query`. */
export type ListedMetric = JsonObject;

/** Where a platform's data source has its numbers from. A rejection is what the plugin's error would be. */
export interface MetricBackend {
  getData(call: MetricCall): Promise<MetricAnswer>;
  list(call: MetricListCall): Promise<readonly ListedMetric[]>;
}
