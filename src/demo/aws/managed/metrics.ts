import type { Dimension } from '../agent.ts';
import type { Cell } from '../cell.ts';
import type { MetricIdentity } from '../metric-identity.ts';
import type { Series } from '../series.ts';
import { type Kind, type Managed, managedOf } from './kinds.ts';
import { amount, dailyLevel, durations, events, level, sparse } from './quantities.ts';

/** One metric of a managed resource: its name, what narrows it beside the resource, and what is sampled. */
export interface ManagedMetric {
  readonly name: string;
  readonly narrowed?: Dimension;
  readonly series: Series;
}

export const namespaces: Readonly<Record<Kind, string>> = {
  database: 'AWS/RDS',
  aurora: 'AWS/RDS',
  docdb: 'AWS/DocDB',
  redis: 'AWS/ElastiCache',
  memcached: 'AWS/ElastiCache',
  alb: 'AWS/ApplicationELB',
  nlb: 'AWS/NetworkELB',
  clb: 'AWS/ELB',
  function: 'AWS/Lambda',
  bucket: 'AWS/S3',
};

const percent = { floor: 3, span: 60, cap: 97, step: 1 / 256 };

/** All that a resource writes to CloudWatch. */
export function metricsOfManaged(resource: Managed): readonly ManagedMetric[] {
  switch (resource.kind) {
    case 'database':
      return [...databaseMetrics(resource), free(resource, 'FreeStorageSpace', 13, resource.storage)];
    case 'aurora':
    case 'docdb':
      return databaseMetrics(resource);
    case 'redis':
      return cacheMetrics(resource, 'BytesUsedForCache', 'CacheHits', 'CacheMisses');
    case 'memcached':
      return cacheMetrics(resource, 'BytesUsedForCacheItems', 'GetHits', 'GetMisses');
    case 'alb':
      return requestMetrics(
        resource,
        'TargetResponseTime',
        ['HTTPCode_ELB_5XX_Count', 'HTTPCode_Target_5XX_Count'],
        [
          metric('ActiveConnectionCount', sparse(resource, 'Count', 25, { floor: 0, span: 4000, step: 16 })),
          metric('NewConnectionCount', events(resource, 26, { floor: 0, span: 900, step: 1 })),
          metric('ProcessedBytes', sparse(resource, 'Bytes', 27, { floor: 0, span: 4e8, step: 4096 })),
        ],
      );
    case 'nlb':
      return [
        metric('ActiveFlowCount', level(resource, 'Count', 31, { floor: 4, span: 700, step: 1 })),
        metric('NewFlowCount', events(resource, 32, { floor: 0, span: 1200, step: 1 })),
        metric('ProcessedBytes', sparse(resource, 'Bytes', 33, { floor: 0, span: 9e8, step: 4096 })),
      ];
    case 'clb':
      return requestMetrics(
        resource,
        'Latency',
        ['HTTPCode_ELB_5XX', 'HTTPCode_Backend_5XX'],
        [
          metric('SpilloverCount', events(resource, 28, { floor: 0, span: 1.4, step: 1 })),
          metric('EstimatedProcessedBytes', sparse(resource, 'Bytes', 27, { floor: 0, span: 2e8, step: 4096 })),
        ],
      );
    case 'function':
      return functionMetrics(resource);
    case 'bucket':
      return bucketMetrics(resource);
  }
}

/** The series behind a metric of this name; all of those that narrow it. */
export function seriesNamed(resource: Managed, name: string): readonly Series[] {
  return metricsOfManaged(resource).flatMap((one) => (one.name === name ? one.series : []));
}

/** Every metric of a resource, by its full name. */
export function* identitiesOf(resource: Managed): Generator<{ identity: MetricIdentity; series: Series }> {
  const namespace = namespaces[resource.kind];
  for (const { name, narrowed, series } of metricsOfManaged(resource)) {
    const dimensions = [...dimensionsOf(resource), ...(narrowed === undefined ? [] : [narrowed])];
    yield { identity: { namespace, name, dimensions }, series };
  }
}

/** The series that a metric's full name stands for, if a managed resource of the cell has it. */
export function resolveManaged(cell: Cell, wanted: MetricIdentity): Series | undefined {
  const named = wanted.dimensions.map(({ value }) => value);
  for (const resource of managedOf(cell)) {
    if (namespaces[resource.kind] !== wanted.namespace || !named.includes(resource.dimension)) continue;
    for (const { identity, series } of identitiesOf(resource)) {
      if (identity.name === wanted.name && sameDimensions(identity.dimensions, wanted.dimensions)) return series;
    }
  }
  return undefined;
}

function sameDimensions(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return (
    a.length === b.length && a.every((one) => b.some(({ name, value }) => name === one.name && value === one.value))
  );
}

function dimensionsOf({ kind, dimension }: Managed): readonly Dimension[] {
  switch (kind) {
    case 'database':
    case 'aurora':
    case 'docdb':
      return [{ name: 'DBInstanceIdentifier', value: dimension }];
    case 'redis':
    case 'memcached':
      return [
        { name: 'CacheClusterId', value: dimension },
        { name: 'CacheNodeId', value: '0001' },
      ];
    case 'alb':
    case 'nlb':
      return [{ name: 'LoadBalancer', value: dimension }];
    case 'clb':
      return [{ name: 'LoadBalancerName', value: dimension }];
    case 'function':
      return [{ name: 'FunctionName', value: dimension }];
    case 'bucket':
      return [{ name: 'BucketName', value: dimension }];
  }
}

function databaseMetrics(resource: Managed): readonly ManagedMetric[] {
  return [
    metric('CPUUtilization', level(resource, 'Percent', 1, percent)),
    free(resource, 'FreeableMemory', 2, resource.memory),
    metric('ReadIOPS', level(resource, 'Count/Second', 3, { floor: 2, span: 900, step: 1 / 16 })),
    metric('WriteIOPS', level(resource, 'Count/Second', 4, { floor: 1, span: 400, step: 1 / 16 })),
    metric('ReadThroughput', level(resource, 'Bytes/Second', 5, { floor: 4096, span: 2e7, step: 256 })),
    metric('WriteThroughput', level(resource, 'Bytes/Second', 6, { floor: 4096, span: 9e6, step: 256 })),
    metric('DiskQueueDepth', level(resource, 'Count', 7, { floor: 0, span: 6, step: 1 / 256 })),
    metric('NetworkReceiveThroughput', level(resource, 'Bytes/Second', 8, { floor: 512, span: 3e6, step: 64 })),
    metric('NetworkTransmitThroughput', level(resource, 'Bytes/Second', 9, { floor: 512, span: 8e6, step: 64 })),
    metric('DatabaseConnections', level(resource, 'Count', 10, { floor: 2, span: 80, step: 1 })),
  ];
}

/** What is left of a whole, a fifth to four fifths of it. */
function free(resource: Managed, name: string, salt: number, whole: number): ManagedMetric {
  const height = { floor: whole * 0.2, span: whole * 0.4, cap: whole * 0.8, step: 4096 };
  return metric(name, level(resource, 'Bytes', salt, height));
}

function cacheMetrics(resource: Managed, used: string, hits: string, misses: string): readonly ManagedMetric[] {
  const usage = { floor: 20, span: 50, cap: 90, step: 1 / 256 };
  return [
    metric('CPUUtilization', level(resource, 'Percent', 1, percent)),
    ...(resource.kind === 'redis'
      ? [metric('DatabaseMemoryUsagePercentage', level(resource, 'Percent', 11, usage))]
      : []),
    metric(used, level(resource, 'Bytes', 12, { floor: 1e8, span: 2e9, step: 4096 })),
    metric('NetworkBytesIn', amount(resource, 'Bytes', 14, { floor: 4096, span: 3e8, step: 4096 })),
    metric('NetworkBytesOut', amount(resource, 'Bytes', 15, { floor: 4096, span: 8e8, step: 4096 })),
    metric('NetworkPacketsIn', amount(resource, 'Count', 16, { floor: 16, span: 4e5, step: 16 })),
    metric('NetworkPacketsOut', amount(resource, 'Count', 17, { floor: 16, span: 6e5, step: 16 })),
    metric('CurrConnections', level(resource, 'Count', 18, { floor: 3, span: 300, step: 1 })),
    metric(hits, amount(resource, 'Count', 19, { floor: 0, span: 90_000, step: 16 })),
    metric(misses, amount(resource, 'Count', 20, { floor: 0, span: 4000, step: 16 })),
  ];
}

function requestMetrics(
  resource: Managed,
  latency: string,
  [ours = '', theirs = '']: readonly string[],
  more: readonly ManagedMetric[],
): readonly ManagedMetric[] {
  const requests = events(resource, 21, { floor: 0, span: 3000, step: 1 });
  return [
    metric('RequestCount', requests),
    metric(latency, durations(requests, 'Seconds', 23, 1 / 1024)),
    metric(ours, events(resource, 22, { floor: 0, span: 1.6, step: 1 })),
    metric(theirs, events(resource, 24, { floor: 0, span: 6, step: 1 })),
    ...more,
  ];
}

function functionMetrics(resource: Managed): readonly ManagedMetric[] {
  const span = (calls: number) => ({ floor: 0, span: resource.idle ? 0 : calls, step: 1 });
  const calls = events(resource, 21, span(500));
  return [
    metric('Invocations', calls),
    metric('Duration', durations(calls, 'Milliseconds', 180, 1)),
    metric('Errors', events(resource, 22, span(3))),
    metric('Throttles', events(resource, 24, span(1.5))),
    metric('ConcurrentExecutions', sparse(resource, 'Count', 28, { ...span(400), step: 16 })),
  ];
}

function bucketMetrics(resource: Managed): readonly ManagedMetric[] {
  const types = ['StandardStorage', 'StandardIAStorage', 'GlacierStorage'].slice(0, 1 + (resource.seed % 3));
  const ofType = (value: string) => ({ name: 'StorageType', value });
  return [
    ...types.map((type, at) => ({
      ...metric('BucketSizeBytes', dailyLevel(resource, 'Bytes', 41 + at, { floor: 1e9, span: 9e9, step: 1024 })),
      narrowed: ofType(type),
    })),
    {
      ...metric('NumberOfObjects', dailyLevel(resource, 'Count', 40, { floor: 50, span: 90_000, step: 1 })),
      narrowed: ofType('AllStorageTypes'),
    },
  ];
}

function metric(name: string, series: Series): ManagedMetric {
  return { name, series };
}
