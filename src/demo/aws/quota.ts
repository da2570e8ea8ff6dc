import type { Quota } from '../fleet/token-buckets.ts';

/** CloudWatch's, EC2's and Lambda's documented quotas, each per account and region. */
export const quotas = {
  GetMetricData: { perSecond: 50, burst: 50 },
  ListMetrics: { perSecond: 25, burst: 25 },
  /** Estimated datapoints, StartTime within three hours. */
  recentDatapoints: { perSecond: 180_000, burst: 180_000 },
  /** Estimated datapoints, StartTime further back. */
  olderDatapoints: { perSecond: 396_000, burst: 396_000 },
  /** EC2's read-only operations. */
  describe: { perSecond: 20, burst: 100 },
  /** DescribeInstances with neither page size nor filter nor ids. */
  unpagedDescribe: { perSecond: 10, burst: 50 },
  sts: { perSecond: 600, burst: 600 },
  /** Of the services whose quotas are not told, for all of their operations. */
  others: { perSecond: 15, burst: 60 },
} as const satisfies Record<string, Quota>;
