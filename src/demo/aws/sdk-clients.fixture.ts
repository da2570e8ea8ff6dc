import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { demoAccounts, type SimAccount } from './accounts.ts';
import { type AwsCloud, type AwsCloudOptions, startAwsCloud } from './server.ts';

/** The world's time in tests: Wednesday 18 November 2026, 12:00 UTC, in epoch seconds. */
export const testNow = Date.UTC(2026, 10, 18, 12) / 1000;

export const day = 86_400;

/** The last UTC midnight, and the fourteen whole days before it. */
export const midnight = Math.floor(testNow / day) * day;
export const fortnight = { start: midnight - 14 * day, end: midnight };

/** A cloud whose world stands still at {@link testNow} and that ends with the test. Signatures go by the real time. */
export async function startTestCloud(options: AwsCloudOptions = {}): Promise<AwsCloud> {
  const cloud = await startAwsCloud({ clock: () => testNow * 1000, ...options });
  onTestFinished(() => cloud.stop());
  return cloud;
}

/** Long-lived credentials of an account. */
export function keysOf({ accessKeyId, secretAccessKey }: SimAccount) {
  return { accessKeyId, secretAccessKey };
}

/** The official clients, pointed at the simulation; they do not retry, so that each answer is seen. */
export function clients(cloud: Pick<AwsCloud, 'url'>, region = 'us-east-1', credentials = keysOf(demoAccounts[0])) {
  const config = { endpoint: cloud.url, region, credentials, maxAttempts: 1 };
  return { ec2: new EC2Client(config), sts: new STSClient(config), cloudwatch: new CloudWatchClient(config) };
}

/** Every instance of a region, all pages. */
export async function listInstances(ec2: EC2Client, pageSize = 100): Promise<Instance[]> {
  const found: Instance[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2 }, { MaxResults: pageSize })) {
    found.push(...(page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
  }
  return found;
}

/** A metric query on one dimension. */
export function query(
  id: string,
  [namespace, metric]: readonly [string, string],
  dimension: readonly [string, string],
  stat = 'Sum',
  period = 86_400,
): MetricDataQuery {
  const Dimensions = [{ Name: dimension[0], Value: dimension[1] }];
  return {
    Id: id,
    MetricStat: { Metric: { Namespace: namespace, MetricName: metric, Dimensions }, Stat: stat, Period: period },
  };
}

/** A metric query on AWS/EC2 by instance. */
export function ec2Query(id: string, metric: string, instance: string, stat = 'Sum', period = 86_400): MetricDataQuery {
  return query(id, ['AWS/EC2', metric], ['InstanceId', instance], stat, period);
}

/** What to ask beside the queries; times are epoch seconds. */
export interface Ask {
  readonly start: number;
  readonly end: number;
  readonly more?: { readonly ScanBy?: 'TimestampAscending' | 'TimestampDescending'; readonly MaxDatapoints?: number };
}

/** Every result of all pages, in order, and the number of pages. */
export async function readMetricData(client: CloudWatchClient, queries: MetricDataQuery[], ask: Ask) {
  const results: MetricDataResult[] = [];
  let [pages, NextToken]: [number, string | undefined] = [0, undefined];
  do {
    const page: GetMetricDataCommandOutput = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: new Date(ask.start * 1000),
        EndTime: new Date(ask.end * 1000),
        ...ask.more,
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    results.push(...(page.MetricDataResults ?? []));
    NextToken = page.NextToken;
    pages++;
  } while (NextToken !== undefined && pages < 1000);
  return { results, pages };
}

/** The points of one id over all pages, by time (epoch seconds); a time that comes twice is an error. */
export function pointsOf(results: readonly MetricDataResult[], id: string): Map<number, number> {
  const points = new Map<number, number>();
  for (const { Id, Timestamps = [], Values = [] } of results) {
    if (Id !== id) continue;
    for (const [i, time] of Timestamps.entries()) {
      const at = time.getTime() / 1000;
      if (points.has(at)) throw new Error(`${id} has two points at ${at}`);
      points.set(at, Values[i] ?? Number.NaN);
    }
  }
  return points;
}

/** A cloud without quotas, its CloudWatch, and instances that ran all the while. */
export async function setUpSteady(options: AwsCloudOptions = {}) {
  const cloud = await startTestCloud({ ...options, faults: { quotaMultiplier: Number.POSITIVE_INFINITY } });
  const { cloudwatch, ec2 } = clients(cloud);
  const steady = (await listInstances(ec2, 1000)).filter(({ Tags }) =>
    Tags?.some(({ Key, Value }) => Key === 'Name' && /^(web-prod|db-replica)-/.test(Value ?? '')),
  );
  const [first = ''] = steady.map(({ InstanceId }) => InstanceId ?? '');
  return { cloudwatch, steady, first };
}
