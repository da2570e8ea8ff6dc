import type { MetricSource } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { daySeconds } from '#model/window.ts';
import { platformOf } from './agents.ts';
import { agentMetrics, diskMetrics, instanceMetrics, type NativeMetric } from './catalog.ts';
import type { Ec2Server } from './server.ts';

/** Where a key of this server comes from: `AWS/EC2 EBSReadOps + DiskReadOps`. */
export function sourceOf(server: Ec2Server, key: MetricKey): MetricSource {
  const natives = nativesOf(server, key);
  const [first] = natives;
  if (first === undefined) return { source: 'EC2 DescribeInstanceTypes MemoryInfo', period: 0 };
  const period = natives.every(({ sampling }) => sampling === 'total') ? 300 : daySeconds;
  const source = natives
    .map(({ namespace, metric }, at) => (at > 0 && namespace === first.namespace ? metric : `${namespace} ${metric}`))
    .join(' + ');
  return { source: key === 'memory.used' ? `${source} × EC2 instance type memory` : source, period };
}

function nativesOf(server: Ec2Server, key: MetricKey): NativeMetric[] {
  switch (key) {
    case 'memory.total':
      return [];
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
    default:
      return [instanceMetrics[key]];
  }
}
