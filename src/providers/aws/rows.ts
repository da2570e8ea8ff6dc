import { isMetricKey, type MetricKey } from '#model/metric.ts';
import { daySeconds } from '#model/window.ts';
import { bucketSize } from './catalog.ts';

/**
 * How the samples of a metric become a key.
 * - `level`: a state at the time of the sample, rates per second among them; its average is that of the samples.
 * - `amount`: what was moved since the sample before, `sampleSeconds` ago.
 * - `total`: samples are operations, so that only `Sum` over a known period makes a rate; `clock` tells that there was one.
 * - `events`: what happened. Where nothing does CloudWatch gets no sample, so silence is a zero while the resource is there.
 * - `each`: of single events, such as how long a request took; its average is of events, not of time.
 */
export type Reading = 'level' | 'amount' | 'total' | 'events' | 'each';

/** A key of a type of resource, and the metrics of CloudWatch that it is read from. */
export interface Row {
  readonly key: MetricKey;
  /** Added where there are several. */
  readonly metrics: readonly string[];
  readonly reading: Reading;
  /** From the native unit to that of the key; 1 where absent. */
  readonly factor?: number;
  /** The metric is what is left of this constant, and the key what is not: in bytes, or of a hundred. */
  readonly leftOf?: 'memory.total' | 'storage.total';
  /** Of `amount`, and of a `level` whose samples cannot be counted to tell it. */
  readonly sampleSeconds?: number;
  /** Of `total`: has a sample in every period in which the resource was measured, zeros too. */
  readonly clock?: string;
  /** Of `events`: its maximum is the key's, where one is there. */
  readonly peak?: string;
  /** What the metric is narrowed to beside the resource: by `StorageType`, to all objects or to each type that the bucket holds. */
  readonly storageType?: 'all' | 'each';
}

/** What is measured of resources whose metrics have the same names. */
export interface RowSet {
  readonly namespace: string;
  readonly rows: readonly Row[];
  /** Keys that discovery tells and that do not change, and from where. */
  readonly constants?: Readonly<Partial<Record<MetricKey, string>>>;
}

const instanceMemory = { 'memory.total': 'EC2 DescribeInstanceTypes MemoryInfo' } as const;

/** What RDS and DocumentDB have in common. Rates are per second already, `ReadIOPS` as much as `NetworkReceiveThroughput`. */
const databaseRows = [
  level('cpu.utilization', 'CPUUtilization'),
  { ...level('memory.usage', 'FreeableMemory'), leftOf: 'memory.total' },
  { ...level('memory.used', 'FreeableMemory'), leftOf: 'memory.total' },
  level('disk.read_iops', 'ReadIOPS'),
  level('disk.write_iops', 'WriteIOPS'),
  level('disk.read_throughput', 'ReadThroughput'),
  level('disk.write_throughput', 'WriteThroughput'),
  level('disk.queue_length', 'DiskQueueDepth'),
  level('network.received_throughput', 'NetworkReceiveThroughput'),
  level('network.sent_throughput', 'NetworkTransmitThroughput'),
  level('connections.active', 'DatabaseConnections'),
] as const satisfies readonly Row[];

/** ElastiCache counts per sample, and sends one a minute. */
const cacheRows = [
  level('cpu.utilization', 'CPUUtilization'),
  amount('network.received_throughput', 'NetworkBytesIn'),
  amount('network.sent_throughput', 'NetworkBytesOut'),
  amount('network.received_pps', 'NetworkPacketsIn'),
  amount('network.sent_pps', 'NetworkPacketsOut'),
  level('connections.active', 'CurrConnections'),
] as const satisfies readonly Row[];

/**
 * By what the metrics are called. Sources, read 2026-11-22: the CloudWatch chapters of the RDS, Aurora and DocumentDB guides; EBS
 * user guide, "CloudWatch metrics for Amazon EBS"; the guides of Application, Network and Classic Load Balancers, each with its
 * "Reporting criteria"; ElastiCache, "Host-level metrics" and "Metrics for Redis", "for Memcached"; Lambda, "Types of metrics";
 * S3, "Metrics and dimensions".
 */
export const rowSets = {
  rds: {
    namespace: 'AWS/RDS',
    rows: [
      ...databaseRows,
      level('storage.free', 'FreeStorageSpace'),
      { ...level('storage.used', 'FreeStorageSpace'), leftOf: 'storage.total' },
      { ...level('storage.usage', 'FreeStorageSpace'), leftOf: 'storage.total' },
    ],
    constants: { ...instanceMemory, 'storage.total': 'RDS DescribeDBInstances AllocatedStorage' },
  },
  /** An instance of Aurora has no storage of its own: the cluster's volume grows as it is filled. */
  aurora: { namespace: 'AWS/RDS', rows: databaseRows, constants: instanceMemory },
  documentdb: { namespace: 'AWS/DocDB', rows: databaseRows, constants: instanceMemory },
  /** Sent only while attached. On Xen bytes are sent only where there were operations; the counts of those always are. */
  ebs: {
    namespace: 'AWS/EBS',
    rows: [
      total('disk.read_iops', 'VolumeReadOps', 'VolumeReadOps'),
      total('disk.write_iops', 'VolumeWriteOps', 'VolumeWriteOps'),
      total('disk.read_throughput', 'VolumeReadBytes', 'VolumeReadOps'),
      total('disk.write_throughput', 'VolumeWriteBytes', 'VolumeWriteOps'),
      level('disk.queue_length', 'VolumeQueueLength'),
    ],
    constants: { 'storage.total': 'EC2 DescribeVolumes Size' },
  },
  application_load_balancer: {
    namespace: 'AWS/ApplicationELB',
    rows: [
      events('requests.rate', 'RequestCount'),
      events('requests.errors', 'HTTPCode_ELB_5XX_Count', 'HTTPCode_Target_5XX_Count'),
      each('requests.latency', 'TargetResponseTime'),
      // Every minute brings its sum over the balancer's nodes.
      { ...events('connections.active', 'ActiveConnectionCount'), factor: 60 },
      events('connections.rate', 'NewConnectionCount'),
      events('network.throughput', 'ProcessedBytes'),
    ],
  },
  network_load_balancer: {
    namespace: 'AWS/NetworkELB',
    rows: [
      level('connections.active', 'ActiveFlowCount'),
      events('connections.rate', 'NewFlowCount'),
      events('network.throughput', 'ProcessedBytes'),
    ],
  },
  classic_load_balancer: {
    namespace: 'AWS/ELB',
    rows: [
      events('requests.rate', 'RequestCount'),
      events('requests.errors', 'HTTPCode_ELB_5XX', 'HTTPCode_Backend_5XX'),
      events('requests.throttles', 'SpilloverCount'),
      each('requests.latency', 'Latency'),
      events('network.throughput', 'EstimatedProcessedBytes'),
    ],
  },
  redis: {
    namespace: 'AWS/ElastiCache',
    rows: [
      ...cacheRows,
      level('memory.usage', 'DatabaseMemoryUsagePercentage'),
      level('memory.used', 'BytesUsedForCache'),
      amount('cache.hits', 'CacheHits'),
      amount('cache.misses', 'CacheMisses'),
    ],
  },
  memcached: {
    namespace: 'AWS/ElastiCache',
    rows: [
      ...cacheRows,
      level('memory.used', 'BytesUsedForCacheItems'),
      amount('cache.hits', 'GetHits'),
      amount('cache.misses', 'GetMisses'),
    ],
  },
  lambda: {
    namespace: 'AWS/Lambda',
    rows: [
      events('requests.rate', 'Invocations'),
      events('requests.errors', 'Errors'),
      events('requests.throttles', 'Throttles'),
      { ...each('requests.latency', 'Duration'), factor: 1 / 1000 },
      // By Little's law the time that all invocations took together, over the time in which they did.
      { ...events('requests.concurrency', 'Duration'), factor: 1 / 1000, peak: 'ConcurrentExecutions' },
    ],
  },
  /** One sample a day, of what was there at its beginning. */
  s3: {
    namespace: bucketSize.namespace,
    rows: [
      { ...level('storage.used', bucketSize.metric), sampleSeconds: daySeconds, storageType: 'each' },
      { ...level('storage.objects', 'NumberOfObjects'), sampleSeconds: daySeconds, storageType: 'all' },
    ],
  },
} as const satisfies Record<string, RowSet>;
export type RowSetId = keyof typeof rowSets;

/** The keys that CloudWatch or discovery can tell of such resources. */
export function keysOfRows(id: RowSetId): MetricKey[] {
  const { rows, constants = {} }: RowSet = rowSets[id];
  return [...rows.map(({ key }) => key), ...Object.keys(constants).filter(isMetricKey)];
}

function level<const K extends MetricKey>(key: K, metric: string) {
  return { key, metrics: [metric], reading: 'level' } as const;
}

function amount<const K extends MetricKey>(key: K, metric: string) {
  return { key, metrics: [metric], reading: 'amount', sampleSeconds: 60 } as const;
}

function total<const K extends MetricKey>(key: K, metric: string, clock: string) {
  return { key, metrics: [metric], reading: 'total', clock } as const;
}

function events<const K extends MetricKey>(key: K, ...metrics: readonly string[]) {
  return { key, metrics, reading: 'events' } as const;
}

function each<const K extends MetricKey>(key: K, metric: string) {
  return { key, metrics: [metric], reading: 'each' } as const;
}
