/** What can be measured of a server. */
const serverMetrics = {
  'cpu.utilization': { unit: 'percent', label: 'CPU utilization' },
  'memory.usage': { unit: 'percent', label: 'Memory usage' },
  'memory.total': { unit: 'bytes', label: 'Memory total' },
  'memory.used': { unit: 'bytes', label: 'Memory used' },
  'disk.read_iops': { unit: 'per_second', label: 'Disk read IOPS' },
  'disk.write_iops': { unit: 'per_second', label: 'Disk write IOPS' },
  'disk.read_throughput': { unit: 'bytes_per_second', label: 'Disk read throughput' },
  'disk.write_throughput': { unit: 'bytes_per_second', label: 'Disk write throughput' },
  'network.received_throughput': { unit: 'bytes_per_second', label: 'Network received throughput' },
  'network.sent_throughput': { unit: 'bytes_per_second', label: 'Network sent throughput' },
  'network.received_pps': { unit: 'per_second', label: 'Network received packets' },
  'network.sent_pps': { unit: 'per_second', label: 'Network sent packets' },
} as const satisfies Record<string, Metric>;

/** What can be measured, of resources of any type. Every value is in the unit given here, on every cloud. */
export const metrics = {
  ...serverMetrics,
  /** Operations that wait for a disk or a volume. */
  'disk.queue_length': { unit: 'count', label: 'Disk queue length' },
  /** What may be stored: the size of a volume or of a database's storage. */
  'storage.total': { unit: 'bytes', label: 'Storage total' },
  'storage.used': { unit: 'bytes', label: 'Storage used' },
  'storage.free': { unit: 'bytes', label: 'Storage free' },
  'storage.usage': { unit: 'percent', label: 'Storage usage' },
  'storage.objects': { unit: 'count', label: 'Objects stored' },
  /** Open at a time, whether busy or not. */
  'connections.active': { unit: 'count', label: 'Connections' },
  'connections.rate': { unit: 'per_second', label: 'New connections' },
  /** Requests to a load balancer, invocations of a function. */
  'requests.rate': { unit: 'per_second', label: 'Requests' },
  /** Requests that the service itself failed to serve. */
  'requests.errors': { unit: 'per_second', label: 'Failed requests' },
  /** Requests that were turned away for want of room. */
  'requests.throttles': { unit: 'per_second', label: 'Throttled requests' },
  /** How long a request took to be served; its average is of requests, not of time. */
  'requests.latency': { unit: 'seconds', label: 'Response time' },
  'requests.concurrency': { unit: 'count', label: 'Concurrent requests' },
  /** Both directions together, where the cloud does not tell them apart. */
  'network.throughput': { unit: 'bytes_per_second', label: 'Network throughput' },
  'cache.hits': { unit: 'per_second', label: 'Cache hits' },
  'cache.misses': { unit: 'per_second', label: 'Cache misses' },
} as const satisfies Record<string, Metric>;

interface Metric {
  readonly unit: Unit;
  readonly label: string;
}

export type Unit = 'percent' | 'bytes' | 'per_second' | 'bytes_per_second' | 'count' | 'seconds';
export type MetricKey = keyof typeof metrics;

/** Of servers, in the order in which they are shown. */
export const serverMetricKeys = Object.keys(serverMetrics).filter(isMetricKey);

/** In the order of the table above; a key's position is also its number in stored days, so the table only ever grows. */
export const metricKeys = Object.keys(metrics).filter(isMetricKey);

export function isMetricKey(text: string): text is MetricKey {
  return Object.hasOwn(metrics, text);
}
