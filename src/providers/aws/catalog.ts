import type { CallLimit } from '#model/calls.ts';
import type { MetricKey } from '#model/metric.ts';

/**
 * How the samples of a server's metric are to be read; those of other resources are in `rows.ts`.
 * - `level`: a state at the time of the sample, such as a percentage.
 * - `amount`: what was moved since the sample before; divided by the samples' distance it is a rate.
 * - `total`: samples are operations, not stretches of time, so that only `Sum` over a known period makes a rate (AWS/EBS).
 */
export type Sampling = 'level' | 'amount' | 'total';

export interface MetricName {
  readonly namespace: string;
  readonly metric: string;
}

/** A metric of a server. */
export interface NativeMetric extends MetricName {
  readonly sampling: Sampling;
}

/** Of every EC2 instance: one series each, by InstanceId. Source: EC2 user guide, "List the available CloudWatch metrics". */
export const instanceMetrics = {
  'cpu.utilization': ec2('CPUUtilization', 'level'),
  'network.received_throughput': ec2('NetworkIn', 'amount'),
  'network.sent_throughput': ec2('NetworkOut', 'amount'),
  'network.received_pps': ec2('NetworkPacketsIn', 'amount'),
  'network.sent_pps': ec2('NetworkPacketsOut', 'amount'),
} as const satisfies Partial<Record<MetricKey, NativeMetric>>;

/** Disk traffic comes by up to two of three roads, which are added. */
export const diskMetrics = {
  'disk.read_iops': disk('EBSReadOps', 'DiskReadOps', 'VolumeReadOps'),
  'disk.write_iops': disk('EBSWriteOps', 'DiskWriteOps', 'VolumeWriteOps'),
  'disk.read_throughput': disk('EBSReadBytes', 'DiskReadBytes', 'VolumeReadBytes'),
  'disk.write_throughput': disk('EBSWriteBytes', 'DiskWriteBytes', 'VolumeWriteBytes'),
} as const satisfies Partial<Record<MetricKey, DiskMetrics>>;

export interface DiskMetrics {
  /** EBS volumes as the Nitro card of the instance counts them. */
  readonly nitro: NativeMetric;
  /** Instance store; EC2 sends zeros for instances that have none, which say nothing. */
  readonly instanceStore: NativeMetric;
  /** EBS volumes one by one: Xen and bare metal, which have no EBS* metrics of their own. */
  readonly volume: NativeMetric;
}

export type InstanceKey = keyof typeof instanceMetrics;
export type DiskKey = keyof typeof diskMetrics;

/** Memory in use, as the CloudWatch agent of each platform names it. Source: CloudWatch user guide, "Metrics collected by the agent". */
export const agentMetrics = {
  linux: { namespace: 'CWAgent', metric: 'mem_used_percent', sampling: 'level' },
  windows: { namespace: 'CWAgent', metric: 'Memory % Committed Bytes In Use', sampling: 'level' },
} as const satisfies Record<string, NativeMetric>;
export type AgentPlatform = keyof typeof agentMetrics;
export const agentPlatforms = ['linux', 'windows'] as const satisfies readonly AgentPlatform[];

/** The series that tell which types of storage a bucket holds. Source: S3 user guide, "Metrics and dimensions". */
export const bucketSize = { namespace: 'AWS/S3', metric: 'BucketSizeBytes' } as const satisfies MetricName;
export const maxStorageTypes = 22;

/** Resources that are planned together: of servers some 64 calls, and what a kill can cost. */
export const batchSize = 1100;

/** GetMetricData's own limits. Source: its API reference. */
export const maxQueriesPerCall = 500;
export const maxPointsPerCall = 100_800;

/**
 * Somewhat below the default quotas, by the names that IAM has for them. Source: CloudWatch user guide, "Service quotas"; EC2 API
 * reference, "Request throttling"; Lambda "Quotas" (15 a second for all but a few). For the other services no number is told.
 */
export const limits = {
  'sts:AssumeRole': { perSecond: 10, timeoutMs: 15_000 },
  'sts:GetCallerIdentity': { perSecond: 10, timeoutMs: 15_000 },
  'ec2:DescribeRegions': { perSecond: 5, timeoutMs: 15_000 },
  'ec2:DescribeInstances': { perSecond: 8, timeoutMs: 60_000 },
  'ec2:DescribeInstanceTypes': { perSecond: 8, timeoutMs: 30_000 },
  'ec2:DescribeVolumes': { perSecond: 8, timeoutMs: 60_000 },
  'rds:DescribeDBInstances': { perSecond: 5, timeoutMs: 30_000 },
  'elasticloadbalancing:DescribeLoadBalancers': { perSecond: 5, timeoutMs: 30_000 },
  'elasticache:DescribeCacheClusters': { perSecond: 5, timeoutMs: 30_000 },
  'lambda:ListFunctions': { perSecond: 10, timeoutMs: 30_000 },
  's3:ListAllMyBuckets': { perSecond: 5, timeoutMs: 30_000 },
  'cloudwatch:ListMetrics': { perSecond: 20, timeoutMs: 30_000 },
  'cloudwatch:GetMetricData': {
    perSecond: 45,
    pointsPerSecond: 360_000,
    timeoutMs: 60_000,
    quota: { perSecond: 50, pointsPerSecond: 396_000 },
  },
} as const satisfies Record<string, CallLimit>;
export type Api = keyof typeof limits;

/**
 * USD. GetMetricData bills each metric, and up to five statistics of one metric in one call as one; bills have been seen
 * that count each statistic, hence the upper bound. Source: CloudWatch pricing page, us-east-1, read 2026-11-22. Describe calls
 * are free; that S3 counts ListBuckets among its LIST requests, at $0.000005 each, is too little to be planned.
 */
export const prices = { metric: 0.01 / 1000, listMetricsCall: 0.01 / 1000, readOn: '2026-11-22' } as const;

/** Point lengths that CloudWatch still has, by the age of the first point. Source: MetricStat.Period of the API reference. */
const retention = [
  { olderThanDays: 63, periodSeconds: 3600 },
  { olderThanDays: 15, periodSeconds: 300 },
  { olderThanDays: 0, periodSeconds: 60 },
] as const;

/** The finest period that is kept for points from `start` on. Both in epoch seconds. */
export function finestPeriod(start: number, now: number): number {
  const ageDays = (now - start) / 86_400;
  return retention.find(({ olderThanDays }) => ageDays >= olderThanDays)?.periodSeconds ?? 60;
}

/** The length of the points that percentiles and volume rates are of: five minutes, as every instance sends them. */
export function pointPeriod(start: number, now: number): number {
  return Math.max(300, finestPeriod(start, now));
}

function ec2(metric: string, sampling: Sampling): NativeMetric {
  return { namespace: 'AWS/EC2', metric, sampling };
}

function disk(nitro: string, instanceStore: string, volume: string): DiskMetrics {
  return {
    nitro: ec2(nitro, 'amount'),
    instanceStore: ec2(instanceStore, 'amount'),
    volume: { namespace: 'AWS/EBS', metric: volume, sampling: 'total' },
  };
}
