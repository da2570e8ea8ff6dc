import type { ListedMetric, MetricReader, ReadStat } from '#model/metric-reader.ts';
import type { ConnectContext } from '#model/provider.ts';
import type { Generation } from '#wire/generation.ts';
import type { JsonObject } from '#wire/struct/json.ts';

/** What a platform has to know of a data source before it asks it for anything. */
export interface SourceFacts {
  readonly provider: string;
  /** Path of the query in an inventory record. */
  readonly requiredKey: Readonly<Record<Generation, string>>;
  /** Field of a v1 query that says whose it is; the platform sets it. */
  readonly resourceIdKey: string;
  /** Cloudforet's words for statistics, the default first. */
  readonly stats: ReadonlyMap<string, ReadStat>;
}

/** How Cloudforet speaks of a provider's metrics, and who reads them. A provider is one of these, and its row in `sources.ts`. */
export interface Source<Metric, Scope> extends SourceFacts {
  /** Signs in with a secret in the form of its provider. */
  connect(secret: unknown, context: ConnectContext): Promise<MetricReader<Metric, Scope>>;
  /** Reads what a record holds at `requiredKey`: where its metrics are to be looked for. @throws CollectError `invalid_input` */
  scopesOf(query: unknown): readonly Scope[];
  /**
   * Reads an entry of v2's `metric_query`, or of v1's `resources`.
   *
   * @param name of the metric, where the entry does not say
   * @throws CollectError `invalid_input`
   */
  metricOf(query: unknown, name: string): Located<Metric>;
  /** Names the metrics of one resource. */
  entriesOf(listed: readonly InScope<Metric, Scope>[]): MetricEntry<Metric>[];
}

/** A native series, and where the cloud is asked for it. */
export interface Located<Metric> {
  readonly place: string | undefined;
  readonly metric: Metric;
}

/** A metric, with the scope that it was found by. */
export interface InScope<Metric, Scope> extends ListedMetric<Metric> {
  readonly scope: Scope;
}

/** A metric as Cloudforet lists it. */
export interface MetricEntry<Metric> {
  readonly metric: Metric;
  /** Tells it from the resource's others, and is the same for the same metric of another resource. */
  readonly key: string;
  readonly group: string;
  readonly unit: string | undefined;
  /** What v2's `get_data` takes to read it. */
  readonly query: JsonObject;
}
