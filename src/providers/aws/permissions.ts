import { isMetricKey, type MetricKey, metrics } from '#model/metric.ts';
import type { MetricRow, PermissionDocument, Price, ProviderFacts } from '#model/provider.ts';
import { serverType } from '#model/resource-type.ts';
import { agentMetrics, diskMetrics, instanceMetrics, limits, type NativeMetric, prices } from './catalog.ts';
import { type Row, type RowSet, type RowSetId, rowSets } from './rows.ts';
import type { RowTypeId } from './types.ts';

/** Whoever signs in may ask who he is, and what role he takes on is for that role to say. */
const needsNone = /^sts:/;

/** Each API that we call is an action of that name. */
export const readerPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'FleetgaugeReader',
      Effect: 'Allow',
      Action: Object.keys(limits)
        .filter((api) => !needsNone.test(api))
        .sort(),
      Resource: '*',
    },
  ],
};

const permissions: readonly PermissionDocument[] = [
  {
    file: 'aws-policy.json',
    about:
      'An IAM policy for the user or role that we sign in as. A role that is assumed needs `sts:AssumeRole` on the caller’s side besides. What an action is taken out for goes missing, and all else goes on.',
    apply:
      'aws iam create-policy --policy-name fleetgauge-reader --policy-document file://docs/permissions/aws-policy.json',
    text: `${JSON.stringify(readerPolicy, null, 2)}\n`,
  },
];

const read = { source: 'Amazon CloudWatch pricing, us-east-1', readOn: prices.readOn } as const;

/** A statement for the policy that is there already. */
function grant(apis: readonly string[]): string | undefined {
  const actions = apis.filter((api) => !needsNone.test(api)).toSorted();
  if (actions.length === 0) return undefined;
  return `${JSON.stringify({ Effect: 'Allow', Action: actions, Resource: '*' }, null, 2)}\n`;
}

const priceList: readonly Price[] = [
  {
    of: 'metric asked of GetMetricData',
    usd: prices.metric * 1000,
    per: 1000,
    note: 'up to five statistics of a metric in one call count as one; bills have been seen that count each, hence the upper bound',
    ...read,
  },
  { of: 'call of ListMetrics', usd: prices.listMetricsCall * 1000, per: 1000, ...read },
];

type Untyped = Omit<MetricRow, 'type'>;

const ofInstances = 'EC2 user guide, “CloudWatch metrics that are available for your instances”';
const ofVolumes = 'EBS user guide, “CloudWatch metrics for Amazon EBS”; for Xen and bare metal, volume by volume';
const ofAgents = 'CloudWatch user guide, “Metrics collected by the CloudWatch agent”';

function serverRows(): Untyped[] {
  return [
    ...keyed(instanceMetrics).map(([key, native]) => nativeRow(key, [native], ofInstances)),
    ...keyed(diskMetrics).flatMap(([key, { nitro, instanceStore, volume }]) => [
      nativeRow(key, [nitro, instanceStore], ofInstances),
      nativeRow(key, [volume], ofVolumes),
    ]),
    nativeRow('memory.usage', [agentMetrics.linux], ofAgents),
    nativeRow('memory.usage', [agentMetrics.windows], ofAgents),
    { ...nativeRow('memory.used', [agentMetrics.linux], ofAgents), conversion: '× memory.total ÷ 100' },
    constantRow('memory.total', 'EC2 DescribeInstanceTypes MemoryInfo'),
  ];
}

function nativeRow(key: MetricKey, natives: readonly [NativeMetric, ...NativeMetric[]], source: string): Untyped {
  const [{ namespace, sampling }] = natives;
  const native = `${namespace} ${natives.map(({ metric }) => metric).join(' + ')}`;
  switch (sampling) {
    case 'level':
      return { key, native, statistic: sampled, unit: 'Percent', source };
    case 'amount':
      return {
        key,
        native,
        statistic: sampled,
        unit: amountUnit(key),
        conversion: '÷ time between samples, which their number tells',
        source,
      };
    case 'total':
      return {
        key,
        native,
        statistic: 'Sum',
        unit: amountUnit(key),
        conversion: '÷ time of the periods with a sample',
        source,
      };
  }
}

const sampled = 'Sum, SampleCount, Maximum';

function rowsOfSet({ namespace, rows, constants = {} }: RowSet): Untyped[] {
  return [
    ...rows.map((row) => ({
      key: row.key,
      native: `${namespace} ${row.metrics.join(' + ')}`,
      statistic: statisticOf(row),
      unit: unitOf(row),
      ...conversionOf(row),
      source: sources[namespace] ?? namespace,
    })),
    ...keyed(constants).map(([key, native]) => constantRow(key, native)),
  ];
}

/** By namespace. */
const sources: Readonly<Record<string, string>> = {
  'AWS/RDS': 'RDS and Aurora user guides, “Amazon CloudWatch metrics”',
  'AWS/DocDB': 'DocumentDB developer guide, “Monitoring with CloudWatch”',
  'AWS/EBS': 'EBS user guide, “CloudWatch metrics for Amazon EBS”',
  'AWS/ApplicationELB': 'Application Load Balancers guide, “CloudWatch metrics”',
  'AWS/NetworkELB': 'Network Load Balancers guide, “CloudWatch metrics”',
  'AWS/ELB': 'Classic Load Balancers guide, “CloudWatch metrics”',
  'AWS/ElastiCache': 'ElastiCache user guide, “Host-level metrics”, “Metrics for Redis”, “Metrics for Memcached”',
  'AWS/Lambda': 'Lambda developer guide, “Types of metrics”',
  'AWS/S3': 'S3 user guide, “Metrics and dimensions”',
};

function statisticOf({ reading, leftOf, peak }: Row): string {
  if (reading === 'total' || reading === 'events') return peak === undefined ? 'Sum' : `Sum; Maximum of ${peak}`;
  return leftOf === undefined ? sampled : 'Sum, SampleCount, Minimum';
}

function unitOf({ key, reading, factor, leftOf }: Row): string {
  if (leftOf !== undefined) return 'Bytes';
  if (factor === 1 / 1000) return 'Milliseconds';
  if (reading !== 'level') return amountUnit(key);
  return levelUnits[metrics[key].unit];
}

const levelUnits = {
  percent: 'Percent',
  bytes: 'Bytes',
  per_second: 'Count/Second',
  bytes_per_second: 'Bytes/Second',
  count: 'Count',
  seconds: 'Seconds',
} as const;

/** Of what is moved or happens, before time divides it. */
function amountUnit(key: MetricKey): string {
  const { unit } = metrics[key];
  if (unit === 'seconds') return 'Seconds';
  return unit === 'bytes_per_second' ? 'Bytes' : 'Count';
}

function conversionOf({ key, reading, factor, leftOf, clock }: Row): Pick<Untyped, 'conversion'> {
  if (leftOf !== undefined)
    return { conversion: key.endsWith('.usage') ? `100 × (1 − value ÷ ${leftOf})` : `${leftOf} − value` };
  const scale = factor === undefined || factor === 1 ? '' : factor < 1 ? `÷ ${1 / factor} ` : `× ${factor} `;
  switch (reading) {
    case 'level':
      return scale === '' ? {} : { conversion: scale.trim() };
    case 'amount':
      return { conversion: `${scale}÷ time between samples` };
    case 'total':
      return { conversion: `${scale}÷ time of the periods in which ${clock} has a sample` };
    case 'events':
      return { conversion: `${scale}÷ time; silence is zero while the resource is there` };
    case 'each':
      return { conversion: `${scale}average of events, not of time` };
  }
}

/** What discovery tells: memory in MiB, storage in GiB. */
function constantRow(key: MetricKey, native: string): Untyped {
  const [unit, conversion] = key === 'memory.total' ? ['MiB', '× 2^20'] : ['GiB', '× 2^30'];
  return { key, native, unit, conversion, source: `API reference of ${native.split(' ').slice(0, 2).join(' ')}` };
}

function keyed<T>(rows: Readonly<Partial<Record<MetricKey, T>>>): [MetricKey, T][] {
  return Object.entries(rows).flatMap(([key, row]): [MetricKey, T][] => (isMetricKey(key) ? [[key, row]] : []));
}

function distinct(rows: readonly Untyped[]): Untyped[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

/** Where the metrics of a type are found. */
const setsOf: Readonly<Record<RowTypeId, readonly RowSetId[]>> = {
  rds_instance: ['rds', 'aurora'],
  docdb_instance: ['documentdb'],
  ebs_volume: ['ebs'],
  alb: ['application_load_balancer'],
  nlb: ['network_load_balancer'],
  elb: ['classic_load_balancer'],
  elasticache_node: ['redis', 'memcached'],
  lambda_function: ['lambda'],
  s3_bucket: ['s3'],
};

/** What is asked for averages and maxima; minima take `Minimum` besides, percentiles `Average` of five minutes. */
const metricTable: readonly MetricRow[] = [
  ...serverRows().map((row) => ({ type: serverType, ...row })),
  ...Object.entries(setsOf).flatMap(([type, sets]) =>
    distinct(sets.flatMap((set) => rowsOfSet(rowSets[set]))).map((row) => ({ type, ...row })),
  ),
];

/** What its documentation is made of. */
export const facts: ProviderFacts = { prices: priceList, permissions, grant, metricTable };
