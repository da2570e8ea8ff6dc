import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import {
  clients,
  day,
  ec2Query,
  fortnight,
  pointsOf,
  readMetricData,
  setUpSteady,
  startTestCloud,
  testNow,
} from './sdk-clients.fixture.ts';

/** `ValidationError` on the wire; the SDK names it after the exception that its model has for that code. */
const validationError = { name: 'ValidationException', Code: 'ValidationError', $metadata: { httpStatusCode: 400 } };

describe('a request is refused whole for', () => {
  const good = ec2Query('good', 'CPUUtilization', 'i-0');
  const stat = good.MetricStat;
  it.each<{ name: string; queries: MetricDataQuery[]; start?: number; max?: number }>([
    { name: '501 queries', queries: Array.from({ length: 501 }, (_, i) => ({ ...good, Id: `q${i}` })) },
    { name: 'no query', queries: [] },
    { name: 'an id with a capital first', queries: [good, { ...good, Id: 'Bad' }] },
    { name: 'an id with a dash', queries: [good, { ...good, Id: 'a-b' }] },
    { name: 'an id that comes twice', queries: [good, good] },
    { name: 'a period of 90 s', queries: [good, ec2Query('bad', 'CPUUtilization', 'i-0', 'Sum', 90)] },
    { name: 'a period of two days', queries: [ec2Query('bad', 'CPUUtilization', 'i-0', 'Sum', 2 * day)] },
    { name: 'an unknown statistic', queries: [ec2Query('bad', 'CPUUtilization', 'i-0', 'Median')] },
    { name: 'an empty dimension', queries: [ec2Query('bad', 'CPUUtilization', '')] },
    { name: 'a dimension beyond ASCII', queries: [ec2Query('bad', 'CPUUtilization', 'sérvér')] },
    { name: 'a dimension of 1,025 characters', queries: [ec2Query('bad', 'CPUUtilization', 'x'.repeat(1025))] },
    { name: 'an expression', queries: [{ Id: 'e', Expression: 'SUM(METRICS())' }] },
    { name: 'neither metric nor expression', queries: [{ Id: 'e' }] },
    { name: 'a start that is not before the end', queries: [{ Id: 'a', MetricStat: stat }], start: fortnight.end },
    { name: 'more than 100,800 datapoints a page', queries: [good], max: 100_801 },
  ])('$name', async ({ queries, start, max }) => {
    const { cloudwatch } = clients(await startTestCloud());
    const ask = { ...fortnight, ...(start && { start }), ...(max && { more: { MaxDatapoints: max } }) };
    await expect(readMetricData(cloudwatch, queries, ask)).rejects.toMatchObject(validationError);
  });
});

describe('pages', () => {
  it.each([1, 10, 100, 333])('of %i datapoints hold every point exactly once', async (MaxDatapoints) => {
    const { cloudwatch, steady } = await setUpSteady();
    const queries = steady
      .slice(0, 12)
      .map(({ InstanceId = '' }, i) =>
        ec2Query(`q${i}`, i % 3 === 0 ? 'NoSuchMetric' : 'NetworkIn', InstanceId, 'Sum', day),
      );
    const whole = await readMetricData(cloudwatch, queries, fortnight);
    const paged = await readMetricData(cloudwatch, queries, { ...fortnight, more: { MaxDatapoints } });
    const all = (results: typeof whole.results) => queries.map(({ Id = '' }) => [...pointsOf(results, Id)]);
    expect(all(paged.results)).toEqual(all(whole.results));
    expect(whole.pages).toBe(1);
    expect(paged.pages).toBe(Math.ceil((8 * 14) / MaxDatapoints));
  });

  it('mark the series they cut, which goes on under the same id', async () => {
    const { cloudwatch, steady } = await setUpSteady();
    const queries = steady.slice(0, 3).map(({ InstanceId = '' }, i) => ec2Query(`q${i}`, 'NetworkIn', InstanceId));
    const { results } = await readMetricData(cloudwatch, queries, { ...fortnight, more: { MaxDatapoints: 20 } });
    expect(results.map(({ Id, StatusCode, Values }) => [Id, StatusCode, Values?.length])).toEqual([
      ['q0', 'Complete', 14],
      ['q1', 'PartialData', 6],
      ['q1', 'Complete', 8],
      ['q2', 'PartialData', 12],
      ['q2', 'Complete', 2],
    ]);
  });

  it('are of the moment of the first, though time goes on', async () => {
    let now = testNow;
    const { cloudwatch, first } = await setUpSteady({ clock: () => now++ * 1000 });
    const queries = ['Sum', 'Maximum'].map((stat, i) => ec2Query(`q${i}`, 'NetworkPacketsIn', first, stat, 300));
    const { results } = await readMetricData(cloudwatch, queries, {
      start: testNow - 7200,
      end: testNow + day,
      more: { MaxDatapoints: 1 },
    });
    expect([...pointsOf(results, 'q0').keys()]).toEqual([...pointsOf(results, 'q1').keys()]);
  });

  it('are refused with a token of another request', async () => {
    const { cloudwatch, first } = await setUpSteady();
    const command = (metric: string, NextToken?: string) =>
      new GetMetricDataCommand({
        MetricDataQueries: [ec2Query('a', metric, first)],
        StartTime: new Date(fortnight.start * 1000),
        EndTime: new Date(fortnight.end * 1000),
        MaxDatapoints: 3,
        NextToken,
      });
    const { NextToken } = await cloudwatch.send(command('NetworkIn'));
    await expect(cloudwatch.send(command('NetworkOut', NextToken))).rejects.toMatchObject({ name: 'InvalidNextToken' });
    await expect(cloudwatch.send(command('NetworkIn', 'made-up'))).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });
});
