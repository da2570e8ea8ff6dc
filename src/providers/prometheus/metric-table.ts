import { isMetricKey, type MetricKey, metrics } from '#model/metric.ts';
import type { MetricRow } from '#model/provider.ts';
import { serverType } from '#model/resource-type.ts';
import type { Measure } from './catalog.ts';
import type { Exporter } from './exporters/exporter.ts';
import { exporters } from './exporters.ts';

/** What is asked of each slot's value; the minimum where it is wanted, and for percentiles the slots themselves. */
const statistic = 'sum_over_time, count_over_time, max_over_time';

/** The metrics behind a measure: `node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes`. */
export function nativeOf(measure: Measure): string {
  switch (measure.kind) {
    case 'idle_share':
      return `${measure.metric}, all but ${measure.idle}`;
    case 'cpu_time':
      return `${measure.metric} ÷ ${measure.cores}`;
    case 'counter':
      return measure.metric;
    case 'memory':
      return 'used' in measure ? measure.used.metric : `${measure.total[0]} - ${measure.free[0]}`;
  }
}

function rowOf(exporter: Exporter, key: MetricKey, measure: Measure): MetricRow {
  const conversion = conversionOf(measure);
  return {
    type: serverType,
    key,
    native: `${exporter.id} ${nativeOf(measure)}`,
    statistic,
    unit: unitOf(key, measure),
    ...(conversion === undefined ? {} : { conversion }),
    source: exporter.documentation,
  };
}

function totalOf({ id, memoryTotal: [{ metric }], documentation }: Exporter): MetricRow {
  return { type: serverType, key: 'memory.total', native: `${id} ${metric}`, unit: 'bytes', source: documentation };
}

function conversionOf(measure: Measure): string | undefined {
  switch (measure.kind) {
    case 'idle_share':
      return 'rate ÷ time that passed × 100';
    case 'cpu_time':
      return 'rate ÷ processors × 100';
    case 'counter':
      return `rate, of all real devices together (${measure.device})`;
    case 'memory':
      return measure.unit === 'percent' ? `÷ ${measure.total[0]} × 100` : undefined;
  }
}

function unitOf(key: MetricKey, { kind }: Measure): string {
  if (kind === 'idle_share' || kind === 'cpu_time') return 'seconds';
  if (kind === 'memory' || metrics[key].unit === 'bytes_per_second') return 'bytes';
  return key.startsWith('disk') ? 'operations' : 'packets';
}

/** A row for each key of each exporter. */
export const metricTable: readonly MetricRow[] = exporters.flatMap((exporter) => [
  ...exporter.families.flatMap(({ measures }) =>
    Object.entries(measures).flatMap(([key, measure]) => (isMetricKey(key) ? rowOf(exporter, key, measure) : [])),
  ),
  totalOf(exporter),
]);
