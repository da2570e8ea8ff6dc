import type { CallLimit } from '#model/calls.ts';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { type ResourceType, serverType } from '#model/resource-type.ts';

export const resourceTypes = [
  { id: serverType, label: 'server', group: 'Prometheus', type: 'Node', metrics: serverMetricKeys },
] as const satisfies readonly ResourceType[];

/** Prometheus has no rate limit, but runs 20 queries at once, each for two minutes at most. Source: `prometheus --help`. */
export const limits = {
  'prometheus:series': { perSecond: 100, timeoutMs: 60_000 },
  'prometheus:query': { perSecond: 100, timeoutMs: 60_000 },
  'prometheus:query_range': { perSecond: 100, timeoutMs: 150_000 },
} as const satisfies Record<string, CallLimit>;
export type Api = keyof typeof limits;

/** Measuring queries that we have in flight: those who look at dashboards want answers too. */
export const queriesAtOnce = 4;

/**
 * Samples that one query may hold at once, as we estimate it from above: well below `--query.max-samples` (50 million), and
 * some 320 MB of the server's memory.
 */
export const maxSamplesPerQuery = 20_000_000;

/** Points that one answer may bring, for what needs points. */
export const maxPointsPerAnswer = 250_000;

/** Points that the server gives of one series. Source: web/api/v1/api.go. */
export const maxPointsPerSeries = 11_000;

/** Servers that one query names. */
export const maxServersPerQuery = 1000;

/** Servers that are planned together. */
export const batchSize = 2000;

/** What is behind a key: rows of the table that an exporter is. */
export type Measure = IdleShare | CpuTime | Counter | FreeMemory | UsedMemory;

/** Processor time that is not idle, as a share of the time that passed. */
export interface IdleShare {
  readonly kind: 'idle_share';
  readonly metric: string;
  readonly idle: string;
  /** Of all modes that together are the time that passed, on each processor. */
  readonly all: readonly string[];
  /** How many modes those are. */
  readonly modes: number;
  /** A gauge that tells the time: cheaper than all modes, where a server has it. */
  readonly clock?: string;
}

/** Processor time used, as a share of the processors there are. */
export interface CpuTime {
  readonly kind: 'cpu_time';
  readonly metric: string;
  readonly matchers: readonly string[];
  readonly device: string;
  readonly cores: string;
}

/** Counters of several devices, which are added. */
export interface Counter {
  readonly kind: 'counter';
  readonly metric: string;
  readonly matchers: readonly string[];
  readonly device: string;
}

/** Bytes in use, or their share of all, where an exporter tells what is free; of several names the first that a server has. */
export interface FreeMemory {
  readonly kind: 'memory';
  readonly unit: 'percent' | 'bytes';
  readonly total: readonly [string, ...string[]];
  readonly free: readonly [string, ...string[]];
}

/** The same where it tells what is used. */
export interface UsedMemory {
  readonly kind: 'memory';
  readonly unit: 'percent' | 'bytes';
  readonly total: readonly [string, ...string[]];
  readonly used: { readonly metric: string; readonly matchers: readonly string[] };
}

/** Keys that are read together: they share the count of the time that was observed. */
export interface Family {
  readonly id: 'cpu' | 'memory' | 'disk' | 'network';
  readonly measures: Readonly<Partial<Record<MetricKey, Measure>>>;
}

/** Whole devices that are real: no partitions, and nothing that is made of other devices (LVM, RAID, loops). */
export const linuxDisks = [
  'dm-\\d+',
  'md\\d.*',
  'loop\\d+',
  'z?ram\\d+',
  'sr\\d+',
  'fd\\d+',
  'drbd\\d+',
  'bcache\\d+',
  'zd\\d+.*',
  '(h|s|v|xv)d[a-z]+\\d+',
  'dasd[a-z]+\\d+',
  '(mmcblk|nbd|rbd|pmem|nvme\\d+n)\\d+(p|boot|rpmb).*',
  'nvme\\d+c\\d+n\\d+.*',
].join('|');

/** Network cards: neither loopback, tunnels and bridges, nor VLANs and bonds, whose traffic the cards below them carry. */
export const linuxNetworks = [
  'lo\\d*',
  '(veth|docker|podman|br|virbr|vmbr|vnet|fwbr|fwln|fwpr|tap|utun|tun|wg|tailscale|zt).*',
  '(bond|team|dummy|ifb|vlan|vxlan|genev|gre|erspan|sit|ip6?tnl|tunl|ip6?_vti|azv).*',
  '(cali|cilium|lxc|flannel|cni|kube-|nodelocaldns|ovs-|weave).*',
  '.+\\.\\d+',
].join('|');
