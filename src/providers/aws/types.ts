import { type MetricKey, metricKeys } from '#model/metric.ts';
import { type ResourceType, serverType } from '#model/resource-type.ts';
import { keysOfRows, type RowSetId } from './rows.ts';

export const metricKeysOfEc2 = [
  'cpu.utilization',
  'memory.usage',
  'memory.total',
  'memory.used',
  'disk.read_iops',
  'disk.write_iops',
  'disk.read_throughput',
  'disk.write_throughput',
  'network.received_throughput',
  'network.sent_throughput',
  'network.received_pps',
  'network.sent_pps',
] as const satisfies readonly MetricKey[];

const servers = { id: serverType, label: 'EC2 instance', group: 'EC2', type: 'Instance', metrics: metricKeysOfEc2 };

/** Groups and types as Cloudforet's own collectors of AWS name them, and the row sets that resources of a type may have. */
const rowTypes = {
  rds_instance: { label: 'RDS instance', group: 'RDS', type: 'Instance', rows: ['rds', 'aurora'] },
  docdb_instance: { label: 'DocumentDB instance', group: 'DocumentDB', type: 'Instance', rows: ['documentdb'] },
  ebs_volume: { label: 'EBS volume', group: 'EC2', type: 'Volume', rows: ['ebs'] },
  alb: {
    label: 'Application Load Balancer',
    group: 'ELB',
    type: 'LoadBalancer',
    instanceType: 'application',
    rows: ['application_load_balancer'],
  },
  nlb: {
    label: 'Network Load Balancer',
    group: 'ELB',
    type: 'LoadBalancer',
    instanceType: 'network',
    rows: ['network_load_balancer'],
  },
  elb: {
    label: 'Classic Load Balancer',
    group: 'ELB',
    type: 'LoadBalancer',
    instanceType: 'classic',
    rows: ['classic_load_balancer'],
  },
  elasticache_node: { label: 'ElastiCache node', group: 'ElastiCache', type: 'Node', rows: ['redis', 'memcached'] },
  lambda_function: { label: 'Lambda function', group: 'Lambda', type: 'Function', rows: ['lambda'] },
  s3_bucket: { label: 'S3 bucket', group: 'S3', type: 'Bucket', rows: ['s3'] },
} as const satisfies Record<string, RowType>;

interface RowType extends Pick<ResourceType, 'label' | 'group' | 'type' | 'instanceType'> {
  readonly rows: readonly RowSetId[];
}

export type RowTypeId = keyof typeof rowTypes;
const rowTypeIds = Object.keys(rowTypes).filter(isRowTypeId);

/** What AWS has and we measure. */
export const resourceTypes: readonly ResourceType[] = [
  servers,
  ...rowTypeIds.map((id) => {
    const { label, instanceType }: RowType = rowTypes[id];
    return { id, label, ...traitsOf(id), ...(instanceType === undefined ? {} : { instanceType }) };
  }),
];

/** What resources of this type have in common. */
export function traitsOf(id: RowTypeId): Pick<ResourceType, 'group' | 'type' | 'metrics'> {
  const { group, type, rows } = rowTypes[id];
  const keys = new Set(rows.flatMap((set) => keysOfRows(set)));
  return { group, type, metrics: metricKeys.filter((key) => keys.has(key)) };
}

function isRowTypeId(text: string): text is RowTypeId {
  return Object.hasOwn(rowTypes, text);
}
