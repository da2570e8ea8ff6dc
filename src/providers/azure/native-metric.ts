import type { MetricKey } from '#model/metric.ts';
import type { ResourceType } from '#model/resource-type.ts';

/**
 * How a native metric becomes a key.
 * - `level`: a state, such as a percentage or a rate; as it is.
 * - `amount`: what was moved since the sample before; over the time between samples it is a rate.
 * - `free_percent`, `free_bytes`, `used_bytes`: the key is what is not: the rest of 100, of the memory, of the storage.
 */
export type Reading = 'level' | 'amount' | keyof typeof restOf;

/** What the native metric and the key make up together. */
export const restOf = { free_percent: 100, free_bytes: 'memory.total', used_bytes: 'storage.total' } as const;

/** What a metric is read of: the resource itself, or its network interfaces, which are added. */
export const carriers = ['self', 'interfaces'] as const;
export type Carrier = (typeof carriers)[number];

/** Lengths of buckets. Percentiles are of points of five minutes. */
export const grains = {
  day: { interval: 'P1D', perDay: 1 },
  hour: { interval: 'PT1H', perDay: 24 },
  point: { interval: 'PT5M', perDay: 288 },
} as const;
export type Grain = keyof typeof grains;

/**
 * What the samples of a metric are, and so how they tell the time in which the resource was there.
 * - `samples`: one at a time, at a known distance; their count in a day tells it.
 * - `hours`: Azure does not count them; an hour with a value is one.
 * - `events`: none where nothing happened, which is a zero while the clock of the family goes.
 * - `instances`: one of each of several machines at a time; five minutes with a sample are five minutes.
 */
export const shapes = {
  samples: { grain: 'day' },
  hours: { grain: 'hour' },
  events: { grain: 'point' },
  instances: { grain: 'point' },
} as const satisfies Record<string, { grain: Grain }>;
export type Shape = keyof typeof shapes;

export interface Metric {
  /** Its name in the REST API. */
  readonly metric: string;
  readonly shape: Shape;
  readonly reading: Reading;
  /** Seconds between samples. */
  readonly sampleSeconds: number;
  /** Of `instances`: whether the key is what all of them do together, and not what one does on average. */
  readonly isAdded?: true;
}

/** Metrics that are asked for together. */
export interface MetricFamily {
  readonly namespace: string;
  readonly carrier: Carrier;
  /** Tells the time for the metrics that do not tell it themselves. */
  readonly clock?: Metric;
}

export interface NativeMetric extends Metric {
  readonly family: MetricFamily;
}

/** A type of resource with all that is needed to find and measure it: a row. */
export interface AzureType extends ResourceType {
  /** As Resource Graph names it. */
  readonly armType: string;
  /** KQL: which resources of the ARM type are none of this type. */
  readonly except?: string;
  readonly native: Readonly<Partial<Record<MetricKey, NativeMetric>>>;
  /** Keys that discovery tells and that do not change, and from where. */
  readonly constants: Readonly<Partial<Record<MetricKey, string>>>;
}

/** Each once. */
export function familiesOf({ native }: AzureType): ReadonlySet<MetricFamily> {
  return new Set(Object.values(native).map(({ family }) => family));
}

/** Whether the clock has to be asked, too. */
export function needsClock({ shape, sampleSeconds }: Metric, clock: Metric): boolean {
  return shape === 'events' || (shape === 'samples' && sampleSeconds !== clock.sampleSeconds);
}
