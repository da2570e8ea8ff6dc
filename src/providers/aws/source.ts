import type { MetricSource } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { daySeconds } from '#model/window.ts';
import { platformOf } from './agents.ts';
import { agentMetrics, diskMetrics, instanceMetrics, type MetricName, type NativeMetric } from './catalog.ts';
import { type AwsResource, isServer, type RowResource } from './resource.ts';
import { type RowSet, rowSets } from './rows.ts';
import type { Ec2Server } from './server.ts';

/** Where a key of this resource comes from: `AWS/EC2 EBSReadOps + DiskReadOps`. */
export function sourceOf(resource: AwsResource, key: MetricKey): MetricSource {
  return isServer(resource) ? sourceOfServer(resource, key) : sourceOfRow(resource, key);
}

function sourceOfServer(server: Ec2Server, key: MetricKey): MetricSource {
  const natives = nativesOf(server, key);
  if (natives.length === 0) return { source: 'EC2 DescribeInstanceTypes MemoryInfo', period: 0 };
  const period = natives.every(({ sampling }) => sampling === 'total') ? 300 : daySeconds;
  const source = sumOf(natives);
  return { source: key === 'memory.used' ? `${source} × EC2 instance type memory` : source, period };
}

function nativesOf(server: Ec2Server, key: MetricKey): NativeMetric[] {
  switch (key) {
    case 'memory.usage':
    case 'memory.used':
      return [agentMetrics[platformOf(server)]];
    case 'disk.read_iops':
    case 'disk.write_iops':
    case 'disk.read_throughput':
    case 'disk.write_throughput': {
      const metrics = diskMetrics[key];
      return [
        server.ebs === 'instance' ? metrics.nitro : metrics.volume,
        ...(server.hasInstanceStore ? [metrics.instanceStore] : []),
      ];
    }
    case 'cpu.utilization':
    case 'network.received_throughput':
    case 'network.sent_throughput':
    case 'network.received_pps':
    case 'network.sent_pps':
      return [instanceMetrics[key]];
    default:
      return [];
  }
}

function sourceOfRow({ rows: id }: RowResource, key: MetricKey): MetricSource {
  const { namespace, rows, constants = {} }: RowSet = rowSets[id];
  const row = rows.find((each) => each.key === key);
  if (row === undefined) return { source: constants[key] ?? namespace, period: 0 };
  const source = sumOf(row.metrics.map((metric) => ({ namespace, metric })));
  const period = row.reading === 'total' || row.reading === 'events' ? 300 : daySeconds;
  return { source: row.leftOf === undefined ? source : `${constants[row.leftOf] ?? row.leftOf} − ${source}`, period };
}

function sumOf(metrics: readonly MetricName[]): string {
  return metrics
    .map(({ namespace, metric }, at) =>
      at > 0 && namespace === metrics[0]?.namespace ? metric : `${namespace} ${metric}`,
    )
    .join(' + ');
}
