import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { Unasked } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { MetricName } from './catalog.ts';
import type { RowMeasurement } from './row-measurement.ts';
import type { ServerMeasurement } from './server-measurement.ts';

export type Stat = 'Sum' | 'SampleCount' | 'Maximum' | 'Minimum' | 'Average';

/** One MetricDataQuery: a statistic of one native series over buckets of `period` seconds. */
export interface Query {
  readonly stat: Stat;
  readonly period: number;
}

/** One native series of a measurement, and what is asked of it. */
export interface Part<M extends MetricName = MetricName> {
  readonly metric: M;
  readonly dimensions: readonly Dimension[];
  readonly queries: readonly Query[];
}

/**
 * The smallest thing that is asked: all series and statistics behind one or more keys of one resource. It never straddles two
 * calls, so that CloudWatch bills its statistics as one metric.
 */
export type Measurement = ServerMeasurement | RowMeasurement;

/** The points of one query: parallel columns, epoch seconds of bucket starts and native values. */
export interface Points {
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
}

/** What a reply held for one part: points by statistic and period, ascending in time. */
export type PartReply = (stat: Stat, period: number) => Points;

/** A key for which there is nothing to ask. */
export type Gap = Omit<Unasked, 'resourceId'>;

/** What has to be asked for the wanted keys of one resource, and the keys for which there is nothing to ask. */
export interface Asked<M extends Measurement = Measurement> {
  readonly measurements: readonly M[];
  readonly unasked: readonly Gap[];
}

/** A key that a measurement answers. */
export interface Output {
  readonly key: MetricKey;
  /** From the native value to that of the key. */
  readonly factor: number;
}

/** Points by time. */
export function toMap({ timestamps, values }: Points): Map<number, number> {
  const map = new Map<number, number>();
  timestamps.forEach((timestamp, at) => {
    const value = values[at];
    if (value !== undefined) map.set(timestamp, value);
  });
  return map;
}
