import { describe, expect, it } from 'vitest';
import type { AwsMetric } from '#providers/aws/reader/metric.ts';
import { awsSource } from './source.ts';

const own = [{ Name: 'InstanceId', Value: 'i-1' }];
const cpu = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: own };

describe('a query', () => {
  it.each([
    {
      name: 'a metric of v2',
      query: { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Dimensions: own },
      place: undefined,
    },
    {
      name: 'its name wins',
      query: { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Dimensions: own },
      place: undefined,
      metric: 'other',
    },
    { name: 'v1', query: { namespace: 'AWS/EC2', dimensions: own, region_name: 'eu-west-1' }, place: 'eu-west-1' },
    { name: 'global', query: { namespace: 'AWS/EC2', dimensions: own, region_name: 'Global' }, place: 'us-east-1' },
    { name: 'no region', query: { namespace: 'AWS/EC2', dimensions: own, region_name: '' }, place: undefined },
    {
      name: 'a record with several namespaces',
      query: { metrics_info: ['CWAgent', 'AWS/EC2'].map((Namespace) => ({ Namespace, Dimensions: own })) },
      place: undefined,
    },
  ])('$name', ({ query, place, metric = 'CPUUtilization' }) => {
    expect(awsSource.metricOf(query, metric)).toEqual({ place, metric: cpu });
  });

  it('is the same whatever the order of its dimensions', () => {
    const dimensions = [...own, { Name: 'ImageId', Value: 'ami-1' }];
    const [one, other] = [dimensions, dimensions.toReversed()].map((Dimensions) =>
      awsSource.metricOf({ Namespace: 'CWAgent', MetricName: 'mem_used_percent', Dimensions }, ''),
    );
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  it.each([
    { name: 'a region that is none', query: { ...cpu, region_name: 'evil.example/x' }, says: 'region_name' },
    { name: 'no namespace', query: { dimensions: own }, says: 'Namespace' },
    { name: 'no metric', query: { namespace: 'AWS/EC2', dimensions: own }, says: 'MetricName' },
    {
      name: 'a dimension without a value',
      query: { namespace: 'a', dimensions: [{ Name: 'b', Value: '' }] },
      says: 'dimensions.0.Value',
    },
    { name: 'no object', query: 'AWS/EC2', says: 'query' },
  ])('is refused: $name', ({ query, says }) => {
    expect(() => awsSource.metricOf(query, '')).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
  });
});

describe('a listed metric is called', () => {
  const scope = { namespace: 'CWAgent', dimensions: own };
  const keysOf = (metrics: readonly AwsMetric[]) =>
    awsSource.entriesOf(metrics.map((metric) => ({ metric, scope, unit: undefined }))).map(({ key }) => key);
  const agent = (metric: string, more: Readonly<Record<string, string>>) => ({
    namespace: 'CWAgent',
    metric,
    dimensions: [...own, ...Object.entries(more).map(([Name, Value]) => ({ Name, Value }))],
  });

  it('by its name alone where there is only one', () => {
    expect(keysOf([cpu, agent('mem_used_percent', { ImageId: 'ami-1' })])).toEqual([
      'CPUUtilization',
      'mem_used_percent',
    ]);
  });

  it('by that in which those of one name differ', () => {
    const disk = (path: string) => agent('disk_used_percent', { ImageId: 'ami-1', path });
    expect(keysOf([disk('/'), disk('/data')])).toEqual(['disk_used_percent path=/', 'disk_used_percent path=/data']);
  });

  it('by its name alone where it has just the dimensions of the resource', () => {
    expect(keysOf([agent('mem_used', { ImageId: 'ami-1' }), agent('mem_used', {})])).toEqual([
      'mem_used ImageId=ami-1',
      'mem_used',
    ]);
  });
});
