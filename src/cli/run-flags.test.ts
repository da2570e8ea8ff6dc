import { describe, expect, it } from 'vitest';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import type { ResourceType } from '#model/resource-type.ts';
import { runOptionsFrom } from './run-flags.ts';

const type = (id: string, metrics: readonly MetricKey[]): ResourceType => ({
  id,
  label: id,
  group: '',
  type: '',
  metrics,
});
const one = { name: 'One Cloud', types: [type('server', serverMetricKeys), type('bucket', ['storage.used'])] };
const other = { name: 'Other Cloud', types: [type('server', ['cpu.utilization']), type('queue', ['requests.rate'])] };

describe('what a run reads', () => {
  it.each([
    { name: 'servers and their keys where nothing is said', flags: {}, types: ['server'], metrics: serverMetricKeys },
    {
      name: 'all keys of the types that are asked for, of any of the clouds',
      flags: { types: ['bucket', 'queue'] },
      types: ['bucket', 'queue'],
      metrics: ['storage.used', 'requests.rate'],
    },
    {
      name: 'the metrics that are asked for',
      flags: { types: ['bucket'], metrics: ['storage.used'] },
      types: ['bucket'],
      metrics: ['storage.used'],
    },
  ])('is $name', ({ flags, types, metrics }) => {
    expect(runOptionsFrom(flags, [one, other])).toMatchObject({ types, metrics });
  });

  it.each([
    {
      name: 'a type of neither cloud',
      types: ['bucket', 'topic'],
      says: "--types: 'topic' is not a type of One Cloud or Other Cloud",
    },
    { name: 'no type at all', types: [], says: '--types: names none' },
  ])('cannot be $name', ({ types, says }) => {
    expect(() => runOptionsFrom({ types }, [one, other])).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: says,
        fix: 'one or more of server, bucket, queue',
      }),
    );
  });

  it('cannot be a metric that nobody knows', () => {
    expect(() => runOptionsFrom({ metrics: ['cpu.temperature'] }, [one])).toThrow(
      /--metrics: 'cpu.temperature' is not one of cpu/,
    );
  });
});
