import type { Account } from '#store/accounts.ts';
import type { Generation } from '#wire/generation.ts';

/** What `get_data` asks, whosever resources it is about. */
export interface MetricAsk {
  /** In the cloud's words. */
  readonly metric: string;
  /** ISO 8601. */
  readonly start: string;
  readonly end: string;
  /** Seconds; 0 where not asked for. */
  readonly period: number;
  /** Empty where not asked for. */
  readonly stat: string;
}

/** Series on one axis of time. */
export interface MetricAnswer {
  /** ISO 8601, ascending. */
  readonly labels: readonly string[];
  /** By id of the resource: as long as `labels`, null for a gap; empty for one without any point. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** A metric as it is listed. */
export interface ListedMetric {
  readonly key: string;
  readonly name: string;
  /** Empty in the first generation, as is the query. */
  readonly group: string;
  readonly unit: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

/** Says that a data source cannot be asked this way. */
export interface MetricFacts {
  /** The default first. */
  readonly supportedStats: readonly string[];
  /** Where a record says how it is asked for: `data.cloudwatch`. */
  readonly requiredKey: string;
}

/** Who a data source asks: one of ours, in process, or a plugin somewhere else. All methods throw CollectError. */
export interface MetricPlugin {
  /** What it is asked for by either generation of the platform; undefined for a generation that it does not speak. */
  metadata(generation: Generation): Readonly<Record<string, unknown>> | undefined;
  verify(account: Account, signal: AbortSignal): Promise<void>;
  /** @param query what the record holds at `requiredKey` */
  list(call: { generation: Generation; account: Account; query: Query }, signal: AbortSignal): Promise<ListedMetric[]>;
  getData(call: DataCall, signal: AbortSignal): Promise<MetricAnswer>;
}

export type Query = Readonly<Record<string, unknown>>;

export interface DataCall {
  readonly generation: Generation;
  readonly account: Account;
  /** Of the resources; empty where they are in none. */
  readonly region: string;
  /** By id: in the second generation of the metric, in the first of the resource. */
  readonly queries: ReadonlyMap<string, Query>;
  readonly ask: MetricAsk;
}
