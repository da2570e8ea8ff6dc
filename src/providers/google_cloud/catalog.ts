import type { CallLimit } from '#model/calls.ts';
import { type MetricKey, metricKeys } from '#model/metric.ts';
import { type ResourceType, serverType } from '#model/resource-type.ts';
import { daySeconds } from '#model/window.ts';

/**
 * How a native metric's samples are to be read.
 * - `level`: a state at the time of the sample (GAUGE), with a sample whenever the family has one.
 * - `levels`: a state in parts that are added, such as the connections to each database; with samples of its own.
 * - `amount`: what was moved since the sample before (DELTA).
 */
export type Sampling = 'level' | 'levels' | 'amount';

export interface NativeMetric {
  /** `metric.type` */
  readonly metric: string;
  readonly sampling: Sampling;
  /** Metric labels that it is narrowed to. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The databases that have it; all where absent. */
  readonly engines?: readonly Engine[];
  readonly keys: readonly KeyOf[];
}

export const engines = ['mysql', 'postgres', 'sqlserver'] as const;
export type Engine = (typeof engines)[number];

/** A key that a native metric gives, and what makes its unit of the native one: a factor, or the share of the memory. */
export interface KeyOf {
  readonly key: MetricKey;
  readonly factor: number | 'percent_of_memory';
}

/** Native metrics whose samples come together: how many there are of one tells the observed time of all. */
export interface Family {
  readonly name: 'platform' | 'agent' | 'balloon';
  readonly observedBy: Pick<NativeMetric, 'metric' | 'labels'>;
  readonly metrics: readonly NativeMetric[];
}

/** How resources of a type are told apart in time series, and what is measured of them. */
export interface MonitoredType {
  /** `resource.type` */
  readonly resource: string;
  /** The resource label that names one. */
  readonly idLabel: string;
  /** The metric label that names one, where there are several of the same id. */
  readonly partLabel?: string;
  /** The resource label by which those of a place can be asked for, if there is one. */
  readonly zoneLabel?: string;
  /** So many ids fit a filter of 2,048 characters. */
  readonly idsInFilter: number;
  /** In order of preference, where several give the same key. */
  readonly families: readonly Family[];
  /** Keys that discovery tells, and where from. */
  readonly constants: Readonly<Partial<Record<MetricKey, string>>>;
}

/** An id of a VM takes 23 of a filter's 2,048 characters, one of a database up to 101. */
const instancesInFilter = 75;
const databasesInFilter = 17;

const agentMemory = { metric: 'agent.googleapis.com/memory/percent_used', labels: { state: 'used' } } as const;
const balloonMemory = { metric: 'compute.googleapis.com/instance/memory/balloon/ram_used' } as const;
const cpu = { metric: compute('cpu/utilization') } as const;
const databaseCpu = { metric: cloudSql('cpu/utilization') } as const;

/** Of a VM all disks together, of a disk its own. */
const diskMetrics = [
  amount(compute('disk/read_ops_count'), 'disk.read_iops'),
  amount(compute('disk/write_ops_count'), 'disk.write_iops'),
  amount(compute('disk/read_bytes_count'), 'disk.read_throughput'),
  amount(compute('disk/write_bytes_count'), 'disk.write_throughput'),
] as const;

/** By `ResourceType.id`. Source: Cloud Monitoring, "Google Cloud metrics" and "Ops Agent metrics". */
export const monitoredTypes = {
  [serverType]: {
    resource: 'gce_instance',
    idLabel: 'instance_id',
    zoneLabel: 'zone',
    idsInFilter: instancesInFilter,
    constants: { 'memory.total': 'compute.googleapis.com machineTypes memoryMb' },
    families: [
      {
        name: 'platform',
        observedBy: cpu,
        metrics: [
          // A fraction, though its unit reads "10^2.%".
          { ...cpu, sampling: 'level', keys: [{ key: 'cpu.utilization', factor: 100 }] },
          ...diskMetrics,
          amount(compute('network/received_bytes_count'), 'network.received_throughput'),
          amount(compute('network/sent_bytes_count'), 'network.sent_throughput'),
          amount(compute('network/received_packets_count'), 'network.received_pps'),
          amount(compute('network/sent_packets_count'), 'network.sent_pps'),
        ],
      },
      {
        name: 'agent',
        observedBy: agentMemory,
        metrics: [
          { ...agentMemory, sampling: 'level', keys: [{ key: 'memory.usage', factor: 1 }] },
          {
            metric: 'agent.googleapis.com/memory/bytes_used',
            labels: agentMemory.labels,
            sampling: 'level',
            keys: [{ key: 'memory.used', factor: 1 }],
          },
        ],
      },
      {
        // Reported without an agent, by the balloon device that VMs of the E2 family have.
        name: 'balloon',
        observedBy: balloonMemory,
        metrics: [
          {
            ...balloonMemory,
            sampling: 'level',
            keys: [
              { key: 'memory.used', factor: 1 },
              { key: 'memory.usage', factor: 'percent_of_memory' },
            ],
          },
        ],
      },
    ],
  },
  cloud_sql_instance: {
    resource: 'cloudsql_database',
    idLabel: 'database_id',
    idsInFilter: databasesInFilter,
    constants: {
      'memory.total': 'sqladmin.googleapis.com instances settings.tier',
      'storage.total': 'sqladmin.googleapis.com instances settings.dataDiskSizeGb',
    },
    families: [
      {
        name: 'platform',
        observedBy: databaseCpu,
        metrics: [
          { ...databaseCpu, sampling: 'level', keys: [{ key: 'cpu.utilization', factor: 100 }] },
          levels(cloudSql('memory/utilization'), 'memory.usage', 100),
          // The same without what only caches: what the share above is of.
          levels(cloudSql('memory/usage'), 'memory.used'),
          // Where discovery cannot tell them.
          levels(cloudSql('memory/quota'), 'memory.total'),
          levels(cloudSql('disk/quota'), 'storage.total'),
          levels(cloudSql('disk/bytes_used'), 'storage.used'),
          levels(cloudSql('disk/utilization'), 'storage.usage', 100),
          amount(cloudSql('disk/read_ops_count'), 'disk.read_iops'),
          amount(cloudSql('disk/write_ops_count'), 'disk.write_iops'),
          amount(cloudSql('disk/read_bytes_count'), 'disk.read_throughput'),
          amount(cloudSql('disk/write_bytes_count'), 'disk.write_throughput'),
          amount(cloudSql('network/received_bytes_count'), 'network.received_throughput'),
          amount(cloudSql('network/sent_bytes_count'), 'network.sent_throughput'),
          { ...levels(cloudSql('network/connections'), 'connections.active'), engines: ['mysql', 'sqlserver'] },
          { ...levels(cloudSql('postgresql/num_backends'), 'connections.active'), engines: ['postgres'] },
        ],
      },
    ],
  },
  // A disk has no time series of its own: the VMs that it is attached to tell what goes through it.
  persistent_disk: {
    resource: 'gce_instance',
    idLabel: 'instance_id',
    partLabel: 'device_name',
    zoneLabel: 'zone',
    idsInFilter: instancesInFilter,
    constants: { 'storage.total': 'compute.googleapis.com disks sizeGb' },
    families: [
      {
        name: 'platform',
        observedBy: { metric: diskMetrics[0].metric },
        metrics: [...diskMetrics, levels(compute('disk/average_io_queue_depth'), 'disk.queue_length')],
      },
    ],
  },
} as const satisfies Record<string, MonitoredType>;
export type TypeId = keyof typeof monitoredTypes;

/** The series that tell which resources run an agent. */
export const agentSurvey = { type: monitoredTypes[serverType], metric: agentMemory } as const;

/** Groups and types as Cloudforet's own collector of Google Cloud names them. */
const named = {
  [serverType]: { label: 'Compute Engine instance', group: 'ComputeEngine', type: 'Instance' },
  cloud_sql_instance: { label: 'Cloud SQL instance', group: 'CloudSQL', type: 'Instance' },
  persistent_disk: { label: 'Persistent disk', group: 'ComputeEngine', type: 'Disk' },
} as const satisfies Record<TypeId, Pick<ResourceType, 'label' | 'group' | 'type'>>;

/** What resources of this type have in common. */
export function traitsOf<const Id extends TypeId>(typeId: Id) {
  const { group, type } = named[typeId];
  return { provider: 'google_cloud', typeId, group, type, metrics: keysOf(typeId) } as const;
}

function keysOf(typeId: TypeId): readonly MetricKey[] {
  const { families, constants }: MonitoredType = monitoredTypes[typeId];
  const keys = new Set<MetricKey>(
    families.flatMap(({ metrics }) => metrics.flatMap((native) => native.keys.map(({ key }) => key))),
  );
  return metricKeys.filter((key) => keys.has(key) || constants[key] !== undefined);
}

export function isTypeId(text: string): text is TypeId {
  return Object.hasOwn(monitoredTypes, text);
}

export const typeIds: readonly TypeId[] = Object.keys(monitoredTypes).filter(isTypeId);

export const resourceTypes = typeIds.map((id) => ({
  id,
  ...named[id],
  metrics: keysOf(id),
})) satisfies readonly ResourceType[];

/** timeSeries.list's own limit. Source: its API reference, `pageSize`. */
export const maxPointsPerPage = 100_000;

/** A page of two weeks: 297 MiB at 10,000 servers, 375 at 100,000; measured by `bench/providers.bench.ts`. */
export const batchSize = 7100;

/** Where points are kept: some three pages of them a key, and sketches that fit the memory; measured likewise. */
export const pointsBatchSize = 75;

/** Of a filter's 2,048 characters a zone takes up to 28, a project id up to 33. */
export const maxInFilter = { zones: 60, projects: 50 } as const;

/**
 * Somewhat below the default quotas. Source: "Quotas and limits" of each API, per minute and project. For time series the page
 * has no number; 6,000 queries have been told.
 */
export const limits = {
  'oauth2:token': { perSecond: 5, timeoutMs: 30_000 },
  // Tells until when a key is good, and nothing else.
  'robot:x509': { perSecond: 1, timeoutMs: 10_000 },
  'resourcemanager:projects.search': { perSecond: 5, timeoutMs: 30_000 },
  'compute:instances.aggregatedList': { perSecond: 15, timeoutMs: 60_000 },
  'compute:disks.aggregatedList': { perSecond: 15, timeoutMs: 60_000 },
  'sqladmin:instances.list': { perSecond: 5, timeoutMs: 60_000 },
  'compute:machineTypes.get': { perSecond: 15, timeoutMs: 30_000 },
  // The service's own deadline is a minute: its answer says that the query was too heavy, ours would not.
  'monitoring:timeSeries.list': { perSecond: 60, timeoutMs: 90_000, quota: { perSecond: 100 } },
  // Of the data source alone: what a project's metrics are.
  'monitoring:metricDescriptors.list': { perSecond: 10, timeoutMs: 60_000 },
} as const satisfies Record<string, CallLimit>;
export type Api = keyof typeof limits;

/**
 * USD for each time series that a call returns; the first million a month is free, which is not counted here. A call without
 * series counts as one. Source: Google Cloud Observability pricing, in force since 2025-10-02, read 2026-11-22.
 */
export const prices = { series: 0.5 / 1e6, readOn: '2026-11-22' } as const;

/** After six weeks samples of a minute are made into ones of ten. Source: Cloud Monitoring, "Data retention". */
const fullDays = 41;

/**
 * Distance of samples from `start` on, in seconds. Whatever is asked is asked at this distance, so that old and new days of a
 * window are read alike.
 */
export function sampleSecondsAt(start: number, now: number): 60 | 600 {
  return now - start > fullDays * daySeconds ? 600 : 60;
}

/** The length of the points that percentiles are of. */
export function pointSecondsAt(sampleSeconds: 60 | 600): 300 | 3600 {
  return sampleSeconds === 60 ? 300 : 3600;
}

function compute(name: string): string {
  return `compute.googleapis.com/instance/${name}`;
}

function cloudSql(name: string): string {
  return `cloudsql.googleapis.com/database/${name}`;
}

function amount(metric: string, key: MetricKey): NativeMetric {
  return { metric, sampling: 'amount', keys: [{ key, factor: 1 }] };
}

function levels(metric: string, key: MetricKey, factor = 1): NativeMetric {
  return { metric, sampling: 'levels', keys: [{ key, factor }] };
}
