import { z } from 'zod';
import type { NativeMetric, PlatformProvider, Sampling } from './platform-provider.ts';

const Stored = z.object({
  metrics_info: z.array(
    z.object({ Namespace: z.string(), Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).min(1) }),
  ),
});

const namespace = 'AWS/EC2';

/** Types whose families have no instance store: T, A1, and of C, M and R those since the fourth generation without a `d`. */
const withoutInstanceStore = /^(t\d[a-z]*|a1|[cmr]([4-9]|\d\d)([abceg-z]|-flex)*)\./;

export const aws: PlatformProvider = {
  id: 'aws',
  groups: ['EC2'],
  types: ['Instance'],
  batchV1: 200,
  mean: 'AVERAGE',
  sampleDistances: [300, 60],
  nullIsZero: false,
  keys: {
    'cpu.utilization': [ec2('CPUUtilization', 'level')],
    'disk.read_iops': disk('ReadOps'),
    'disk.write_iops': disk('WriteOps'),
    'disk.read_throughput': disk('ReadBytes'),
    'disk.write_throughput': disk('WriteBytes'),
    'network.received_throughput': [ec2('NetworkIn', 'amount')],
    'network.sent_throughput': [ec2('NetworkOut', 'amount')],
    'network.received_pps': [ec2('NetworkPacketsIn', 'amount', 'NetworkPacketsIn')],
    'network.sent_pps': [ec2('NetworkPacketsOut', 'amount', 'NetworkPacketsIn')],
  },
  legacyKeys: {
    'cpu.utilization': 'CPUUtilization',
    'disk.read_iops': 'EBSReadOps',
    'disk.write_iops': 'EBSWriteOps',
    'disk.read_throughput': 'EBSReadBytes',
    'disk.write_throughput': 'EBSWriteBytes',
    'network.received_throughput': 'NetworkIn',
    'network.sent_throughput': 'NetworkOut',
    'network.received_pps': 'NetworkPacketsIn',
    'network.sent_pps': 'NetworkPacketsOut',
  },
  states: {
    PENDING: 'PENDING',
    RUNNING: 'RUNNING',
    STOPPING: 'STOPPED',
    STOPPED: 'STOPPED',
    'SHUTTING-DOWN': 'TERMINATED',
    TERMINATED: 'TERMINATED',
  },
  queryKey: 'cloudwatch',
  queryOf(stored, metric) {
    const parsed = Stored.safeParse(stored);
    const info = parsed.data?.metrics_info.find((each) => each.Namespace === namespace);
    return info && { Namespace: namespace, MetricName: metric, Dimensions: info.Dimensions };
  },
};

/** @param counter packets are counted every five minutes, whatever the rest is */
function ec2(name: string, sampling: Sampling, counter = 'NetworkIn'): NativeMetric {
  return { name, sampling, counter };
}

/** Volumes as the Nitro card counts them, and the instance store; Xen sends zeros for a store that is not there. */
function disk(what: string): readonly NativeMetric[] {
  return [
    ec2(`EBS${what}`, 'amount'),
    { ...ec2(`Disk${what}`, 'amount'), unlikelyOf: withoutInstanceStore, zeroSaysNothing: true },
  ];
}
