import { type Counter, type Family, type FreeMemory, linuxDisks, linuxNetworks } from '../catalog.ts';
import { quote } from '../promql.ts';
import { type Exporter, firstOf } from './exporter.ts';

const memory = {
  kind: 'memory',
  total: ['node_memory_MemTotal_bytes'],
  free: ['node_memory_MemAvailable_bytes'],
} as const satisfies Omit<FreeMemory, 'unit'>;

const families = [
  {
    id: 'cpu',
    measures: {
      'cpu.utilization': {
        kind: 'idle_share',
        metric: 'node_cpu_seconds_total',
        idle: 'mode="idle"',
        all: [],
        modes: 8,
        clock: 'node_time_seconds',
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
      'disk.read_iops': disk('node_disk_reads_completed_total'),
      'disk.write_iops': disk('node_disk_writes_completed_total'),
      'disk.read_throughput': disk('node_disk_read_bytes_total'),
      'disk.write_throughput': disk('node_disk_written_bytes_total'),
    },
  },
  {
    id: 'network',
    measures: {
      'network.received_throughput': network('node_network_receive_bytes_total'),
      'network.sent_throughput': network('node_network_transmit_bytes_total'),
      'network.received_pps': network('node_network_receive_packets_total'),
      'network.sent_pps': network('node_network_transmit_packets_total'),
    },
  },
] as const satisfies readonly Family[];

/** Linux and other Unix. Names since 0.16 (2018). Source: github.com/prometheus/node_exporter, collector/ and CHANGELOG. */
export const nodeExporter: Exporter = {
  id: 'node_exporter',
  documentation: 'github.com/prometheus/node_exporter, collector/',
  by: ['instance'],
  identity: 'node_uname_info',
  pulse: { metric: 'node_uname_info', matchers: [] },
  own: ['sysname', 'release', 'version', 'machine', 'nodename', 'domainname'],
  infos: ['node_os_info', 'node_dmi_info'],
  vcpus: { metric: 'node_cpu_seconds_total', matchers: ['mode="idle"'], counted: 'cpu' },
  memoryTotal: [{ metric: 'node_memory_MemTotal_bytes', matchers: [] }],
  states: [],
  isTarget: true,
  families,
  describe: (labels) => ({
    name: firstOf(labels, 'nodename'),
    instanceType: firstOf(labels, 'product_name', 'machine'),
    platform: firstOf(labels, 'pretty_name', 'sysname'),
  }),
};

function disk(metric: string): Counter {
  return { kind: 'counter', metric, matchers: [`device!~${quote(linuxDisks)}`], device: 'device' };
}

function network(metric: string): Counter {
  return { kind: 'counter', metric, matchers: [`device!~${quote(linuxNetworks)}`], device: 'device' };
}
