import { DescribeAlarmsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, DescribeRegionsCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { demoAccounts } from './accounts.ts';
import type { Faults } from './faults.ts';
import {
  clients,
  ec2Query,
  fortnight,
  keysOf,
  listInstances,
  pointsOf,
  readMetricData,
  startTestCloud,
  testNow,
} from './sdk-clients.fixture.ts';

const describeFive = new DescribeInstancesCommand({ MaxResults: 5 });

async function setUp(faults: Partial<Faults> = {}) {
  const wallNow = Date.now();
  const cloud = await startTestCloud({ faults, wallClock: () => wallNow });
  const names = async (calls: Promise<unknown>[]) =>
    (await Promise.allSettled(calls)).map((outcome) =>
      outcome.status === 'fulfilled' ? 'ok' : String(outcome.reason.name),
    );
  return { cloud, names, ...clients(cloud) };
}

/** Calls made one after another, so that their luck comes in order. */
async function oneByOne(count: number, call: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    names.push(
      await call().then(
        () => 'ok',
        (error: Error) => error.name,
      ),
    );
  }
  return names;
}

describe('quotas', () => {
  it.each([
    { name: 'GetMetricData: 50', granted: 50, asked: 60, error: 'ThrottlingException' },
    { name: 'GetMetricData at a tenth: 5', granted: 5, asked: 10, error: 'ThrottlingException', quotaMultiplier: 0.1 },
  ])('$name calls a second', async ({ granted, asked, error, quotaMultiplier = 1 }) => {
    const { cloud, names, cloudwatch } = await setUp({ quotaMultiplier });
    const calls = Array.from({ length: asked }, () =>
      readMetricData(cloudwatch, [ec2Query('a', 'CPUUtilization', 'i-0')], fortnight),
    );
    const outcomes = await names(calls);
    expect(outcomes.filter((name) => name === 'ok')).toHaveLength(granted);
    expect(outcomes.filter((name) => name === error)).toHaveLength(asked - granted);
    expect(cloud.stats.rows()).toMatchObject([
      { operation: 'GetMetricData', calls: asked, throttled: asked - granted, queries: granted },
    ]);
  });

  it('count datapoints by range and period, whether they exist or not', async () => {
    const { names, cloudwatch } = await setUp();
    const queries = Array.from({ length: 100 }, (_, i) => ec2Query(`q${i}`, 'NoSuchMetric', 'i-0', 'Sum', 300));
    const heavy = () => readMetricData(cloudwatch, queries, fortnight);
    expect(await names([heavy()])).toEqual(['ok']);
    expect(await names([heavy()])).toEqual(['ThrottlingException']);
    const recent = { start: testNow - 3600, end: testNow };
    expect(await names([readMetricData(cloudwatch, queries, recent)])).toEqual(['ok']);
  });

  it('hold back listings without a page size more than those with one', async () => {
    const { names, ec2 } = await setUp();
    const bare = await names(Array.from({ length: 60 }, () => ec2.send(new DescribeInstancesCommand({}))));
    expect(bare.filter((name) => name === 'ok')).toHaveLength(50);
    const paged = await names(Array.from({ length: 110 }, () => ec2.send(describeFive)));
    expect(paged.filter((name) => name === 'RequestLimitExceeded')).toHaveLength(10);
  });

  it("are each region's own", async () => {
    const { cloud, names, cloudwatch } = await setUp({ quotaMultiplier: 0.1 });
    const other = clients(cloud, 'eu-west-1').cloudwatch;
    await names(Array.from({ length: 5 }, () => cloudwatch.send(new ListMetricsCommand({ Namespace: 'CWAgent' }))));
    expect(await names([other.send(new ListMetricsCommand({ Namespace: 'CWAgent' }))])).toEqual(['ok']);
  });
});

describe('denied', () => {
  it('CloudWatch in eu-central-1 of demo-core, whose servers can be listed', async () => {
    const cloud = await startTestCloud();
    const { ec2, cloudwatch } = clients(cloud, 'eu-central-1', keysOf(demoAccounts[1]));
    expect(await listInstances(ec2)).toHaveLength(20);
    await expect(cloudwatch.send(new ListMetricsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::${demoAccounts[1].id}:user/demo-core is not authorized to perform: cloudwatch:ListMetrics because no identity-based policy allows the cloudwatch:ListMetrics action`,
    });
  });

  it.each([
    { place: `${demoAccounts[0].id}/us-east-1`, names: ['UnauthorizedOperation', 'ok'] },
    { place: '*/eu-west-1', names: ['ok', 'UnauthorizedOperation'] },
    { place: `${demoAccounts[1].id}/*`, names: ['ok', 'ok'] },
  ])('EC2 at $place', async ({ place, names: expected }) => {
    const { cloud, names, ec2 } = await setUp({ deniedEc2: [place] });
    expect(await names([ec2.send(describeFive), clients(cloud, 'eu-west-1').ec2.send(describeFive)])).toEqual(expected);
  });
});

describe('faults', () => {
  it('change while the cloud runs', async () => {
    const { cloud, names, ec2 } = await setUp();
    expect(await names([ec2.send(describeFive)])).toEqual(['ok']);
    cloud.faults.set({ deniedEc2: ['*/*'] });
    expect(await names([ec2.send(describeFive)])).toEqual(['UnauthorizedOperation']);
    cloud.faults.clear();
    expect(await names([ec2.send(describeFive)])).toEqual(['ok']);
  });

  it('strike the same calls in every run of a seed', async () => {
    const run = async () => {
      const { ec2 } = await setUp({ serverErrorRate: 0.4 });
      return oneByOne(20, () => ec2.send(describeFive));
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(new Set(first)).toEqual(new Set(['ok', 'InternalError', 'Unavailable']));
  });

  it('storm: refuse the first of every few calls', async () => {
    const { ec2 } = await setUp({ throttleStorm: { every: 4, lasts: 3 } });
    const outcomes = await oneByOne(8, () => ec2.send(describeFive));
    const storm = ['RequestLimitExceeded', 'RequestLimitExceeded', 'RequestLimitExceeded', 'ok'];
    expect(outcomes).toEqual([...storm, ...storm]);
  });

  it('fail a call whole that names a poisoned instance', async () => {
    const { names, cloudwatch } = await setUp({ poisonedInstances: ['i-bad'] });
    const good = ec2Query('a', 'CPUUtilization', 'i-0');
    const bad = ec2Query('b', 'CPUUtilization', 'i-bad');
    const read = (queries: (typeof good)[]) => readMetricData(cloudwatch, queries, fortnight);
    expect(await names([read([good]), read([good, bad])])).toEqual(['ok', 'ValidationException']);
  });

  it('forbid single metrics, result by result', async () => {
    const { cloudwatch, ec2 } = await setUp({ forbiddenMetrics: ['AWS/EC2/NetworkIn'] });
    const [{ InstanceId = '' } = {}] = await listInstances(ec2);
    const { results } = await readMetricData(
      cloudwatch,
      [ec2Query('a', 'NetworkIn', InstanceId), ec2Query('b', 'NetworkOut', InstanceId)],
      fortnight,
    );
    expect(results).toMatchObject([
      { Id: 'a', StatusCode: 'Forbidden', Values: [], Messages: [{ Code: 'Forbidden' }] },
      { Id: 'b', StatusCode: 'Complete' },
    ]);
  });

  it('lose single results to InternalError, never to silence', async () => {
    const { cloudwatch } = await setUp({ internalErrorRate: 0.3 });
    const queries = Array.from({ length: 100 }, (_, i) => ec2Query(`q${i}`, 'CPUUtilization', 'i-0'));
    const { results } = await readMetricData(cloudwatch, queries, fortnight);
    const lost = results.filter(({ StatusCode }) => StatusCode === 'InternalError');
    expect(results).toHaveLength(100);
    expect(lost.length).toBeGreaterThan(10);
    expect(lost.length).toBeLessThan(60);
  });

  it('cut pages short without losing or doubling a point', async () => {
    const { cloud, cloudwatch, ec2 } = await setUp({ quotaMultiplier: 100 });
    const queries = (await listInstances(ec2))
      .slice(0, 20)
      .map(({ InstanceId = '' }, i) => ec2Query(`q${i}`, 'CPUUtilization', InstanceId));
    const whole = await readMetricData(cloudwatch, queries, fortnight);
    cloud.faults.set({ partialDataRate: 1 });
    const cut = await readMetricData(cloudwatch, queries, fortnight);
    expect(cut.pages).toBeGreaterThan(1);
    expect(cut.results.some(({ StatusCode }) => StatusCode === 'PartialData')).toBe(true);
    for (const { Id = '' } of queries) expect(pointsOf(cut.results, Id)).toEqual(pointsOf(whole.results, Id));
  });

  it('reset connections', async () => {
    const { names, ec2 } = await setUp({ resetRate: 1 });
    await expect(ec2.send(describeFive)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await names([ec2.send(describeFive)])).not.toEqual(['ok']);
  });

  it('hang in one region only', async () => {
    const { cloud, names, ec2 } = await setUp({ hangingRegions: ['us-east-1'] });
    const patience = AbortSignal.timeout(150);
    expect(await names([ec2.send(describeFive, { abortSignal: patience })])).toEqual(['AbortError']);
    expect(await names([clients(cloud, 'eu-west-1').ec2.send(describeFive)])).toEqual(['ok']);
  });

  it('break answers off', async () => {
    const { names, ec2, cloudwatch } = await setUp({ malformedRegions: ['us-east-1'] });
    const outcomes = await names([ec2.send(describeFive), cloudwatch.send(new ListMetricsCommand({}))]);
    expect(outcomes).not.toContain('ok');
  });

  it('delay answers', async () => {
    const { ec2 } = await setUp({ latencyMs: 80, latencyJitterMs: 20 });
    const before = performance.now();
    await ec2.send(new DescribeRegionsCommand({}));
    expect(performance.now() - before).toBeGreaterThanOrEqual(79);
  });

  it('apart, an action that the simulation lacks is refused as AWS refuses', async () => {
    const { names, ec2, sts, cloudwatch } = await setUp();
    const calls = [
      ec2.send(new DescribeSnapshotsCommand({})),
      sts.send(new GetSessionTokenCommand({})),
      cloudwatch.send(new DescribeAlarmsCommand({})),
    ];
    expect(await names(calls)).toEqual(['InvalidAction', 'InvalidAction', 'UnknownOperationException']);
  });
});
