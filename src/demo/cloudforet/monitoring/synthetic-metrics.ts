import type { Provider } from '../inventory/server.ts';

/** How a made-up metric's values look. */
export interface SyntheticMetric {
  /** Range of an average. */
  readonly low: number;
  readonly high: number;
  /** Reported in whole numbers. */
  readonly whole?: true;
  /** Servers that have it, by what they are. Default: all. */
  readonly of?: 'nitro' | 'others' | 'agents';
}

const percent: SyntheticMetric = { low: 0, high: 90 };
const operations: SyntheticMetric = { low: 0, high: 50_000, whole: true };
const bytes: SyntheticMetric = { low: 1e5, high: 5e9, whole: true };
const memoryBytes: SyntheticMetric = { low: 2 ** 30, high: 2 ** 36, whole: true };

/** By metric name. AWS reports disks under one of two names, and memory only of servers with an agent. */
export const syntheticMetrics: Readonly<Record<Provider, Readonly<Record<string, SyntheticMetric>>>> = {
  aws: {
    CPUUtilization: percent,
    DiskReadOps: { ...operations, of: 'others' },
    DiskWriteOps: { ...operations, of: 'others' },
    DiskReadBytes: { ...bytes, of: 'others' },
    DiskWriteBytes: { ...bytes, of: 'others' },
    EBSReadOps: { ...operations, of: 'nitro' },
    EBSWriteOps: { ...operations, of: 'nitro' },
    EBSReadBytes: { ...bytes, of: 'nitro' },
    EBSWriteBytes: { ...bytes, of: 'nitro' },
    NetworkIn: bytes,
    NetworkOut: bytes,
    NetworkPacketsIn: operations,
    NetworkPacketsOut: operations,
    mem_used_percent: { ...percent, of: 'agents' },
    mem_used: { ...memoryBytes, of: 'agents' },
    mem_total: { ...memoryBytes, of: 'agents' },
  },
  google_cloud: {
    'compute.googleapis.com/instance/cpu/utilization': percent,
    'compute.googleapis.com/instance/memory/balloon/ram_size': memoryBytes,
    'compute.googleapis.com/instance/memory/balloon/ram_used': memoryBytes,
    'compute.googleapis.com/instance/disk/read_ops_count': operations,
    'compute.googleapis.com/instance/disk/write_ops_count': operations,
    'compute.googleapis.com/instance/disk/read_bytes_count': bytes,
    'compute.googleapis.com/instance/disk/write_bytes_count': bytes,
    'compute.googleapis.com/instance/network/received_packets_count': operations,
    'compute.googleapis.com/instance/network/sent_packets_count': operations,
    'compute.googleapis.com/instance/network/received_bytes_count': bytes,
    'compute.googleapis.com/instance/network/sent_bytes_count': bytes,
  },
  azure: {
    'Percentage CPU': percent,
    'Available Memory Bytes': memoryBytes,
    'Disk Read Operations/Sec': { low: 0, high: 500 },
    'Disk Write Operations/Sec': { low: 0, high: 500 },
    'Data Disk Read Operations/Sec': { low: 0, high: 500 },
    'Data Disk Write Operations/Sec': { low: 0, high: 500 },
    'Disk Read Bytes': bytes,
    'Disk Write Bytes': bytes,
    'Network In': bytes,
    'Network Out': bytes,
    'Network In Total': bytes,
    'Network Out Total': bytes,
    'Inbound Flows': { low: 0, high: 900 },
    'Outbound Flows': { low: 0, high: 900 },
  },
};
