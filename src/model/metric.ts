/** What can be measured of a server. Every value is in the unit given here, on every cloud. */
export const metrics = {
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
} as const satisfies Record<string, { unit: Unit; label: string }>;

export type Unit = 'percent' | 'bytes' | 'per_second' | 'bytes_per_second';
export type MetricKey = keyof typeof metrics;

/** In the order of the table above; a key's position is also its number in stored days, so the table only ever grows. */
export const metricKeys = Object.keys(metrics).filter(isMetricKey);

export function isMetricKey(text: string): text is MetricKey {
  return Object.hasOwn(metrics, text);
}
