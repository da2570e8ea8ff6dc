import { expect, it } from 'vitest';
import { isMetricKey, metricKeys, serverMetricKeys } from './metric.ts';

it('numbers keys as stored days do: no number ever changes its key', () => {
  expect(metricKeys).toEqual([
    ...serverMetricKeys,
    'disk.queue_length',
    'storage.total',
    'storage.used',
    'storage.free',
    'storage.usage',
    'storage.objects',
    'connections.active',
    'connections.rate',
    'requests.rate',
    'requests.errors',
    'requests.throttles',
    'requests.latency',
    'requests.concurrency',
    'network.throughput',
    'cache.hits',
    'cache.misses',
  ]);
  expect(serverMetricKeys).toEqual([
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
  ]);
});

it('knows a key from what objects have of themselves', () => {
  expect(['cpu.utilization', 'requests.rate'].every(isMetricKey)).toBe(true);
  expect(['cpu', 'toString', ''].some(isMetricKey)).toBe(false);
});
