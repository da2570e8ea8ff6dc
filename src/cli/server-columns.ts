import type { MetricKey } from '#model/metric.ts';
import { type InventoryRecord, type MonitoringInfo, type RecordData, valuesAt } from '#model/record.ts';
import type { Statistic } from '#model/statistic.ts';
import { formatValue } from './format.ts';
import type { Column } from './table.ts';

/** What a list needs of a record; of what was measured, `collected_at` may not be known. */
export interface ListedServer
  extends Pick<InventoryRecord, 'provider' | 'account' | 'region_code' | 'name' | 'instance_type' | 'reference'> {
  readonly data: Pick<RecordData, 'compute' | 'hardware' | 'monitoring'> & {
    readonly monitoring_info?: Pick<MonitoringInfo, 'metrics'> & Partial<Pick<MonitoringInfo, 'collected_at'>>;
  };
}

const names = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ACCOUNT', value: ({ account }) => account },
  { title: 'REGION', value: ({ region_code }) => region_code },
  { title: 'TYPE', value: ({ instance_type }) => instance_type },
  { title: 'STATE', value: ({ data }) => data.compute?.instance_state?.toLowerCase() ?? '' },
] as const satisfies readonly Column<ListedServer>[];

const shownKeys = [
  ['CPU', 'cpu.utilization'],
  ['MEM', 'memory.usage'],
  ['DISK R', 'disk.read_throughput'],
  ['DISK W', 'disk.write_throughput'],
  ['NET IN', 'network.received_throughput'],
  ['NET OUT', 'network.sent_throughput'],
  ['NET', 'network.throughput'],
  ['QUEUE', 'disk.queue_length'],
  ['STORED', 'storage.used'],
  ['FREE', 'storage.free'],
  ['OBJECTS', 'storage.objects'],
  ['CONN', 'connections.active'],
  ['REQUESTS', 'requests.rate'],
  ['ERRORS', 'requests.errors'],
  ['LATENCY', 'requests.latency'],
  ['HITS', 'cache.hits'],
] as const satisfies readonly (readonly [string, MetricKey])[];

/** What a list shows a person, of these keys. A value that is missing is a dash, never a zero. */
export function serverColumns(statistics: readonly Statistic[], keys: readonly MetricKey[]): Column<ListedServer>[] {
  return [
    ...names,
    ...shownKeys
      .filter(([, key]) => keys.includes(key))
      .flatMap(([title, key]) =>
        statistics.map((statistic) => ({
          title: `${title} ${statistic.toUpperCase()}`,
          alignRight: true,
          raw: ({ data }: ListedServer) => valuesAt(data.monitoring ?? {}, key)?.[statistic],
          value: ({ data }: ListedServer) => {
            const value = valuesAt(data.monitoring ?? {}, key)?.[statistic];
            return value === undefined ? '–' : formatValue(key, value);
          },
        })),
      ),
  ];
}

/** The same with all that tells one from another, and what it is made of. */
export function wideColumns(statistics: readonly Statistic[], keys: readonly MetricKey[]): Column<ListedServer>[] {
  return [
    { title: 'PROVIDER', value: ({ provider }) => provider },
    { title: 'ID', value: ({ reference }) => reference.resource_id },
    ...serverColumns(statistics, keys),
    {
      title: 'VCPUS',
      alignRight: true,
      raw: ({ data }) => data.hardware?.core,
      value: ({ data }) => data.hardware?.core?.toString() ?? '–',
    },
    {
      title: 'GIB',
      alignRight: true,
      raw: ({ data }) => data.hardware?.memory,
      value: ({ data }) => data.hardware?.memory?.toString() ?? '–',
    },
    {
      title: 'COLLECTED',
      value: ({ data: { monitoring_info: info } }) => (info === undefined ? 'never' : (info.collected_at ?? '–')),
    },
  ];
}

/** Every key and statistic as a column of plain numbers, and why a key has none: for programs. */
export function csvColumns(keys: readonly MetricKey[], statistics: readonly Statistic[]): Column<ListedServer>[] {
  return [
    { title: 'provider', value: ({ provider }) => provider },
    { title: 'account', value: ({ account }) => account },
    { title: 'region', value: ({ region_code }) => region_code },
    { title: 'resource_id', value: ({ reference }) => reference.resource_id },
    { title: 'name', value: ({ name }) => name },
    { title: 'instance_type', value: ({ instance_type }) => instance_type },
    { title: 'state', value: ({ data }) => data.compute?.instance_state ?? '' },
    ...keys.flatMap((key) => [
      ...statistics.map((statistic) => ({
        title: `${key}.${statistic}`,
        raw: ({ data }: ListedServer) => valuesAt(data.monitoring ?? {}, key)?.[statistic],
        value: ({ data }: ListedServer) => valuesAt(data.monitoring ?? {}, key)?.[statistic]?.toString() ?? '',
      })),
      {
        title: `${key}.missing`,
        value: ({ data }: ListedServer) => {
          const info = data.monitoring_info?.metrics[key];
          return info !== undefined && 'missing' in info ? info.missing : '';
        },
      },
    ]),
  ];
}
