import type { CallLimit } from '#model/calls.ts';
import { type MetricKey, metricKeys } from '#model/metric.ts';
import { type ResourceType, serverType } from '#model/resource-type.ts';

/**
 * How a native metric becomes a key.
 * - `level`: a state, such as a percentage or a rate; as it is.
 * - `amount`: what was moved since the sample before; over the time between samples it is a rate.
 * - `free_percent`, `free_bytes`: what is left of 100, or of the whole memory; the key is what is not left.
 */
export type Reading = 'level' | 'amount' | 'free_percent' | 'free_bytes';

/** What a metric is read of: the resource itself, or its network interfaces, which are added. */
export const carriers = ['self', 'interfaces'] as const;
export type Carrier = (typeof carriers)[number];

export interface NativeMetric {
  /** Its name in the REST API. */
  readonly metric: string;
  readonly reading: Reading;
  readonly carrier: Carrier;
  /** Seconds between samples. */
  readonly sampleSeconds: number;
}

/** Seconds; how far apart samples are unless a row says otherwise. */
export const minute = 60;

export interface MetricFamily {
  readonly namespace: string;
  /** What every resource of this namespace has once a minute: its samples tell how long those of other metrics reached. */
  readonly clock?: NativeMetric;
}

/** A type of resource with all that is needed to find and measure it: a row. */
export interface AzureType extends ResourceType {
  /** As Resource Graph names it. */
  readonly armType: string;
  readonly families: Readonly<Partial<Record<Carrier, MetricFamily>>>;
  /** By key; `memory.total` is of the size and not measured. */
  readonly native: Readonly<Partial<Record<MetricKey, NativeMetric>>>;
}

/**
 * Source: Azure Monitor reference, "Supported metrics" for Microsoft.Compute/virtualMachines (2026-07-31) and for
 * Microsoft.Network/networkInterfaces (2026-07-13); that CPU is sampled every 15 s: "Metrics aggregation and display
 * explained". `PacketsReceivedRate` is a count in spite of its name.
 */
const serverMetrics = {
  'cpu.utilization': { ...ofMachine('Percentage CPU', 'level'), sampleSeconds: 15 },
  'memory.usage': ofMachine('Available Memory Percentage', 'free_percent'),
  'memory.used': ofMachine('Available Memory Bytes', 'free_bytes'),
  'disk.read_iops': ofMachine('Disk Read Operations/Sec', 'level'),
  'disk.write_iops': ofMachine('Disk Write Operations/Sec', 'level'),
  'disk.read_throughput': ofMachine('Disk Read Bytes', 'amount'),
  'disk.write_throughput': ofMachine('Disk Write Bytes', 'amount'),
  'network.received_throughput': ofMachine('Network In Total', 'amount'),
  'network.sent_throughput': ofMachine('Network Out Total', 'amount'),
  'network.received_pps': ofInterfaces('PacketsReceivedRate'),
  'network.sent_pps': ofInterfaces('PacketsSentRate'),
} as const satisfies Partial<Record<MetricKey, NativeMetric>>;

export const serverKind = {
  id: serverType,
  label: 'Virtual machine',
  group: 'VirtualMachines',
  type: 'Instance',
  metrics: metricKeys.filter((key) => key === 'memory.total' || Object.hasOwn(serverMetrics, key)),
  armType: 'microsoft.compute/virtualmachines',
  families: {
    self: { namespace: 'Microsoft.Compute/virtualMachines', clock: serverMetrics['network.received_throughput'] },
    interfaces: { namespace: 'Microsoft.Network/networkInterfaces' },
  },
  native: serverMetrics,
} as const satisfies AzureType;

export const resourceTypes = [serverKind] as const satisfies readonly AzureType[];

/** Servers that are planned together: 20 calls, and some 20 more for their network interfaces. */
export const batchSize = 1000;

/** The same where percentiles are wanted: some 240 calls, and sketches that fit the memory. */
export const pointsBatchSize = 300;

/**
 * Limits of metrics:getBatch; there is one of 20 metrics, too. Source: "Migrate from the metrics API to the getBatch API", and
 * public collectors for the span.
 */
export const maxIdsPerCall = 50;
export const maxDaysPerCall = 30;

/** Our own bound, as the API does not page: some 4 MB of reply. */
export const maxPointsPerCall = 65_000;

/** Whole days of which platform metrics are kept. Source: "Azure Monitor Metrics overview", retention of 93 days. */
export const retentionDays = 92;

/** Lengths of buckets: a day for averages and extremes, five minutes for the points that percentiles are of. */
export const grains = {
  day: { interval: 'P1D', perDay: 1 },
  point: { interval: 'PT5M', perDay: 288 },
} as const;

/** Of Resource Graph. Source: "Paging results", "Troubleshoot errors using Azure Resource Graph". */
export const graphPageSize = 1000;
export const maxSubscriptionsPerQuery = 1000;

/**
 * Somewhat below what Azure allows. Sources: Resource Manager "Request limits and throttling" (25 reads a second a
 * subscription), Resource Graph "Guidance for throttled requests" (15 queries in 5 s a user). For getBatch there is no
 * confirmed number; 360,000 calls an hour have been told.
 */
export const limits = {
  'entra:token': { perSecond: 5, timeoutMs: 20_000 },
  'resourcemanager:subscriptions': { perSecond: 5, timeoutMs: 30_000 },
  'resourcegraph:resources': { perSecond: 2.5, timeoutMs: 60_000 },
  'compute:skus': { perSecond: 5, timeoutMs: 60_000 },
  'monitor:getBatch': { perSecond: 50, timeoutMs: 60_000 },
  'monitor:metrics': { perSecond: 20, timeoutMs: 30_000 },
  // Of the data source alone: what a type's metrics are.
  'monitor:metricDefinitions': { perSecond: 1, timeoutMs: 30_000 },
} as const satisfies Record<string, CallLimit>;
export type Api = keyof typeof limits;

/**
 * USD. Calls are billed as "native metrics" by the thousand standard calls, a million a month free, which no run of ours
 * comes near. What a call of many series counts as is not said; the dearest reading is one for each series of up to 1,440
 * points. Source: Azure Monitor pricing page, unconfirmed, read 2026-11-22.
 */
export const prices = { standardCall: 0.01 / 1000, pointsPerStandardCall: 1440, readOn: '2026-11-22' } as const;

function ofMachine(metric: string, reading: Reading): NativeMetric {
  return { metric, reading, carrier: 'self', sampleSeconds: minute };
}

function ofInterfaces(metric: string): NativeMetric {
  return { metric, reading: 'amount', carrier: 'interfaces', sampleSeconds: minute };
}
