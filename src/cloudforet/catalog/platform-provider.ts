import type { MetricKey } from '#model/metric.ts';
import type { ResourceState } from '#model/resource.ts';
import type { JsonObject } from '#wire/struct/json.ts';

/**
 * How the values of a native metric are to be read.
 * - `level`: a state, such as a percentage.
 * - `amount`: what was moved since the sample before; over observed time it is a rate.
 */
export type Sampling = 'level' | 'amount';

/** A metric of a cloud, by the name that its data source has for it. */
export interface NativeMetric {
  readonly name: string;
  readonly sampling: Sampling;
  /** The metric whose samples tell how many this one has, and how long the server was observed. */
  readonly counter: string;
  /** What is left of the server's memory rather than what is used. */
  readonly isRest?: true;
  /** Told as percent of the server's memory. */
  readonly isShare?: true;
  /** Instance types of which this one is asked only where the key's other metrics have nothing. */
  readonly unlikelyOf?: RegExp;
  /** Zeros without any other metric of the key say nothing. */
  readonly zeroSaysNothing?: true;
}

/** A cloud as Cloudforet's collectors and data sources know it. Sources: their code, see docs/cloudforet-hazards.md. */
export interface PlatformProvider {
  readonly id: string;
  /** `cloud_service_group` and `cloud_service_type` of its servers in 2.x: any of these with any of those. */
  readonly groups: readonly string[];
  readonly types: readonly string[];
  /** What 1.x asks its data source for at once; 2.x takes 200 of each. */
  readonly batchV1: number;
  /** What its data source calls an average. */
  readonly mean: 'AVERAGE' | 'MEAN';
  /** Possible lengths of time between two samples, longest first. Seconds. */
  readonly sampleDistances: readonly number[];
  /** Whether its data source gives 0 for a day without samples, which then cannot be told from a day without traffic. */
  readonly nullIsZero: boolean;
  /** The metrics of a key; those that a server has are added. */
  readonly keys: Readonly<Partial<Record<MetricKey, readonly NativeMetric[]>>>;
  /** What the old plugin read: where there are two names, the last one that it read is what it told. */
  readonly legacyKeys: Readonly<Partial<Record<MetricKey, string>>>;
  /** What is missing here is UNKNOWN. */
  readonly states: Readonly<Record<string, ResourceState>>;
  /** Where in a record of 2.x its collector writes what the data source is asked by: `data.<queryKey>`. */
  readonly queryKey: string;
  /**
   * One entry of a `metric_query` of 2.x.
   *
   * @param stored what the record has at `queryKey`
   * @returns undefined where the record does not say how to ask
   */
  queryOf(stored: unknown, metric: string): JsonObject | undefined;
}
