import type { CollectError } from './errors.ts';

/** How the samples of a bucket become one number; `count` is how many there were. */
export type ReadStat = 'avg' | 'max' | 'min' | 'sum' | 'count';

/** Half-open, epoch seconds, whole minutes. Buckets are counted from its start. */
export interface ReadWindow {
  readonly start: number;
  readonly end: number;
}

/** One statistic of one native series. */
export interface SeriesRead<Metric> {
  readonly metric: Metric;
  readonly stat: ReadStat;
  readonly periodSeconds: number;
}

export interface ReadRequest<Metric> {
  /** Where the cloud is asked, if that makes a difference: a region. The secret's own where absent. */
  readonly place: string | undefined;
  readonly window: ReadWindow;
  readonly reads: readonly SeriesRead<Metric>[];
}

/** Parallel columns, ascending: epoch seconds of bucket starts, and values. Buckets without samples are absent. */
export interface Points {
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
}

export interface ListedMetric<Metric> {
  readonly metric: Metric;
  /** In the cloud's words; undefined where it does not tell. */
  readonly unit: string | undefined;
}

/**
 * A cloud's metrics as they are there, signed in to: any series, in native units. (A `Fleet` measures servers; this reads
 * what it is asked for.)
 *
 * @typeParam Metric names one native series, all of its dimensions included; plain data, since equal ones are found by their JSON
 * @typeParam Scope what a resource's series have in common
 */
export interface MetricReader<Metric, Scope> {
  /** The longest bucket of the cloud's own that such a period is a whole number of: what it has to be folded of. */
  grainOf(periodSeconds: number): number;
  /** The finest period that is kept of points from `start` on (epoch seconds); longer ones must be multiples of it. */
  finestPeriodSeconds(start: number): number;
  /** Tries each kind of call. @throws CollectError naming the permission that is missing */
  verify(signal: AbortSignal): Promise<void>;
  /** Never a call a metric. @throws CollectError */
  list(scope: Scope, signal: AbortSignal): Promise<readonly ListedMetric<Metric>[]>;
  /**
   * Reads any number of series, of many requests at once: packs them within the cloud's limits.
   *
   * @returns for each read, in order, its points or why it has none
   * @throws CollectError `cancelled` alone
   */
  read(request: ReadRequest<Metric>, signal: AbortSignal): Promise<readonly (Points | CollectError)[]>;
  /** Lets go of connections. */
  close(): void;
}
