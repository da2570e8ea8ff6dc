import { type MetricKey, metricKeys } from '#model/metric.ts';
import { serverType } from '#model/resource-type.ts';
import type { AzureType, Metric, MetricFamily, NativeMetric, Reading, Shape } from './native-metric.ts';

/** Seconds; how far apart samples are unless a row says otherwise. */
const minute = 60;

/** What every machine has once a minute: its samples tell how long those of other metrics reached. */
const received = metricOf('samples', 'Network In Total', 'amount');

const machines: MetricFamily = { namespace: 'Microsoft.Compute/virtualMachines', carrier: 'self', clock: received };
const interfaces: MetricFamily = { namespace: 'Microsoft.Network/networkInterfaces', carrier: 'interfaces' };

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
  'network.received_throughput': { ...received, family: machines },
  'network.sent_throughput': ofMachine('Network Out Total', 'amount'),
  'network.received_pps': ofInterfaces('PacketsReceivedRate'),
  'network.sent_pps': ofInterfaces('PacketsSentRate'),
} as const satisfies Partial<Record<MetricKey, NativeMetric>>;

export const serverKind = {
  id: serverType,
  label: 'Virtual machine',
  group: 'VirtualMachines',
  type: 'Instance',
  armType: 'microsoft.compute/virtualmachines',
  ...measuredBy(serverMetrics, { 'memory.total': 'Microsoft.Compute/skus MemoryGB' }),
} as const satisfies AzureType;

const busy = metricOf('hours', 'cpu_percent', 'level');
const databases: MetricFamily = { namespace: 'Microsoft.Sql/servers/databases', carrier: 'self', clock: busy };

/**
 * Percentages are of what the database's service objective allows. Source: Azure Monitor reference, "Supported metrics" for
 * Microsoft.Sql/servers/databases (2026-07-31): states by average, maximum and minimum, connections by total and count.
 */
const databaseMetrics = {
  'cpu.utilization': { ...busy, family: databases },
  'memory.usage': ofDatabase('hours', 'sql_instance_memory_percent', 'level'),
  'storage.used': ofDatabase('hours', 'storage', 'level'),
  'storage.free': ofDatabase('hours', 'storage', 'used_bytes'),
  'storage.usage': ofDatabase('hours', 'storage_percent', 'level'),
  'connections.active': ofDatabase('hours', 'sessions_count', 'level'),
  'connections.rate': ofDatabase('events', 'connection_successful', 'amount'),
} as const satisfies Partial<Record<MetricKey, NativeMetric>>;

/** `master` is a server's own, not a database that anybody pays for. */
export const databaseKind = {
  id: 'sql_database',
  label: 'SQL database',
  group: 'SQLDatabases',
  type: 'Database',
  armType: 'microsoft.sql/servers/databases',
  except: "name =~ 'master'",
  ...measuredBy(databaseMetrics, { 'storage.total': 'Resource Graph properties.maxSizeBytes' }),
} as const satisfies AzureType;

const disks: MetricFamily = { namespace: 'Microsoft.Compute/disks', carrier: 'self' };

/** Source: Azure Monitor reference, "Supported metrics" for microsoft.compute/disks (2025-09-01). A queue is told of machines alone. */
const diskMetrics = {
  'disk.read_iops': ofDisk('Composite Disk Read Operations/sec'),
  'disk.write_iops': ofDisk('Composite Disk Write Operations/sec'),
  'disk.read_throughput': ofDisk('Composite Disk Read Bytes/sec'),
  'disk.write_throughput': ofDisk('Composite Disk Write Bytes/sec'),
} as const satisfies Partial<Record<MetricKey, NativeMetric>>;

export const diskKind = {
  id: 'managed_disk',
  label: 'Managed disk',
  group: 'Disks',
  type: 'Disk',
  armType: 'microsoft.compute/disks',
  ...measuredBy(diskMetrics, { 'storage.total': 'Resource Graph properties.diskSizeBytes' }),
} as const satisfies AzureType;

const scaleSets: MetricFamily = { namespace: 'Microsoft.Compute/virtualMachineScaleSets', carrier: 'self' };

/**
 * Of percentages the average over instances and time; of all else what the instances do together. Source: Azure Monitor
 * reference, "Supported metrics" for Microsoft.Compute/virtualMachineScaleSets (2025-04-16).
 */
const scaleSetMetrics = {
  'cpu.utilization': { ...ofInstances('Percentage CPU', 'level'), sampleSeconds: 15 },
  'memory.usage': ofInstances('Available Memory Percentage', 'free_percent'),
  'disk.read_iops': ofAllInstances('Disk Read Operations/Sec', 'level'),
  'disk.write_iops': ofAllInstances('Disk Write Operations/Sec', 'level'),
  'disk.read_throughput': ofAllInstances('Disk Read Bytes', 'amount'),
  'disk.write_throughput': ofAllInstances('Disk Write Bytes', 'amount'),
  'network.received_throughput': ofAllInstances('Network In Total', 'amount'),
  'network.sent_throughput': ofAllInstances('Network Out Total', 'amount'),
} as const satisfies Partial<Record<MetricKey, NativeMetric>>;

/** Those in Flexible mode are left out: their instances are virtual machines like any other, and are found as such. */
export const scaleSetKind = {
  id: 'vm_scale_set',
  label: 'Virtual machine scale set (Uniform)',
  group: 'VMScaleSets',
  type: 'ScaleSet',
  armType: 'microsoft.compute/virtualmachinescalesets',
  except: "tostring(properties.orchestrationMode) =~ 'Flexible'",
  ...measuredBy(scaleSetMetrics, {}),
} as const satisfies AzureType;

/** Servers first. */
export const resourceTypes = [serverKind, databaseKind, diskKind, scaleSetKind] as const satisfies readonly AzureType[];

function measuredBy<N extends AzureType['native'], C extends AzureType['constants']>(native: N, constants: C) {
  const metrics = metricKeys.filter((key) => Object.hasOwn(native, key) || Object.hasOwn(constants, key));
  return { metrics, native, constants };
}

function metricOf(shape: Shape, metric: string, reading: Reading): Metric {
  return { metric, shape, reading, sampleSeconds: minute };
}

function ofMachine(metric: string, reading: Reading): NativeMetric {
  return { ...metricOf('samples', metric, reading), family: machines };
}

function ofInterfaces(metric: string): NativeMetric {
  return { ...metricOf('samples', metric, 'amount'), family: interfaces };
}

function ofDatabase(shape: Shape, metric: string, reading: Reading): NativeMetric {
  return { ...metricOf(shape, metric, reading), family: databases };
}

function ofDisk(metric: string): NativeMetric {
  return { ...metricOf('samples', metric, 'level'), family: disks };
}

function ofInstances(metric: string, reading: Reading): NativeMetric {
  return { ...metricOf('instances', metric, reading), family: scaleSets };
}

function ofAllInstances(metric: string, reading: Reading): NativeMetric {
  return { ...ofInstances(metric, reading), isAdded: true };
}
