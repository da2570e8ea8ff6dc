import type { MetricKey } from './metric.ts';
import type { MissingReason } from './missing.ts';
import type { Statistic } from './statistic.ts';

/** The inventory record of one server: `design.md`'s record, field names as Cloudforet has them. */
export interface InventoryRecord {
  readonly provider: string;
  readonly cloud_service_group: string;
  readonly cloud_service_type: string;
  readonly account: string;
  readonly region_code: string;
  readonly name: string;
  readonly instance_type: string;
  readonly reference: { readonly resource_id: string; readonly external_link?: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly data: RecordData;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Merged key by key at this level: a writer that leaves a key out leaves it as it was. */
export interface RecordData {
  readonly compute?: Readonly<Record<string, string>>;
  readonly hardware?: { readonly core?: number; readonly memory?: number };
  readonly monitoring?: Monitoring;
  readonly monitoring_info?: MonitoringInfo;
}

/** `{ cpu: { utilization: { avg: 3.42, max: 61 } } }`; a key without data is absent. */
export type Monitoring = Readonly<Record<string, Readonly<Record<string, Values>>>>;
export type Values = Readonly<Partial<Record<Statistic, number>>>;

export interface MonitoringInfo {
  /** Half-open, ISO 8601, UTC midnights. */
  readonly window: { readonly start: string; readonly end: string };
  readonly collected_at: string;
  readonly metrics: Readonly<Partial<Record<MetricKey, MetricInfo>>>;
}

export type MetricInfo = MeasuredInfo | { readonly missing: MissingReason };

export interface MeasuredInfo {
  readonly source: string;
  /** Seconds; 0 for what discovery knows and does not change. */
  readonly period: number;
  /** Observed part of the window, 0 to 1. */
  readonly coverage: number;
  /** Seconds: the length of the points that percentiles are of, where there are any. */
  readonly resolution?: number;
  /** Why some days of the window could not be read in the last run, where that is so. */
  readonly incomplete?: MissingReason;
  /** The true maximum may be smaller, and the minimum larger: parts that need not have peaked together were added. */
  readonly max_is?: 'upper_bound';
}

/** The value at `cpu.utilization` of `{ cpu: { utilization: … } }`. */
export function valuesAt(monitoring: Monitoring, key: MetricKey): Values | undefined {
  const [section, name] = splitKey(key);
  return monitoring[section]?.[name];
}

/** `['cpu', 'utilization']` */
export function splitKey(key: MetricKey): [section: string, name: string] {
  const dot = key.indexOf('.');
  return [key.slice(0, dot), key.slice(dot + 1)];
}
