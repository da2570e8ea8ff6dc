import type { MetricKey } from '#model/metric.ts';
import type { Resource } from '#model/resource.ts';
import { type AzureType, type Carrier, type Metric, type NativeMetric, restOf } from './native-metric.ts';

/** A resource of Azure with what its measurement plan depends on. */
export interface AzureResource extends Resource {
  /** Its row of the catalog. */
  readonly kind: AzureType;
  /** Ids that metrics are read of, by what carries them: its own, and those of its network interfaces. */
  readonly carriers: Readonly<Record<Carrier, readonly string[]>>;
}

/** Azure takes ids in any spelling, and its services spell one id differently. */
export function idKey(id: string): string {
  return id.toLowerCase();
}

export function nativeOf({ kind }: AzureResource, key: MetricKey): NativeMetric | undefined {
  return kind.native[key];
}

/** What a native metric and the key that is the rest make up together; undefined where that is not known of the resource. */
export function wholeOf({ constants }: AzureResource, { reading }: Metric): number | undefined {
  if (reading === 'level' || reading === 'amount') return 100;
  const whole = restOf[reading];
  return typeof whole === 'number' ? whole : constants[whole];
}
