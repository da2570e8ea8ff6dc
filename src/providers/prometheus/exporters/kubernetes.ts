import { type Counter, type Family, linuxDisks, linuxNetworks, type UsedMemory } from '../catalog.ts';
import { quote } from '../promql.ts';
import { type Exporter, firstOf } from './exporter.ts';

/** The whole node, of all the control groups that cAdvisor tells of. */
export const wholeNode = 'id="/"';

const memory = {
  kind: 'memory',
  total: ['machine_memory_bytes'],
  used: { metric: 'container_memory_working_set_bytes', matchers: [wholeNode] },
} as const satisfies Omit<UsedMemory, 'unit'>;

const families = [
  {
    id: 'cpu',
    measures: {
      'cpu.utilization': {
        kind: 'cpu_time',
        metric: 'container_cpu_usage_seconds_total',
        matchers: [wholeNode],
        device: 'cpu',
        cores: 'machine_cpu_cores',
      },
    },
  },
  {
    id: 'memory',
    measures: { 'memory.usage': { ...memory, unit: 'percent' }, 'memory.used': { ...memory, unit: 'bytes' } },
  },
  {
    id: 'disk',
    measures: {
      'disk.read_iops': disk('container_fs_reads_total'),
      'disk.write_iops': disk('container_fs_writes_total'),
      'disk.read_throughput': disk('container_fs_reads_bytes_total'),
      'disk.write_throughput': disk('container_fs_writes_bytes_total'),
    },
  },
  {
    id: 'network',
    measures: {
      'network.received_throughput': network('container_network_receive_bytes_total'),
      'network.sent_throughput': network('container_network_transmit_bytes_total'),
      'network.received_pps': network('container_network_receive_packets_total'),
      'network.sent_pps': network('container_network_transmit_packets_total'),
    },
  },
] as const satisfies readonly Family[];

/**
 * Kubernetes nodes: kube-state-metrics says which there are, the cAdvisor in each kubelet how used they are.
 * Source: github.com/kubernetes/kube-state-metrics, docs/metrics/cluster/node-metrics.md; github.com/google/cadvisor,
 * docs/storage/prometheus.md.
 */
export const kubernetes: Exporter = {
  id: 'kubernetes',
  documentation: 'github.com/google/cadvisor, docs/storage/prometheus.md',
  by: ['node'],
  identity: 'kube_node_info',
  pulse: { metric: 'container_cpu_usage_seconds_total', matchers: [wholeNode] },
  own: [
    ...['node', 'kernel_version', 'os_image', 'container_runtime_version', 'kubelet_version', 'kubeproxy_version'],
    ...['pod_cidr', 'provider_id', 'system_uuid', 'internal_ip'],
    // Of the scrape too, but those of kube-state-metrics and not of the node.
    ...['instance', 'job', 'namespace', 'pod', 'service', 'container', 'endpoint'],
  ],
  infos: [],
  vcpus: { metric: 'kube_node_status_capacity', matchers: ['resource="cpu"'] },
  memoryTotal: [{ metric: 'kube_node_status_capacity', matchers: ['resource="memory"'] }],
  states: [],
  isTarget: false,
  families,
  describe: (labels) => ({
    name: firstOf(labels, 'node'),
    instanceType: undefined,
    platform: firstOf(labels, 'os_image'),
  }),
};

function disk(metric: string): Counter {
  return {
    kind: 'counter',
    metric,
    matchers: [wholeNode, 'device!=""', `device!~${quote(`(/dev/)?(${linuxDisks})|/dev/mapper/.*`)}`],
    device: 'device',
  };
}

function network(metric: string): Counter {
  return { kind: 'counter', metric, matchers: [wholeNode, `interface!~${quote(linuxNetworks)}`], device: 'interface' };
}
