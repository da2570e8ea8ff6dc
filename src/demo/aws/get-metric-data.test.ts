import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import {
  day,
  ec2Query,
  fortnight,
  midnight,
  pointsOf,
  query,
  readMetricData,
  setUpSteady,
  testNow,
} from './sdk-clients.fixture.ts';

const sum = (points: Map<number, number>) => [...points.values()].reduce((total, value) => total + value, 0);

function inBytes(instance: string): MetricDataQuery {
  const { MetricStat } = ec2Query('a', 'CPUUtilization', instance);
  return { Id: 'a', ...(MetricStat && { MetricStat: { ...MetricStat, Unit: 'Bytes' as const } }) };
}

describe('points', () => {
  it('come one a day over a fortnight, newest first unless asked otherwise', async () => {
    const { cloudwatch, first } = await setUpSteady();
    const times = async (ScanBy?: 'TimestampAscending') => {
      const { results } = await readMetricData(cloudwatch, [ec2Query('a', 'NetworkIn', first)], {
        ...fortnight,
        ...(ScanBy && { more: { ScanBy } }),
      });
      return results[0]?.Timestamps?.map((time) => time.getTime() / 1000) ?? [];
    };
    const ascending = Array.from({ length: 14 }, (_, i) => fortnight.start + i * day);
    expect(await times('TimestampAscending')).toEqual(ascending);
    expect(await times()).toEqual(ascending.reverse());
  });

  it.each(['CPUUtilization', 'NetworkIn', 'NetworkPacketsOut'])(
    'of %s add up: a day is the sum of its five minutes',
    async (metric) => {
      const { cloudwatch, first } = await setUpSteady();
      const stats = ['Sum', 'SampleCount', 'Maximum', 'Minimum', 'Average'];
      const ask = { start: midnight - day, end: midnight };
      const read = async (period: number) =>
        (
          await readMetricData(
            cloudwatch,
            stats.map((stat) => ec2Query(stat.toLowerCase(), metric, first, stat, period)),
            ask,
          )
        ).results;
      const [daily, fine] = await Promise.all([read(day), read(300)]);
      const [sumOfDay, countOfDay] = [sum(pointsOf(daily, 'sum')), sum(pointsOf(daily, 'samplecount'))];
      expect(sum(pointsOf(fine, 'sum'))).toBe(sumOfDay);
      expect(sum(pointsOf(fine, 'samplecount'))).toBe(countOfDay);
      expect(Math.max(...pointsOf(fine, 'maximum').values())).toBe(sum(pointsOf(daily, 'maximum')));
      expect(Math.min(...pointsOf(fine, 'minimum').values())).toBe(sum(pointsOf(daily, 'minimum')));
      expect(sum(pointsOf(daily, 'average'))).toBeCloseTo(sumOfDay / countOfDay, 9);
      expect(pointsOf(fine, 'sum').size).toBe(288);
    },
  );

  it('have percentiles between minimum and maximum, in order', async () => {
    const { cloudwatch, first } = await setUpSteady();
    const stats = ['Minimum', 'p0', 'p50', 'p95', 'p99.9', 'p100', 'Maximum'];
    const queries = stats.map((stat, i) => ec2Query(`s${i}`, 'CPUUtilization', first, stat));
    const { results } = await readMetricData(cloudwatch, queries, { start: midnight - day, end: midnight });
    const values = stats.map((_, i) => sum(pointsOf(results, `s${i}`)));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values[1]).toBe(values[0]);
    expect(values[5]).toBe(values[6]);
    expect(values[3]).toBeGreaterThan(values[2] ?? 0);
  });

  it('lie on buckets from StartTime, not from the clock; start included, end not', async () => {
    const { cloudwatch, first } = await setUpSteady();
    const ask = { start: testNow - 7200 + 60 + 30, end: testNow - 3600 };
    const { results } = await readMetricData(cloudwatch, [ec2Query('a', 'NetworkPacketsIn', first, 'Sum', 1800)], ask);
    const start = testNow - 7200 + 60;
    expect([...pointsOf(results, 'a').keys()].sort()).toEqual([start, start + 1800]);
    const edge = await readMetricData(cloudwatch, [ec2Query('a', 'NetworkPacketsIn', first, 'SampleCount', 300)], {
      start: testNow - 7200,
      end: testNow - 6600,
    });
    expect([...pointsOf(edge.results, 'a').keys()].sort()).toEqual([testNow - 7200, testNow - 6900]);
  });

  it.each([
    { name: '14 days, 60 s', age: 14 * day, period: 60, points: 1 },
    { name: '16 days, 60 s', age: 16 * day, period: 60, points: 0 },
    { name: '16 days, 300 s', age: 16 * day, period: 300, points: 1 },
    { name: '62 days, 3600 s', age: 62 * day, period: 3600, points: 1 },
    { name: '64 days, 300 s', age: 64 * day, period: 300, points: 0 },
    { name: '64 days, 3600 s', age: 64 * day, period: 3600, points: 1 },
    { name: '64 days, 86400 s', age: 64 * day, period: 86_400, points: 1 },
    { name: '2 hours, 10 s', age: 7200, period: 10, points: 1 },
    { name: '4 hours, 10 s', age: 4 * 3600, period: 10, points: 0 },
    { name: '456 days, 86400 s', age: 457 * day, period: 86_400, points: 0 },
  ])('of a period that does not fit StartTime are silently missing: $name', async ({ age, period, points }) => {
    const { cloudwatch, first } = await setUpSteady();
    const start = testNow - age;
    const { results } = await readMetricData(cloudwatch, [ec2Query('a', 'NetworkPacketsIn', first, 'Sum', period)], {
      start,
      end: start + period,
    });
    expect(results).toMatchObject([{ Id: 'a', StatusCode: 'Complete' }]);
    expect(pointsOf(results, 'a').size).toBe(points);
  });

  it.each([
    { age: 20 * day + 30, rounding: 300 },
    { age: 70 * day + 30, rounding: 3600 },
  ])('start at StartTime rounded down to $rounding s', async ({ age, rounding }) => {
    const { cloudwatch, first } = await setUpSteady();
    const start = testNow - age;
    const { results } = await readMetricData(cloudwatch, [ec2Query('a', 'CPUUtilization', first, 'Sum', 3600)], {
      start,
      end: start + 7200,
    });
    expect(Math.min(...pointsOf(results, 'a').keys())).toBe(Math.floor(start / rounding) * rounding);
  });

  it('are not published before five minutes have passed', async () => {
    const { cloudwatch, first } = await setUpSteady();
    const { results } = await readMetricData(cloudwatch, [ec2Query('a', 'NetworkPacketsIn', first, 'Sum', 300)], {
      start: testNow - 3600,
      end: testNow + 3600,
    });
    expect(Math.max(...pointsOf(results, 'a').keys())).toBe(testNow - 600);
  });

  it.each([
    { name: 'an unknown metric', wrong: (id: string) => ec2Query('a', 'NoSuchMetric', id) },
    { name: 'an unknown instance', wrong: () => ec2Query('a', 'CPUUtilization', 'i-0123456789abcdef0') },
    { name: 'another dimension', wrong: (id: string) => query('a', ['AWS/EC2', 'CPUUtilization'], ['ImageId', id]) },
    { name: 'another unit', wrong: inBytes },
  ])('are none, and no error, for $name', async ({ wrong }) => {
    const { cloudwatch, first } = await setUpSteady();
    const { results } = await readMetricData(cloudwatch, [wrong(first)], fortnight);
    expect(results).toMatchObject([{ StatusCode: 'Complete', Values: [], Timestamps: [] }]);
  });
});
