import { CollectError } from '#model/errors.ts';
import { isMetricKey, type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { splitKey } from '#model/record.ts';
import { type Statistic, statistics } from '#model/statistic.ts';
import type { StoredRecord } from '#store/inventory.ts';

/** A column of an export: a text, a number or a time, or null where a row has none. */
export type ExportColumn<Row = StoredRecord> =
  | { readonly name: string; readonly kind: 'text'; readonly value: (row: Row) => string | null }
  | { readonly name: string; readonly kind: 'number'; readonly value: (row: Row) => number | null }
  /** In epoch milliseconds. */
  | { readonly name: string; readonly kind: 'time'; readonly value: (row: Row) => number | null };

/** Made-up servers are not to be taken for real ones, wherever the file goes. */
export const demoColumn: ExportColumn<unknown> = { name: 'demo', kind: 'text', value: () => 'DEMO: made up' };

const fixed: readonly ExportColumn[] = [
  { name: 'provider', kind: 'text', value: ({ record }) => record.provider },
  { name: 'account', kind: 'text', value: ({ record }) => record.account },
  { name: 'region', kind: 'text', value: ({ record }) => record.region_code },
  { name: 'resource_id', kind: 'text', value: ({ record }) => record.reference.resource_id },
  { name: 'name', kind: 'text', value: ({ record }) => record.name },
  { name: 'service', kind: 'text', value: ({ record }) => record.cloud_service_group },
  { name: 'type', kind: 'text', value: ({ record }) => record.cloud_service_type },
  { name: 'instance_type', kind: 'text', value: ({ record }) => record.instance_type },
  { name: 'state', kind: 'text', value: ({ record }) => record.data.compute?.instance_state ?? null },
  { name: 'vcpus', kind: 'number', value: ({ record }) => record.data.hardware?.core ?? null },
  { name: 'memory_gib', kind: 'number', value: ({ record }) => record.data.hardware?.memory ?? null },
  { name: 'window_start', kind: 'text', value: ({ record }) => record.data.monitoring_info?.window.start ?? null },
  { name: 'window_end', kind: 'text', value: ({ record }) => record.data.monitoring_info?.window.end ?? null },
  { name: 'collected_at', kind: 'text', value: ({ record }) => record.data.monitoring_info?.collected_at ?? null },
  { name: 'first_seen', kind: 'time', value: ({ firstSeen }) => firstSeen },
  { name: 'last_seen', kind: 'time', value: ({ lastSeenAt }) => lastSeenAt },
];

const usualStatistics: readonly Statistic[] = ['avg', 'max', 'p95'];

/** Where nothing else is asked for. */
const usual: readonly ExportColumn[] = [
  ...fixed,
  ...serverMetricKeys.flatMap((key) => [
    ...usualStatistics.map((statistic) => valueColumn(key, statistic)),
    missingColumn(key),
  ]),
];

/**
 * @param names `name`, `cpu.utilization.p95`, `cpu.utilization.missing`, `tag.env`; all that is usual where absent
 * @throws CollectError `invalid_query` naming the one that there is not, or that comes twice
 */
export function exportColumns(names?: readonly string[]): readonly ExportColumn[] {
  if (names === undefined) return usual;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new CollectError('invalid_query', 'a column comes twice', { where: twice });
  return names.map((name) => fixed.find((column) => column.name === name) ?? metricColumn(name) ?? tagColumn(name));
}

function metricColumn(name: string): ExportColumn | undefined {
  const dot = name.lastIndexOf('.');
  const [key, last] = [name.slice(0, dot), name.slice(dot + 1)];
  if (!isMetricKey(key)) return undefined;
  if (last === 'missing') return missingColumn(key);
  const statistic = statistics.find((each) => each === last);
  return statistic === undefined ? undefined : valueColumn(key, statistic);
}

function valueColumn(key: MetricKey, statistic: Statistic): ExportColumn {
  const [section, name] = splitKey(key);
  return {
    name: `${key}.${statistic}`,
    kind: 'number',
    value: ({ record }) => record.data.monitoring?.[section]?.[name]?.[statistic] ?? null,
  };
}

/** Why a key has no value. */
function missingColumn(key: MetricKey): ExportColumn {
  return {
    name: `${key}.missing`,
    kind: 'text',
    value: ({ record }) => {
      const info = record.data.monitoring_info?.metrics[key];
      return info !== undefined && 'missing' in info ? info.missing : null;
    },
  };
}

function tagColumn(name: string): ExportColumn {
  const tag = /^tag\.(.+)$/s.exec(name)?.[1];
  if (tag !== undefined) return { name, kind: 'text', value: ({ record }) => record.tags[tag] ?? null };
  throw new CollectError('invalid_query', 'there is no such column', {
    where: name,
    fix: `${fixed.map((column) => column.name).join(', ')}, tag.<name>, or a metric with .${[...statistics, 'missing'].join(', .')}`,
  });
}
