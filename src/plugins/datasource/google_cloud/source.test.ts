import { describe, expect, it } from 'vitest';
import { googleCloudSource } from './source.ts';

const labels = [{ key: 'resource.labels.instance_id', value: '4242' }];
const type = 'compute.googleapis.com/instance/cpu/utilization';
const prefix = 'compute.googleapis.com/instance';

describe('a query', () => {
  it.each([
    {
      name: 'a metric of 2.x',
      query: { name: 'projects/a-project', resource_id: 'x', filter: { metric_type: type, labels } },
      metric: '',
      want: { place: 'a-project', metric: { type, labels } },
    },
    {
      name: 'a record of 2.x, and the name of a metric',
      query: { name: 'projects/a-project', filters: [{ metric_type: prefix, labels }], region_name: 'us-central1' },
      metric: type,
      want: { place: 'a-project', metric: { type, labels } },
    },
    {
      name: 'a record of 1.x, and the name of a metric',
      query: { type: 'gce_instance', filters: labels, resource_id: 'server-1' },
      metric: type,
      want: { place: undefined, metric: { type, resourceType: 'gce_instance', labels } },
    },
    {
      name: 'nulls, as Python writes what is not there',
      query: { name: null, filter: { metric_type: type, labels }, type: null, filters: null },
      metric: '',
      want: { place: undefined, metric: { type, labels } },
    },
  ])('$name', ({ query, metric, want }) => {
    expect(googleCloudSource.metricOf(query, metric)).toEqual(want);
  });

  it('is the same whatever the order and the spelling of its labels', () => {
    const both = [...labels, { key: 'metric.label.state', value: 'used' }];
    const [one, other] = [both, both.toReversed()].map((each) =>
      googleCloudSource.metricOf({ filter: { metric_type: type, labels: each } }, ''),
    );
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    expect(one?.metric.labels[0]?.key).toBe('metric.labels.state');
  });

  it.each([
    { name: 'no metric', query: { filters: labels }, says: 'metric_type' },
    { name: 'no label', query: { filter: { metric_type: type, labels: [] } }, says: 'labels' },
    { name: 'a project that is none', query: { name: 'projects/../x', filters: labels }, says: 'name' },
    { name: 'a label that is none', query: { filter: { labels: [{ key: 'a" OR "', value: '' }] } }, says: 'labels.0' },
    { name: 'a metric that is none', query: { filter: { metric_type: 'a"b', labels } }, says: 'metric_type' },
    { name: 'no object', query: 'x', says: 'query' },
  ])('is refused: $name', ({ query, says }) => {
    expect(() => googleCloudSource.metricOf(query, '')).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
  });
});

describe('a record is looked for', () => {
  it.each([
    {
      name: 'as 2.x has it',
      query: { name: 'projects/a-project', filters: [{ metric_type: prefix, labels }] },
      want: [{ project: 'a-project', prefix, labels }],
    },
    {
      name: 'as 1.x has it',
      query: { type: 'gce_instance', filters: labels },
      want: [{ project: undefined, resourceType: 'gce_instance', prefix, labels }],
    },
    { name: 'not at all, without a label', query: { filters: [{ metric_type: prefix, labels: [] }] }, want: [] },
  ])('$name', ({ query, want }) => {
    expect(googleCloudSource.scopesOf(query)).toEqual(want);
  });
});
