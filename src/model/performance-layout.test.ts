import { describe, expect, it } from 'vitest';
import { type MetricKey, metricKeys, serverMetricKeys } from './metric.ts';
import { type ItemLayout, performanceMetadata } from './performance-layout.ts';
import type { Statistic } from './statistic.ts';

/** `wire/behaviour.md` i, written out: type, label and key of every field, in order. */
const expected = {
  CPU: [
    'text CPU Utilization (%) | Avg → data.monitoring.cpu.utilization.avg',
    'text CPU Utilization (%) | Max → data.monitoring.cpu.utilization.max',
  ],
  Memory: [
    'text Memory Usage (%) | Avg → data.monitoring.memory.usage.avg',
    'size Memory Total | Avg → data.monitoring.memory.total.avg',
    'size Memory Used  | Avg → data.monitoring.memory.used.avg',
    'text Memory Usage (%) | Max → data.monitoring.memory.usage.max',
    'size Memory Total | Max → data.monitoring.memory.total.max',
    'size Memory Used  | Max → data.monitoring.memory.used.max',
  ],
  Disk: [
    'text Disk Read IOPS | Avg → data.monitoring.disk.read_iops.avg',
    'text Disk Write IOPS | Avg → data.monitoring.disk.write_iops.avg',
    'size Disk Read Throughput | Avg → data.monitoring.disk.read_throughput.avg',
    'size Disk Write Throughput | Avg → data.monitoring.disk.write_throughput.avg',
    'text Disk Read IOPS | Max → data.monitoring.disk.read_iops.max',
    'text Disk Write IOPS | Max → data.monitoring.disk.write_iops.max',
    'size Disk Read Throughput | Max → data.monitoring.disk.read_throughput.max',
    'size Disk Write Throughput | Max → data.monitoring.disk.write_throughput.max',
  ],
  Network: [
    'text Network Received PPS | Avg → data.monitoring.network.received_pps.avg',
    'text Network Sent PPS | Avg → data.monitoring.network.sent_pps.avg',
    'size Network Received Throughput | Avg → data.monitoring.network.received_throughput.avg',
    'size Network Sent Throughput | Avg → data.monitoring.network.sent_throughput.avg',
    'text Network Received PPS | Max → data.monitoring.network.received_pps.max',
    'text Network Sent PPS | Max → data.monitoring.network.sent_pps.max',
    'size Network Received Throughput | Max → data.monitoring.network.received_throughput.max',
    'size Network Sent Throughput | Max → data.monitoring.network.sent_throughput.max',
  ],
};

const withoutMemory = serverMetricKeys.filter((key) => !key.startsWith('memory.'));

describe('performanceMetadata', () => {
  it('writes the layout of the wire contract, field by field', () => {
    expect(written(serverMetricKeys, ['avg', 'max'])).toEqual(Object.entries(expected));
  });

  it('leaves memory out where the provider does not measure it', () => {
    const { Memory: _, ...rest } = expected;
    expect(written(withoutMemory, ['avg', 'max'])).toEqual(Object.entries(rest));
  });

  it('is one list layout named Performance, and nothing else', () => {
    const metadata = performanceMetadata(serverMetricKeys, ['avg', 'max']);
    expect(Object.keys(metadata)).toEqual(['view']);
    expect(metadata.view.sub_data.layouts).toHaveLength(1);
    expect(metadata.view.sub_data.layouts[0]).toMatchObject({ name: 'Performance', type: 'list' });
  });

  it.each<{ name: string; asked: Statistic[]; labels: string[] }>([
    { name: 'avg and max though nobody asked', asked: [], labels: ['Avg', 'Max'] },
    { name: 'percentiles behind them', asked: ['p95', 'avg', 'max'], labels: ['Avg', 'Max', 'P95'] },
    { name: 'all of them', asked: ['p99', 'p50', 'min', 'p95'], labels: ['Avg', 'Max', 'Min', 'P50', 'P95', 'P99'] },
  ])('shows $name', ({ asked, labels }) => {
    const fields = itemsOf(['cpu.utilization'], asked)[0]?.options.fields ?? [];
    expect(fields.map((field) => field.name)).toEqual(labels.map((label) => `CPU Utilization (%) | ${label}`));
  });

  it('shows only the fields that the provider measures', () => {
    expect(written(['memory.total', 'cpu.utilization'], []).map(([name, fields]) => [name, fields.length])).toEqual([
      ['CPU', 2],
      ['Memory', 2],
    ]);
  });

  it.each<{ name: string; keys: MetricKey[]; sections: string[]; first: string[] }>([
    {
      name: 'a load balancer',
      keys: ['requests.rate', 'requests.latency', 'connections.active', 'network.throughput'],
      sections: ['Network', 'Requests', 'Connections'],
      first: ['size Network Throughput | Avg → data.monitoring.network.throughput.avg'],
    },
    {
      name: 'a bucket',
      keys: ['storage.objects', 'storage.used'],
      sections: ['Storage'],
      first: [
        'size Storage Used | Avg → data.monitoring.storage.used.avg',
        'text Objects | Avg → data.monitoring.storage.objects.avg',
      ],
    },
  ])('has sections of its own for $name', ({ keys, sections, first }) => {
    const layout = written(keys, []);
    expect(layout.map(([name]) => name)).toEqual(sections);
    expect(layout[0]?.[1].slice(0, first.length)).toEqual(first);
  });

  it('shows every key there is', () => {
    const shown = written(metricKeys, []).flatMap(([, fields]) => fields);
    expect(shown).toHaveLength(2 * metricKeys.length);
  });

  it('is the same frozen object for the same sets, in any order', () => {
    const metadata = performanceMetadata(serverMetricKeys, ['avg', 'max', 'p95']);
    expect(performanceMetadata(serverMetricKeys.toReversed(), ['p95', 'max', 'avg'])).toBe(metadata);
    expect(performanceMetadata(withoutMemory, ['avg', 'max', 'p95'])).not.toBe(metadata);
    expect(everyPart(metadata).every(Object.isFrozen)).toBe(true);
  });
});

function itemsOf(keys: readonly MetricKey[], asked: readonly Statistic[]): readonly ItemLayout[] {
  return performanceMetadata(keys, asked).view.sub_data.layouts[0].options.layouts;
}

function written(keys: readonly MetricKey[], asked: readonly Statistic[]): [string, string[]][] {
  return itemsOf(keys, asked).map(({ name, options }) => [
    name,
    options.fields.map((field) => `${field.type} ${field.name} → ${field.key}`),
  ]);
}

function everyPart(value: object): object[] {
  const parts = Object.values(value).filter((part): part is object => typeof part === 'object' && part !== null);
  return [value, ...parts.flatMap(everyPart)];
}
