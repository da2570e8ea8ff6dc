import type { CallLimit } from '#model/calls.ts';
import type { MetricKey } from '#model/metric.ts';
import { type ResourceType, serverType } from '#model/resource-type.ts';
import { daySeconds } from '#model/window.ts';

/**
 * How a native metric's samples are to be read.
 * - `level`: a state at the time of the sample (GAUGE).
 * - `amount`: what was moved since the sample before (DELTA).
 */
export type Sampling = 'level' | 'amount';

export interface NativeMetric {
  /** `metric.type` */
  readonly metric: string;
  readonly sampling: Sampling;
  /** Metric labels that it is narrowed to. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly keys: readonly KeyOf[];
}

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
  /** In order of preference, where several give the same key. */
  readonly families: readonly Family[];
}

const agentMemory = { metric: 'agent.googleapis.com/memory/percent_used', labels: { state: 'used' } } as const;
const balloonMemory = { metric: 'compute.googleapis.com/instance/memory/balloon/ram_used' } as const;
const cpu = { metric: 'compute.googleapis.com/instance/cpu/utilization' } as const;

/** By `ResourceType.id`. Source: Cloud Monitoring, "Google Cloud metrics" and "Ops Agent metrics". */
export const monitoredTypes = {
  [serverType]: {
    resource: 'gce_instance',
    idLabel: 'instance_id',
    families: [
      {
        name: 'platform',
        observedBy: cpu,
        metrics: [
          // A fraction, though its unit reads "10^2.%".
          { ...cpu, sampling: 'level', keys: [{ key: 'cpu.utilization', factor: 100 }] },
          amount('disk/read_ops_count', 'disk.read_iops'),
          amount('disk/write_ops_count', 'disk.write_iops'),
          amount('disk/read_bytes_count', 'disk.read_throughput'),
          amount('disk/write_bytes_count', 'disk.write_throughput'),
          amount('network/received_bytes_count', 'network.received_throughput'),
          amount('network/sent_bytes_count', 'network.sent_throughput'),
          amount('network/received_packets_count', 'network.received_pps'),
          amount('network/sent_packets_count', 'network.sent_pps'),
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
} as const satisfies Record<string, MonitoredType>;
export type TypeId = keyof typeof monitoredTypes;

/** The series that tell which resources run an agent. */
export const agentSurvey = { type: monitoredTypes[serverType], metric: agentMemory } as const;

export const metricKeysOfGce = [
  'cpu.utilization',
  'memory.usage',
  'memory.total',
  'memory.used',
  'disk.read_iops',
  'disk.write_iops',
  'disk.read_throughput',
  'disk.write_throughput',
  'network.received_throughput',
  'network.sent_throughput',
  'network.received_pps',
  'network.sent_pps',
] as const satisfies readonly MetricKey[];

export const resourceTypes = [
  {
    id: serverType,
    label: 'Compute Engine instance',
    group: 'ComputeEngine',
    type: 'Instance',
    metrics: metricKeysOfGce,
  },
] as const satisfies readonly ResourceType[];

/** timeSeries.list's own limit. Source: its API reference, `pageSize`. */
export const maxPointsPerPage = 100_000;

/** Resources whose days of two weeks fill a page. */
export const batchSize = Math.floor(maxPointsPerPage / 14 / 100) * 100;

/** Where points are kept: some twenty pages of them a key, and sketches that fit the memory. */
export const pointsBatchSize = 480;

/** A filter holds 2,048 characters; an instance id takes 23 of them, a zone up to 28, a project id up to 33. */
export const maxInFilter = { ids: 75, zones: 60, projects: 50 } as const;

/** Somewhat below the default quotas. Source: "Quotas and limits" of each API, per minute and project. */
export const limits = {
  'oauth2:token': { perSecond: 5, timeoutMs: 30_000 },
  'resourcemanager:projects.search': { perSecond: 5, timeoutMs: 30_000 },
  'compute:instances.aggregatedList': { perSecond: 15, timeoutMs: 60_000 },
  'compute:machineTypes.get': { perSecond: 15, timeoutMs: 30_000 },
  // The service's own deadline is a minute: its answer says that the query was too heavy, ours would not.
  'monitoring:timeSeries.list': { perSecond: 60, timeoutMs: 90_000 },
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

function amount(metric: string, key: MetricKey): NativeMetric {
  return { metric: `compute.googleapis.com/instance/${metric}`, sampling: 'amount', keys: [{ key, factor: 1 }] };
}
