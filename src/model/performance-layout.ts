import { type MetricKey, metrics } from './metric.ts';
import { type Statistic, statistics } from './statistic.ts';

/** Cloudforet's dynamic layout, as far as the Performance tab needs it. */
export interface PerformanceLayout {
  readonly name: 'Performance';
  readonly type: 'list';
  readonly options: { readonly layouts: readonly ItemLayout[] };
}

export interface ItemLayout {
  readonly name: string;
  readonly type: 'item';
  readonly options: { readonly fields: readonly ItemField[] };
}

export interface ItemField {
  /** A size is shown as bytes, kB, MB … */
  readonly type: 'text' | 'size';
  /** `CPU Utilization (%) | Avg` */
  readonly name: string;
  /** `data.monitoring.cpu.utilization.avg` */
  readonly key: string;
}

/** A type and no interface, so that it fits where any metadata does. */
export type PerformanceMetadata = {
  readonly view: { readonly sub_data: { readonly layouts: readonly [PerformanceLayout] } };
};

/**
 * The layout's own words and order: consoles and saved views of Cloudforet look fields up by them, those of a server blank for
 * blank as the plugin before ours had them.
 */
const sections = [
  { name: 'CPU', fields: [['cpu.utilization', 'CPU Utilization (%)']] },
  {
    name: 'Memory',
    fields: [
      ['memory.usage', 'Memory Usage (%)'],
      ['memory.total', 'Memory Total'],
      ['memory.used', 'Memory Used '],
    ],
  },
  {
    name: 'Disk',
    fields: [
      ['disk.read_iops', 'Disk Read IOPS'],
      ['disk.write_iops', 'Disk Write IOPS'],
      ['disk.read_throughput', 'Disk Read Throughput'],
      ['disk.write_throughput', 'Disk Write Throughput'],
      ['disk.queue_length', 'Disk Queue Length'],
    ],
  },
  {
    name: 'Storage',
    fields: [
      ['storage.usage', 'Storage Usage (%)'],
      ['storage.total', 'Storage Total'],
      ['storage.used', 'Storage Used'],
      ['storage.free', 'Storage Free'],
      ['storage.objects', 'Objects'],
    ],
  },
  {
    name: 'Network',
    fields: [
      ['network.received_pps', 'Network Received PPS'],
      ['network.sent_pps', 'Network Sent PPS'],
      ['network.received_throughput', 'Network Received Throughput'],
      ['network.sent_throughput', 'Network Sent Throughput'],
      ['network.throughput', 'Network Throughput'],
    ],
  },
  {
    name: 'Requests',
    fields: [
      ['requests.rate', 'Requests Per Second'],
      ['requests.errors', 'Failed Requests Per Second'],
      ['requests.throttles', 'Throttled Requests Per Second'],
      ['requests.latency', 'Response Time (s)'],
      ['requests.concurrency', 'Concurrent Requests'],
    ],
  },
  {
    name: 'Connections',
    fields: [
      ['connections.active', 'Connections'],
      ['connections.rate', 'New Connections Per Second'],
    ],
  },
  {
    name: 'Cache',
    fields: [
      ['cache.hits', 'Cache Hits Per Second'],
      ['cache.misses', 'Cache Misses Per Second'],
    ],
  },
] as const satisfies readonly { name: string; fields: readonly (readonly [MetricKey, string])[] }[];

const statisticLabels: Readonly<Record<Statistic, string>> = {
  avg: 'Avg',
  max: 'Max',
  min: 'Min',
  p50: 'P50',
  p95: 'P95',
  p99: 'P99',
};

const alwaysShown: readonly Statistic[] = ['avg', 'max'];
const built = new Map<string, PerformanceMetadata>();

/**
 * The metadata that makes a console of Cloudforet draw the Performance tab: per section all averages, all maxima, then
 * each further statistic. A section of which the provider measures nothing is absent.
 *
 * @param keys what the provider measures, in any order
 * @param asked statistics of the run, in any order; avg and max are shown whether asked for or not
 * @returns frozen, and the same object for the same sets of keys and statistics
 */
export function performanceMetadata(keys: readonly MetricKey[], asked: readonly Statistic[]): PerformanceMetadata {
  const measured = new Set(keys);
  const shown = [...alwaysShown, ...statistics.filter((one) => asked.includes(one) && !alwaysShown.includes(one))];
  const signature = JSON.stringify([[...measured].sort(), shown]);
  const known = built.get(signature);
  if (known !== undefined) return known;
  const metadata = freeze(build(measured, shown));
  built.set(signature, metadata);
  return metadata;
}

function build(measured: ReadonlySet<MetricKey>, shown: readonly Statistic[]): PerformanceMetadata {
  const layouts = sections.flatMap(({ name, fields }): ItemLayout[] => {
    const present = fields.filter(([key]) => measured.has(key));
    if (present.length === 0) return [];
    const all = shown.flatMap((statistic) => present.map(([key, label]) => fieldOf(key, label, statistic)));
    return [{ name, type: 'item', options: { fields: all } }];
  });
  return { view: { sub_data: { layouts: [{ name: 'Performance', type: 'list', options: { layouts } }] } } };
}

function fieldOf(key: MetricKey, label: string, statistic: Statistic): ItemField {
  const { unit } = metrics[key];
  return {
    type: unit === 'bytes' || unit === 'bytes_per_second' ? 'size' : 'text',
    name: `${label} | ${statisticLabels[statistic]}`,
    key: `data.monitoring.${key}.${statistic}`,
  };
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}
