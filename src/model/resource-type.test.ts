import { expect, it } from 'vitest';
import { metricsOf, metricsOfAny, type ResourceType } from './resource-type.ts';

const type = (id: string, metrics: ResourceType['metrics']): ResourceType => ({
  id,
  label: id,
  group: '',
  type: '',
  metrics,
});
const one = { types: [type('server', ['memory.usage', 'cpu.utilization']), type('bucket', ['storage.used'])] };
const other = { types: [type('server', ['cpu.utilization', 'disk.read_iops'])] };

it('gives the keys of a type, and none of one that the provider lacks', () => {
  expect(metricsOf(one, 'bucket')).toEqual(['storage.used']);
  expect(metricsOf(other, 'bucket')).toEqual([]);
});

it('gives the keys of several types and providers once, in the order of the table', () => {
  expect(metricsOfAny([one, other], ['server'])).toEqual(['cpu.utilization', 'memory.usage', 'disk.read_iops']);
  expect(metricsOfAny([other, one], ['bucket', 'server'])).toEqual([
    'cpu.utilization',
    'memory.usage',
    'disk.read_iops',
    'storage.used',
  ]);
});
