import type { MetricKey } from '../../../src/model/metric.ts';
import type { ServerFacets } from '../../../src/server/facets-api.ts';
import type { CpuStatistic } from '../../../src/store/inventory.ts';
import { text } from '../text.ts';

/** A column of the list: what it says and what sorts by it. */
export interface ServerColumn {
  readonly sort: string;
  readonly label: string;
  readonly metric?: MetricKey;
  /** In pixels. */
  readonly width: number;
}

const serverMetrics: readonly MetricKey[] = [
  'cpu.utilization',
  'memory.usage',
  'disk.read_throughput',
  'disk.write_throughput',
  'network.received_throughput',
  'network.sent_throughput',
];
const anyMetrics: readonly MetricKey[] = ['cpu.utilization', 'memory.usage'];
const metricWidth = 108;

export const serverType = 'server';

/** Every type has the columns of what is measured of it. */
export function columnsOf(
  type: string,
  statistic: CpuStatistic,
  types: ServerFacets['types'] | undefined,
): readonly ServerColumn[] {
  const measured = types?.find(({ id }) => id === type)?.metrics ?? [];
  const metrics = type === serverType ? serverMetrics : measured.length === 0 ? anyMetrics : measured;
  return [
    { sort: 'name', label: text.table.name, width: 168 },
    { sort: 'account', label: text.table.account, width: 122 },
    { sort: 'region', label: text.table.region, width: 108 },
    { sort: 'instanceType', label: text.table.type, width: 110 },
    { sort: 'state', label: text.table.state, width: 92 },
    ...metrics.map((metric) => ({
      sort: `${metric}.${statistic}`,
      label: text.list.metrics[metric] ?? text.metrics[metric],
      metric,
      width: metricWidth,
    })),
  ];
}
