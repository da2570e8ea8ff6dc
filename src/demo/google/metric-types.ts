import {
  burstOf,
  bytesChannel,
  connectionsChannel,
  countChannel,
  cpuChannel,
  type Flow,
  hostOfVm,
  memoryChannel,
  memoryStep,
  queueChannel,
  spaceChannel,
} from './channels.ts';
import { type Database, isPostgres, postgresDatabases } from './database.ts';
import { plainSignal, type Signal } from './signal.ts';
import type { Vm } from './vm.ts';
import { diskParts, networkParts } from './vm-flows.ts';

export type MetricKind = 'GAUGE' | 'DELTA';
export type ValueType = 'DOUBLE' | 'INT64';
export type Labels = Readonly<Record<string, string>>;

/** One time series of a resource under a metric: what sets it apart, and what it measures. */
export interface Part {
  readonly labels: Labels;
  readonly signal: Signal;
}

/** A metric as its descriptor has it, and the series that a resource writes to it. */
export interface MetricType<Subject> {
  readonly type: string;
  readonly kind: MetricKind;
  readonly valueType: ValueType;
  readonly unit: string;
  /** Names of its labels. */
  readonly labels: readonly string[];
  parts(subject: Subject): readonly Part[];
}

const fraction = { kind: 'GAUGE', valueType: 'DOUBLE', unit: '10^2.%' } as const;
const bytesGauge = { kind: 'GAUGE', valueType: 'INT64', unit: 'By' } as const;
const countGauge = { kind: 'GAUGE', valueType: 'INT64', unit: '1' } as const;
const counted = { kind: 'DELTA', valueType: 'INT64' } as const;

const compute = (name: string) => `compute.googleapis.com/instance/${name}`;
const agent = (name: string) => `agent.googleapis.com/memory/${name}`;
const cloudSql = (name: string) => `cloudsql.googleapis.com/database/${name}`;

const memoryBytes = (vm: Vm) => vm.type.memoryMb * 2 ** 20;

/** Memory states of the Ops Agent on Linux; the four beside `used` share out what is left. */
const memoryStates = { used: undefined, cached: 0.5, free: 0.3, buffered: 0.125, slab: 0.075 } as const;

/** Metrics of `gce_instance`. */
export const vmMetrics: ReadonlyMap<string, MetricType<Vm>> = byType<Vm>([
  {
    ...fraction,
    type: compute('cpu/utilization'),
    labels: ['instance_name'],
    parts: (vm) => named(vm, plainSignal(cpuChannel(hostOfVm(vm)), vm.life.runs, burstOf(vm) / 100)),
  },
  ...(['read', 'write'] as const).flatMap((flow) => [diskMetric(flow, 'bytes'), diskMetric(flow, 'ops')]),
  {
    kind: 'GAUGE',
    valueType: 'DOUBLE',
    unit: '1',
    type: compute('disk/average_io_queue_depth'),
    labels: ['device_name', 'storage_type'],
    parts: (vm) =>
      vm.disks.map(({ deviceName, type, ordinal }) => ({
        labels: { device_name: deviceName, storage_type: type },
        signal: plainSignal(queueChannel(hostOfVm(vm), ordinal), vm.life.runs),
      })),
  },
  ...(['received', 'sent'] as const).flatMap((flow) => [networkMetric(flow, 'bytes'), networkMetric(flow, 'packets')]),
  {
    ...bytesGauge,
    type: compute('memory/balloon/ram_used'),
    labels: ['instance_name'],
    parts: (vm) => (vm.type.e2 ? named(vm, usedMemory(vm)) : []),
  },
  {
    ...bytesGauge,
    type: compute('memory/balloon/ram_size'),
    labels: ['instance_name'],
    parts: (vm) => (vm.type.e2 ? named(vm, { ...usedMemory(vm), scale: 0, offset: memoryBytes(vm) }) : []),
  },
  {
    kind: 'GAUGE',
    valueType: 'DOUBLE',
    unit: '%',
    type: agent('percent_used'),
    labels: ['state'],
    parts: (vm) => agentParts(vm, 100),
  },
  {
    ...bytesGauge,
    valueType: 'DOUBLE',
    type: agent('bytes_used'),
    labels: ['state'],
    parts: (vm) => agentParts(vm, memoryBytes(vm)),
  },
]);

function diskMetric(flow: Flow, what: 'bytes' | 'ops'): MetricType<Vm> {
  const channelOf = what === 'bytes' ? bytesChannel : countChannel;
  return {
    ...counted,
    unit: what === 'bytes' ? 'By' : '1',
    type: compute(`disk/${flow}_${what}_count`),
    labels: ['device_name', 'device_type', 'instance_name', 'storage_type'],
    parts: (vm) =>
      diskParts(vm).map(({ disk, part, share }) => ({
        labels: {
          device_name: disk.deviceName,
          device_type: disk.type === 'local-ssd' ? 'ephemeral' : 'permanent',
          instance_name: vm.name,
          storage_type: disk.type,
        },
        signal: plainSignal(channelOf(hostOfVm(vm), flow, part, share), vm.life.runs),
      })),
  };
}

function networkMetric(flow: Flow, what: 'bytes' | 'packets'): MetricType<Vm> {
  const channelOf = what === 'bytes' ? bytesChannel : countChannel;
  return {
    ...counted,
    unit: what === 'bytes' ? 'By' : '1',
    type: compute(`network/${flow}_${what}_count`),
    labels: ['instance_name', 'loadbalanced'],
    parts: (vm) =>
      networkParts(vm).map(({ loadbalanced, part, share }) => ({
        labels: { instance_name: vm.name, loadbalanced: String(loadbalanced) },
        signal: plainSignal(channelOf(hostOfVm(vm), flow, part, share), vm.life.runs),
      })),
  };
}

function named(vm: Vm, signal: Signal): readonly Part[] {
  return [{ labels: { instance_name: vm.name }, signal }];
}

function usedMemory(vm: Vm): Signal {
  return plainSignal(memoryChannel(hostOfVm(vm)), vm.life.runs, memoryStep(memoryBytes(vm)));
}

/** The agent's five states, which add up to `whole`: all of the memory, or a hundred per cent of it. */
function agentParts(vm: Vm, whole: number): readonly Part[] {
  if (!vm.opsAgent) return [];
  const used = usedMemory(vm);
  const scale = (used.scale / memoryBytes(vm)) * whole;
  return Object.entries(memoryStates).map(([state, share]) => ({
    labels: { state },
    signal: share === undefined ? { ...used, scale } : { ...used, scale: -scale * share, offset: whole * share },
  }));
}

/** Metrics of `cloudsql_database`. */
export const databaseMetrics: ReadonlyMap<string, MetricType<Database>> = byType<Database>([
  database('cpu/utilization', fraction, (db) => plainSignal(cpuChannel(db), db.life.runs, 1 / 100)),
  database('memory/utilization', fraction, (db) => share(db, memoryChannel(db), memoryOf(db))),
  database('memory/usage', bytesGauge, (db) => plainSignal(memoryChannel(db), db.life.runs, memoryStep(memoryOf(db)))),
  database('memory/quota', bytesGauge, (db) => constant(db, memoryOf(db))),
  database('disk/utilization', fraction, (db) => share(db, spaceChannel(db), diskOf(db))),
  database('disk/bytes_used', bytesGauge, (db) => plainSignal(spaceChannel(db), db.life.runs, memoryStep(diskOf(db)))),
  database('disk/quota', bytesGauge, (db) => constant(db, diskOf(db))),
  ...(['read', 'write'] as const).flatMap((flow) => [
    database(`disk/${flow}_ops_count`, { ...counted, unit: '1' }, (db) =>
      plainSignal(countChannel(db, flow), db.life.runs),
    ),
    database(`disk/${flow}_bytes_count`, { ...counted, unit: '1' }, (db) =>
      plainSignal(bytesChannel(db, flow), db.life.runs),
    ),
  ]),
  database('network/received_bytes_count', { ...counted, unit: 'By' }, (db) =>
    plainSignal(bytesChannel(db, 'received'), db.life.runs),
  ),
  database('network/sent_bytes_count', { ...counted, unit: 'By' }, (db) =>
    plainSignal(bytesChannel(db, 'sent'), db.life.runs),
  ),
  {
    ...countGauge,
    type: cloudSql('network/connections'),
    labels: [],
    parts: (db) => (isPostgres(db) ? [] : [{ labels: {}, signal: plainSignal(connectionsChannel(db), db.life.runs) }]),
  },
  {
    ...countGauge,
    type: cloudSql('postgresql/num_backends'),
    labels: ['database'],
    parts: (db) =>
      !isPostgres(db)
        ? []
        : Object.entries(postgresDatabases).map(([name, share], part) => ({
            labels: { database: name },
            signal: plainSignal(connectionsChannel(db, part, share), db.life.runs),
          })),
  },
]);

type Descriptor = Pick<MetricType<Database>, 'kind' | 'valueType' | 'unit'>;

function database(name: string, descriptor: Descriptor, signalOf: (db: Database) => Signal): MetricType<Database> {
  return { ...descriptor, type: cloudSql(name), labels: [], parts: (db) => [{ labels: {}, signal: signalOf(db) }] };
}

function share(db: Database, channel: Signal['channel'], total: number): Signal {
  return plainSignal(channel, db.life.runs, memoryStep(total) / total);
}

function constant(db: Database, value: number): Signal {
  return plainSignal(memoryChannel(db), db.life.runs, 0, value);
}

function memoryOf({ memoryMb }: Database): number {
  return memoryMb * 2 ** 20;
}

function diskOf({ diskGb }: Database): number {
  return diskGb * 2 ** 30;
}

function byType<Subject>(metrics: readonly MetricType<Subject>[]): ReadonlyMap<string, MetricType<Subject>> {
  return new Map(metrics.map((metric) => [metric.type, metric]));
}
