import { z } from 'zod';
import type { NativeMetric, PlatformProvider, Sampling } from './platform-provider.ts';

const Stored = z.object({ resource_id: z.string().min(1) });

/** No packets: what the old plugin took for them are flows. */
export const azure: PlatformProvider = {
  id: 'azure',
  groups: ['VirtualMachines', 'Compute'],
  types: ['Instance', 'VirtualMachine'],
  batchV1: 10,
  mean: 'MEAN',
  sampleDistances: [60],
  nullIsZero: true,
  keys: {
    'cpu.utilization': [vm('Percentage CPU', 'level')],
    'memory.usage': [{ ...vm('Available Memory Bytes', 'level'), isRest: true, isShare: true }],
    'memory.used': [{ ...vm('Available Memory Bytes', 'level'), isRest: true }],
    'disk.read_iops': [vm('Disk Read Operations/Sec', 'level')],
    'disk.write_iops': [vm('Disk Write Operations/Sec', 'level')],
    'disk.read_throughput': [vm('Disk Read Bytes', 'amount')],
    'disk.write_throughput': [vm('Disk Write Bytes', 'amount')],
    'network.received_throughput': [vm('Network In Total', 'amount')],
    'network.sent_throughput': [vm('Network Out Total', 'amount')],
  },
  legacyKeys: {
    'cpu.utilization': 'Percentage CPU',
    'disk.read_iops': 'Disk Read Operations/Sec',
    'disk.write_iops': 'Data Disk Write Operations/Sec',
    'disk.read_throughput': 'Disk Read Bytes',
    'disk.write_throughput': 'Disk Write Bytes',
    'network.received_throughput': 'Network In',
    'network.sent_throughput': 'Network Out',
    'network.received_pps': 'Inbound Flows',
    'network.sent_pps': 'Outbound Flows',
  },
  states: {
    CREATING: 'PENDING',
    STARTING: 'PENDING',
    RUNNING: 'RUNNING',
    STOPPING: 'STOPPED',
    STOPPED: 'STOPPED',
    DEALLOCATING: 'STOPPED',
    DEALLOCATED: 'STOPPED',
    DELETING: 'TERMINATED',
  },
  queryKey: 'azure_monitor',
  queryOf(stored) {
    const { data } = Stored.safeParse(stored);
    return data && { resource_id: data.resource_id };
  },
};

function vm(name: string, sampling: Sampling): NativeMetric {
  return { name, sampling, counter: 'Network In Total' };
}
