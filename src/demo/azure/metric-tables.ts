import type { Track } from './levels.ts';
import { availableMemoryOf, bytesOf, countOf, cpuOf, type Flow, type Machine } from './machine.ts';
import type { Quantity } from './quantity.ts';
import { type Resource, type ResourceType, resourceTypes } from './resource.ts';
import type { ScaleSet } from './scale-set.ts';
import { type SqlDatabase, sqlCountOf, sqlMemoryOf, sqlPercentOf, sqlStorageOf } from './sql-database.ts';
import { looseOrdinal, type VirtualMachine } from './virtual-machine.ts';

/** How the samples of a bucket become one number. */
export const aggregations = ['average', 'count', 'maximum', 'minimum', 'total'] as const;
export type Aggregation = (typeof aggregations)[number];

/** What Azure Monitor tells of a metric besides its values. */
export interface MetricTraits {
  /** As the REST API spells it. */
  readonly name: string;
  readonly unit: 'Percent' | 'Bytes' | 'Count' | 'CountPerSecond' | 'BytesPerSecond';
  /** The aggregation of a query that names none. */
  readonly primary: Aggregation;
  readonly description: string;
  /** Samples that the platform takes in a minute. */
  readonly samplesPerMinute: 1 | 4;
  /** Aggregations that may be asked for; all where absent. */
  readonly supports?: readonly Aggregation[];
}

/** What is sampled for one value of a metric's dimension, or for the whole metric. */
export interface Source {
  readonly quantity: Quantity;
  /** The quantity is per minute and the metric is per second; or a part of one and the metric is in percent. */
  readonly scale: number;
  readonly dimensionValue?: string;
}

/** A metric of a resource: `sources` is empty where the platform publishes none for it. */
export interface Metric {
  readonly traits: MetricTraits;
  readonly sources: readonly Source[];
}

interface Row<R> extends MetricTraits {
  readonly sourcesOf: (resource: R) => readonly Source[];
}

const perSecond = 1 / 60;
const percent = 100;

function row<R>(
  [name, unit, primary]: readonly [string, MetricTraits['unit'], Aggregation],
  description: string,
  sourcesOf: Row<R>['sourcesOf'],
  samplesPerMinute: 1 | 4 = 1,
): Row<R> {
  return { name, unit, primary, description, samplesPerMinute, sourcesOf };
}

const cpu: Row<Machine> = row(
  ['Percentage CPU', 'Percent', 'average'],
  'The percentage of allocated compute units that are currently in use by the Virtual Machine(s)',
  (machine) => [{ quantity: cpuOf(machine), scale: 1 }],
  4,
);

/** What the platform measures of anything that runs, from outside of it. */
const machineRows: readonly Row<Machine>[] = [
  cpu,
  flowRow('Disk Read Bytes', 'diskRead', 'Bytes read from disk during monitoring period'),
  flowRow('Disk Write Bytes', 'diskWrite', 'Bytes written to disk during monitoring period'),
  operationsRow('Disk Read Operations/Sec', 'diskRead', 'Disk Read IOPS'),
  operationsRow('Disk Write Operations/Sec', 'diskWrite', 'Disk Write IOPS'),
  flowRow('Network In Total', 'networkIn', 'The number of bytes received on all network interfaces'),
  flowRow('Network Out Total', 'networkOut', 'The number of bytes out on all network interfaces'),
  flowRow('Network In', 'networkIn', 'The number of billable bytes received (Deprecated)', 0.75),
  flowRow('Network Out', 'networkOut', 'The number of billable bytes out (Deprecated)', 0.75),
];

function flowRow(name: string, flow: Flow, description: string, scale = 1): Row<Machine> {
  return row([name, 'Bytes', 'total'], description, (machine) => [{ quantity: bytesOf(machine, flow), scale }]);
}

function operationsRow(name: string, flow: Flow, description: string): Row<Machine> {
  const sourcesOf = (machine: Machine) => [{ quantity: countOf(machine, flow), scale: perSecond }];
  return row([name, 'CountPerSecond', 'average'], description, sourcesOf);
}

const virtualMachineRows: readonly Row<VirtualMachine>[] = [
  ...machineRows,
  row(
    ['Available Memory Percentage', 'Percent', 'average'],
    'Amount of physical memory, in percentage, immediately available for allocation',
    (vm) => (vm.memoryMetrics ? [{ quantity: availableMemoryOf(vm), scale: percent }] : []),
  ),
  row(
    ['Available Memory Bytes', 'Bytes', 'average'],
    'Amount of physical memory, in bytes, immediately available for allocation',
    (vm) => (vm.memoryMetrics ? [memoryBytes(vm)] : []),
  ),
];

function memoryBytes(machine: Machine): Source {
  return { quantity: availableMemoryOf(machine), scale: machine.size.memoryGib * 2 ** 30 };
}

const scaleSetRows: readonly Row<ScaleSet>[] = [
  ...machineRows,
  row<Machine>(
    ['Available Memory Percentage', 'Percent', 'average'],
    'Amount of physical memory, in percentage, immediately available for allocation',
    (machine) => [{ quantity: availableMemoryOf(machine), scale: percent }],
  ),
  row<Machine>(
    ['Available Memory Bytes', 'Bytes', 'average'],
    'Amount of physical memory, in bytes, immediately available for allocation',
    (machine) => [memoryBytes(machine)],
  ),
].map(({ sourcesOf, ...traits }) => ({
  ...traits,
  sourcesOf: ({ instances }) =>
    instances.flatMap((one) => sourcesOf(one).map((source) => ({ ...source, dimensionValue: one.name }))),
}));

/** A network interface or a disk of a machine. */
interface Device {
  readonly vm: VirtualMachine;
  readonly ordinal: number;
}

function trackOf({ ordinal }: Device, devices: 1 | 2): Track {
  if (devices === 1) return 'whole';
  return ordinal === 0 ? 'first' : 'second';
}

const interfaceRows: readonly Row<Device>[] = [
  interfaceRow('BytesReceivedRate', 'networkIn', 'Number of bytes the Network Interface received'),
  interfaceRow('BytesSentRate', 'networkOut', 'Number of bytes the Network Interface sent'),
  interfaceRow('PacketsReceivedRate', 'networkIn', 'Number of packets the Network Interface received'),
  interfaceRow('PacketsSentRate', 'networkOut', 'Number of packets the Network Interface sent'),
];

/** Totals, in spite of their names. */
function interfaceRow(name: string, flow: Flow, description: string): Row<Device> {
  const inBytes = name.startsWith('Bytes');
  return row([name, inBytes ? 'Bytes' : 'Count', 'total'], description, (device) => {
    const track = trackOf(device, device.vm.interfaces);
    return [{ quantity: (inBytes ? bytesOf : countOf)(device.vm, flow, track), scale: 1 }];
  });
}

const diskRows: readonly Row<Device>[] = [
  diskRow('Composite Disk Read Bytes/sec', 'diskRead', 'Bytes/sec read from disk during monitoring period'),
  diskRow('Composite Disk Write Bytes/sec', 'diskWrite', 'Bytes/sec written to disk during monitoring period'),
  diskRow('Composite Disk Read Operations/sec', 'diskRead', 'Number of read IOs performed on a disk'),
  diskRow('Composite Disk Write Operations/sec', 'diskWrite', 'Number of write IOs performed on a disk'),
];

function diskRow(name: string, flow: Flow, description: string): Row<Device> {
  const inBytes = name.includes('Bytes');
  return row([name, inBytes ? 'BytesPerSecond' : 'CountPerSecond', 'average'], description, (device) => {
    if (device.ordinal === looseOrdinal) return [];
    const track = trackOf(device, device.vm.disks);
    return [{ quantity: (inBytes ? bytesOf : countOf)(device.vm, flow, track), scale: perSecond }];
  });
}

const databaseRows: readonly Row<SqlDatabase>[] = [
  databaseRow(['cpu_percent', 'Percent', 'average'], 'CPU percentage', (one) => sqlPercentOf(one, 'cpu')),
  databaseRow(['physical_data_read_percent', 'Percent', 'average'], 'Data IO percentage', (one) =>
    sqlPercentOf(one, 'data'),
  ),
  databaseRow(['log_write_percent', 'Percent', 'average'], 'Log IO percentage', (one) => sqlPercentOf(one, 'log')),
  databaseRow(['dtu_consumption_percent', 'Percent', 'average'], 'DTU Percentage', (one) => sqlPercentOf(one, 'cpu')),
  databaseRow(['sql_instance_memory_percent', 'Percent', 'average'], 'SQL instance memory percent', sqlMemoryOf),
  databaseRow(['storage', 'Bytes', 'maximum'], 'Data space used', sqlStorageOf),
  databaseRow(
    ['storage_percent', 'Percent', 'maximum'],
    'Data space used percent',
    sqlStorageOf,
    (one) => percent / one.maxSizeBytes,
  ),
  databaseRow(['sessions_count', 'Count', 'average'], 'Number of active sessions', (one) =>
    sqlCountOf(one, 'sessions'),
  ),
  databaseRow(['connection_successful', 'Count', 'total'], 'Successful Connections', (one) =>
    sqlCountOf(one, 'connections'),
  ),
];

function databaseRow(
  head: readonly [string, MetricTraits['unit'], Aggregation],
  description: string,
  quantityOf: (database: SqlDatabase) => Quantity,
  scaleOf: (database: SqlDatabase) => number = () => 1,
): Row<SqlDatabase> {
  const supports: readonly Aggregation[] = head[2] === 'total' ? ['total', 'count'] : ['average', 'maximum', 'minimum'];
  return { ...row(head, description, (one) => [{ quantity: quantityOf(one), scale: scaleOf(one) }]), supports };
}

function table<R>(rows: readonly Row<R>[]): ReadonlyMap<string, Row<R>> {
  return new Map(rows.map((one) => [one.name.toLowerCase(), one]));
}

const tables = {
  'microsoft.compute/virtualmachines': table(virtualMachineRows),
  'microsoft.network/networkinterfaces': table(interfaceRows),
  'microsoft.compute/disks': table(diskRows),
  'microsoft.compute/virtualmachinescalesets': table(scaleSetRows),
  'microsoft.sql/servers/databases': table(databaseRows),
} as const satisfies Record<ResourceType, unknown>;

/** What a type's metric is like; undefined for a name, in any spelling, that the type does not have. */
export function traitsOf(type: ResourceType, name: string): MetricTraits | undefined {
  return tables[type].get(name.toLowerCase());
}

/** The metric names of a type. */
export function metricNamesOf(type: ResourceType): readonly string[] {
  return [...tables[type].values()].map(({ name }) => name);
}

/** A metric of a resource. @throws RangeError for a name that its type does not have */
export function metricOf(resource: Resource, name: string): Metric {
  const key = name.toLowerCase();
  switch (resource.type) {
    case 'microsoft.compute/virtualmachines':
      return read(tables[resource.type].get(key), resource.vm);
    case 'microsoft.network/networkinterfaces':
      return read(tables[resource.type].get(key), resource);
    case 'microsoft.compute/disks':
      return read(tables[resource.type].get(key), resource);
    case 'microsoft.compute/virtualmachinescalesets':
      return read(tables[resource.type].get(key), resource.scaleSet);
    case 'microsoft.sql/servers/databases':
      return read(tables[resource.type].get(key), resource.database);
  }
}

function read<R>(found: Row<R> | undefined, resource: R): Metric {
  if (found === undefined) throw new RangeError('no such metric in the simulation');
  return { traits: found, sources: found.sourcesOf(resource) };
}

/** The dimension that a type's metrics can be split by, if they have one. */
export function dimensionOf(type: ResourceType): 'VMName' | undefined {
  return type === 'microsoft.compute/virtualmachinescalesets' ? 'VMName' : undefined;
}

/** The namespace of a type as the metrics service spells it. */
export function namespaceOf(type: ResourceType): string {
  return resourceTypes[type];
}
