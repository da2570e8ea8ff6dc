import { z } from 'zod';
import type { NativeMetric, PlatformProvider, Sampling } from './platform-provider.ts';

const Stored = z.object({
  name: z.string(),
  resource_id: z.string(),
  filters: z.array(
    z.object({ metric_type: z.string(), labels: z.array(z.object({ key: z.string(), value: z.string() })).min(1) }),
  ),
});

const prefix = 'compute.googleapis.com/instance';

/** Its data source tells CPU in percent already, whole numbers as text, and of several disks or cards only the first. */
export const googleCloud: PlatformProvider = {
  id: 'google_cloud',
  groups: ['ComputeEngine'],
  types: ['Instance'],
  batchV1: 100,
  mean: 'MEAN',
  sampleDistances: [60],
  nullIsZero: false,
  keys: {
    'cpu.utilization': [gce('cpu/utilization', 'level')],
    'memory.usage': [{ ...gce('memory/balloon/ram_used', 'level'), isShare: true }],
    'memory.used': [gce('memory/balloon/ram_used', 'level')],
    'disk.read_iops': [gce('disk/read_ops_count', 'amount')],
    'disk.write_iops': [gce('disk/write_ops_count', 'amount')],
    'disk.read_throughput': [gce('disk/read_bytes_count', 'amount')],
    'disk.write_throughput': [gce('disk/write_bytes_count', 'amount')],
    'network.received_throughput': [gce('network/received_bytes_count', 'amount')],
    'network.sent_throughput': [gce('network/sent_bytes_count', 'amount')],
    'network.received_pps': [gce('network/received_packets_count', 'amount')],
    'network.sent_pps': [gce('network/sent_packets_count', 'amount')],
  },
  legacyKeys: {
    'cpu.utilization': `${prefix}/cpu/utilization`,
    'memory.total': `${prefix}/memory/balloon/ram_size`,
    'memory.used': `${prefix}/memory/balloon/ram_used`,
    'disk.read_iops': `${prefix}/disk/read_ops_count`,
    'disk.write_iops': `${prefix}/disk/write_ops_count`,
    'disk.read_throughput': `${prefix}/disk/read_bytes_count`,
    'disk.write_throughput': `${prefix}/disk/write_bytes_count`,
    'network.received_throughput': `${prefix}/network/received_bytes_count`,
    'network.sent_throughput': `${prefix}/network/sent_bytes_count`,
    'network.received_pps': `${prefix}/network/received_packets_count`,
    'network.sent_pps': `${prefix}/network/sent_packets_count`,
  },
  states: {
    PROVISIONING: 'PENDING',
    STAGING: 'PENDING',
    RUNNING: 'RUNNING',
    REPAIRING: 'RUNNING',
    STOPPING: 'STOPPED',
    SUSPENDING: 'STOPPED',
    SUSPENDED: 'STOPPED',
    STOPPED: 'STOPPED',
    // Compute Engine's word for a machine that is switched off.
    TERMINATED: 'STOPPED',
  },
  queryKey: 'google_cloud_monitoring',
  queryOf(stored, metric) {
    const { data } = Stored.safeParse(stored);
    const filter = data?.filters.find(({ metric_type }) => metric.startsWith(metric_type));
    if (data === undefined || filter === undefined) return undefined;
    return { name: data.name, resource_id: data.resource_id, filter: { metric_type: metric, labels: filter.labels } };
  },
};

function gce(name: string, sampling: Sampling): NativeMetric {
  return { name: `${prefix}/${name}`, sampling, counter: `${prefix}/cpu/utilization` };
}
