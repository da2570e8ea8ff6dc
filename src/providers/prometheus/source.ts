import type { MetricSource } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { exporterOf } from './exporters.ts';
import { nativeOf } from './metric-table.ts';
import type { PrometheusServer } from './server.ts';
import { slotFor } from './slots.ts';

/** Where a key of this server comes from: `node_exporter node_disk_read_bytes_total`. */
export function sourceOf(server: PrometheusServer, key: MetricKey): MetricSource {
  const { id, families, memoryTotal } = exporterOf(server);
  const measure = families.map(({ measures }) => measures[key]).find((each) => each !== undefined);
  if (measure === undefined) return { source: `${id} ${memoryTotal[0].metric}`, period: 0 };
  const period = measure.kind === 'memory' ? server.scrapeSeconds : slotFor(server.scrapeSeconds).seconds;
  return { source: `${id} ${nativeOf(measure)}`, period };
}
