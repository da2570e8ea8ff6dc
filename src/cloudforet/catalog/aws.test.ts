import { expect, it } from 'vitest';
import { aws } from './aws.ts';

const [, instanceStore] = aws.keys['disk.read_iops'] ?? [];
const isUnlikely = (type: string) => instanceStore?.unlikelyOf?.test(type);

it.each(['t2.micro', 't3a.small', 't4g.medium', 'a1.large', 'm4.xlarge', 'm5.large', 'm6i.4xlarge', 'm5zn.large'])(
  '%s has no instance store',
  (type) => expect(isUnlikely(type)).toBe(true),
);

it.each(['c7i-flex.large', 'c6gn.xlarge', 'r5b.large', 'r8g.metal-24xl', 'c4.large', 'm10i.large'])(
  'nor has %s',
  (type) => expect(isUnlikely(type)).toBe(true),
);

it.each([
  'm5d.large',
  'm6idn.large',
  'c5ad.xlarge',
  'r7gd.large',
  'i3en.xlarge',
  'd3.xlarge',
  'm3.medium',
  'g5.xlarge',
])('%s may have one', (type) => expect(isUnlikely(type)).toBe(false));

it('asks by the dimensions that the record has, and of none that it has not', () => {
  const Dimensions = [{ Name: 'InstanceId', Value: 'i-1' }];
  const stored = {
    region_name: 'eu-west-1',
    metrics_info: [
      { Namespace: 'CWAgent', Dimensions },
      { Namespace: 'AWS/EC2', Dimensions },
    ],
  };
  expect(aws.queryOf(stored, 'NetworkIn')).toEqual({ Namespace: 'AWS/EC2', MetricName: 'NetworkIn', Dimensions });
  for (const none of [
    undefined,
    {},
    { metrics_info: [] },
    { metrics_info: [{ Namespace: 'AWS/EC2', Dimensions: [] }] },
  ]) {
    expect(aws.queryOf(none, 'NetworkIn')).toBeUndefined();
  }
});
