import {
  ListMetricsCommand,
  type ListMetricsCommandInput,
  type Metric,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { clients, listInstances, startTestCloud } from './sdk-clients.fixture.ts';

async function setUp() {
  const cloud = await startTestCloud({ faults: { quotaMultiplier: 100 } });
  const { cloudwatch, ec2 } = clients(cloud);
  const sizes: number[] = [];
  const list = async (input: ListMetricsCommandInput) => {
    const found: Metric[] = [];
    for await (const { Metrics = [] } of paginateListMetrics({ client: cloudwatch }, input)) {
      found.push(...Metrics);
      sizes.push(Metrics.length);
    }
    return found;
  };
  return { cloud, cloudwatch, ec2, list, sizes };
}

const nameOf = ({ Namespace, MetricName, Dimensions = [] }: Metric) =>
  [Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`)].join('|');

describe('ListMetrics', () => {
  it('lists every metric once, 500 a page', async () => {
    const { list, sizes } = await setUp();
    const names = (await list({})).map(nameOf);
    expect(names.length).toBeGreaterThan(3000);
    expect(new Set(names).size).toBe(names.length);
    expect(sizes.slice(0, -1).every((size) => size === 500)).toBe(true);
  });

  it('narrows by namespace, metric and dimension', async () => {
    const { list, ec2 } = await setUp();
    const one = (await listInstances(ec2)).find(({ State }) => State?.Name === 'running');
    const ofOne = await list({ Dimensions: [{ Name: 'InstanceId', Value: one?.InstanceId }], Namespace: 'AWS/EC2' });
    expect(new Set(ofOne.map(({ Namespace }) => Namespace))).toEqual(new Set(['AWS/EC2']));
    expect(ofOne.map(({ MetricName }) => MetricName)).toContain('CPUUtilization');
    const memory = await list({ Namespace: 'CWAgent', MetricName: 'mem_used_percent' });
    const sets = new Set(memory.map(({ Dimensions = [] }) => Dimensions.map(({ Name }) => Name).join()));
    expect(sets).toEqual(new Set(['InstanceId', 'InstanceId,ImageId,InstanceType,AutoScalingGroupName', 'host']));
    const byHost = await list({ Namespace: 'CWAgent', Dimensions: [{ Name: 'host' }] });
    expect(byHost.every(({ Dimensions }) => /^ip-10-/.test(Dimensions?.[0]?.Value ?? ''))).toBe(true);
    expect(byHost.length).toBeGreaterThan(0);
    const windows = await list({ Namespace: 'CWAgent', MetricName: 'Memory % Committed Bytes In Use' });
    expect(windows[0]?.Dimensions?.map(({ Name }) => Name)).toEqual([
      'InstanceId',
      'ImageId',
      'InstanceType',
      'objectname',
    ]);
  });

  it('leaves out what has been silent for two weeks, or three hours on demand', async () => {
    const { list, ec2 } = await setUp();
    const instances = await listInstances(ec2, 1000);
    const idsOf = (metrics: Metric[]) => new Set(metrics.map(({ Dimensions }) => Dimensions?.[0]?.Value));
    const cpu = { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization' } as const;
    const fortnight = idsOf(await list(cpu));
    const recent = idsOf(await list({ ...cpu, RecentlyActive: 'PT3H' }));
    const named = (prefix: string) =>
      instances
        .filter((i) => i.Tags?.some(({ Value }) => Value?.startsWith(prefix)))
        .map(({ InstanceId }) => InstanceId);
    expect(named('old-report-').length).toBeGreaterThan(5);
    expect(named('old-report-').filter((id) => fortnight.has(id))).toEqual([]);
    expect(named('poc-').filter((id) => fortnight.has(id))).toEqual(named('poc-'));
    expect(named('poc-').filter((id) => recent.has(id))).toEqual([]);
    expect(named('web-prod-').filter((id) => recent.has(id))).toEqual(named('web-prod-'));
  });

  it.each([
    { name: 'a made-up token', input: { NextToken: 'x' }, error: 'InvalidParameterValueException' },
    { name: 'a dimension without a name', input: { Dimensions: [{ Name: '' }] }, error: 'ValidationException' },
  ])('refuses $name', async ({ input, error }) => {
    const { cloudwatch } = await setUp();
    await expect(cloudwatch.send(new ListMetricsCommand(input))).rejects.toMatchObject({ name: error });
  });

  it('is limited to 25 calls a second', async () => {
    const cloud = await startTestCloud({ wallClock: frozenWallClock() });
    const { cloudwatch } = clients(cloud);
    const calls = Array.from({ length: 30 }, () => cloudwatch.send(new ListMetricsCommand({ Namespace: 'CWAgent' })));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(25);
  });
});

function frozenWallClock(): () => number {
  const now = Date.now();
  return () => now;
}
