import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { paginateDescribeVolumes } from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand as DescribeClassicLoadBalancersCommand,
  ElasticLoadBalancingClient,
} from '@aws-sdk/client-elastic-load-balancing';
import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeCacheClustersCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { demoAccounts, type SimAccount } from '../accounts.ts';
import { clients, keysOf, listInstances, startTestCloud } from '../sdk-clients.fixture.ts';
import type { AwsCloud } from '../server.ts';

/** Enough for a second page of everything that has small pages. */
const account: SimAccount = { ...demoAccounts[0], regions: { 'us-east-1': 30 }, managed: { 'us-east-1': 55 } };

async function setUp(credentials = keysOf(account)) {
  const cloud = await startTestCloud({ accounts: [account], faults: { quotaMultiplier: Number.POSITIVE_INFINITY } });
  const config = { endpoint: cloud.url, region: 'us-east-1', credentials, maxAttempts: 1 };
  return { cloud, asks: asksOf(config) };
}

type Ask = (page: { size?: number; token?: string }) => Promise<{ ids: (string | undefined)[]; next?: string }>;

/** A page of each listing, by the official clients. */
function asksOf(config: {
  endpoint: string;
  region: string;
  credentials: ReturnType<typeof keysOf>;
  maxAttempts: number;
}) {
  const rds = new RDSClient(config);
  const balancing = new ElasticLoadBalancingV2Client(config);
  const classic = new ElasticLoadBalancingClient(config);
  const caches = new ElastiCacheClient(config);
  const lambda = new LambdaClient(config);
  const s3 = new S3Client(config);
  return {
    rds: async ({ size, token }) => {
      const reply = await rds.send(new DescribeDBInstancesCommand({ MaxRecords: size, Marker: token }));
      return pageOf(
        reply.DBInstances?.map(({ DBInstanceArn }) => DBInstanceArn),
        reply.Marker,
      );
    },
    elasticloadbalancing: async ({ size, token }) => {
      const reply = await balancing.send(new DescribeLoadBalancersCommand({ PageSize: size, Marker: token }));
      return pageOf(
        reply.LoadBalancers?.map(({ LoadBalancerArn }) => LoadBalancerArn),
        reply.NextMarker,
      );
    },
    classic: async ({ size, token }) => {
      const reply = await classic.send(new DescribeClassicLoadBalancersCommand({ PageSize: size, Marker: token }));
      return pageOf(
        reply.LoadBalancerDescriptions?.map(({ LoadBalancerName }) => LoadBalancerName),
        reply.NextMarker,
      );
    },
    elasticache: async ({ size, token }) => {
      const input = { MaxRecords: size, Marker: token, ShowCacheNodeInfo: true };
      const reply = await caches.send(new DescribeCacheClustersCommand(input));
      return pageOf(
        reply.CacheClusters?.map(({ ARN, CacheNodes = [] }) => `${ARN}/${CacheNodes[0]?.CacheNodeId}`),
        reply.Marker,
      );
    },
    lambda: async ({ size, token }) => {
      const reply = await lambda.send(new ListFunctionsCommand({ MaxItems: size, Marker: token }));
      return pageOf(
        reply.Functions?.map(({ FunctionArn }) => FunctionArn),
        reply.NextMarker,
      );
    },
    s3: async ({ size, token }) => {
      const input = { MaxBuckets: size, ContinuationToken: token, BucketRegion: config.region };
      const reply = await s3.send(new ListBucketsCommand(input));
      return pageOf(
        reply.Buckets?.map(({ Name }) => Name),
        reply.ContinuationToken,
      );
    },
  } as const satisfies Record<string, Ask>;
}

function pageOf(ids: (string | undefined)[] = [], next: string | undefined) {
  return { ids, ...(next ? { next } : {}) };
}

async function listAll(ask: Ask, size: number) {
  const ids: (string | undefined)[] = [];
  let [pages, token]: [number, string | undefined] = [0, undefined];
  do {
    const page: Awaited<ReturnType<Ask>> = await ask({ size, ...(token === undefined ? {} : { token }) });
    ids.push(...page.ids);
    token = page.next;
    pages++;
  } while (token !== undefined);
  return { ids, pages };
}

describe('listings of resources that AWS runs itself', () => {
  it.each([
    { service: 'rds', size: 20, count: 165, pages: 9 },
    { service: 'elasticloadbalancing', size: 30, count: 110, pages: 4 },
    { service: 'classic', size: 400, count: 55, pages: 1 },
    { service: 'elasticache', size: 100, count: 110, pages: 2 },
    { service: 'lambda', size: 10_000, count: 55, pages: 2 },
    { service: 's3', size: 50, count: 55, pages: 2 },
  ] as const)('$service: each once, $pages pages', async ({ service, size, count, pages }) => {
    const { asks } = await setUp();
    const all = await listAll(asks[service], size);
    expect(all.pages).toBe(pages);
    expect(new Set(all.ids).size).toBe(count);
    expect(all.ids).toHaveLength(count);
    expect(all.ids.every(Boolean)).toBe(true);
  });

  it.each([
    { service: 'rds', size: 101, error: 'InvalidParameterValue' },
    { service: 'elasticloadbalancing', size: 401, error: 'ValidationError' },
    { service: 'classic', size: 0, error: 'ValidationError' },
    { service: 'elasticache', size: 19, error: 'InvalidParameterValueException' },
    { service: 'lambda', size: 10_001, error: 'InvalidParameterValueException' },
    { service: 's3', size: 10_001, error: 'InvalidArgument' },
  ] as const)('$service refuses a page of $size, and a made-up token', async ({ service, size, error }) => {
    const { asks } = await setUp();
    const name = expect.stringMatching(new RegExp(`^${error.replace('Exception', '')}`));
    await expect(asks[service]({ size })).rejects.toMatchObject({ name });
    await expect(asks[service]({ size: 50, token: 'made-up' })).rejects.toMatchObject({ name });
  });

  it.each(['rds', 'elasticloadbalancing', 'elasticache', 'lambda', 's3'] as const)(
    '%s refuses as AWS does',
    async (service) => {
      const { cloud, asks } = await setUp();
      cloud.faults.set({ deniedServices: [service] });
      await expect(asks[service]({})).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) });
      cloud.faults.set({ deniedServices: [], throttleStorm: { every: 1, lasts: 1 } });
      await expect(asks[service]({})).rejects.toMatchObject({
        name: expect.stringMatching(/^(Throttling|TooManyRequestsException|SlowDown)$/),
      });
      const stranger = await setUp({ ...keysOf(account), secretAccessKey: 'aSecretThatOpensNothing0000000000000001' });
      await expect(stranger.asks[service]({})).rejects.toMatchObject({
        name: expect.stringMatching(/^(SignatureDoesNotMatch|InvalidSignatureException)$/),
      });
    },
  );
});

describe('DescribeVolumes', () => {
  it.each([5, 500])('lists the volumes of all servers once by pages of %i', async (MaxResults) => {
    const { cloud } = await setUp();
    const { ec2 } = clients(cloud, 'us-east-1', keysOf(account));
    const listed: (string | undefined)[] = [];
    for await (const { Volumes = [] } of paginateDescribeVolumes({ client: ec2 }, { MaxResults }))
      listed.push(...Volumes.map(({ VolumeId }) => VolumeId));
    const attached = (await listInstances(ec2)).flatMap(({ BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.map(({ Ebs }) => Ebs?.VolumeId),
    );
    expect(listed.toSorted()).toEqual(attached.toSorted());
  });
});

it('publishes what nobody asked for only where it happened', async () => {
  const { cloud } = await setUp();
  expect(await sampleCount(cloud, 'function-us-east-1-4', 'Invocations')).toEqual([]);
  const [first = 0] = await sampleCount(cloud, 'function-us-east-1-3', 'Invocations');
  expect(first).toBeGreaterThan(0);
});

async function sampleCount(cloud: AwsCloud, name: string, metric: string): Promise<number[]> {
  const { cloudwatch } = clients(cloud, 'us-east-1', keysOf(account));
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date('2026-11-10'),
      EndTime: new Date('2026-11-12'),
      MetricDataQueries: [
        {
          Id: 'a',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: metric,
              Dimensions: [{ Name: 'FunctionName', Value: name }],
            },
            Stat: 'SampleCount',
            Period: 86_400,
          },
        },
      ],
    }),
  );
  return MetricDataResults[0]?.Values ?? [];
}
