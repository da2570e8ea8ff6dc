import type { Counter, Family, FreeMemory } from '../catalog.ts';
import { quote } from '../promql.ts';
import { type Exporter, firstOf } from './exporter.ts';

/** Tunnels, virtual switches and teams, whose traffic the cards below them carry. */
const virtualCards = '(?i).*(isatap|teredo|6to4|loopback|multiplexor).*|vEthernet.*|Hyper.V_Virtual.*';

const memory = {
  kind: 'memory',
  total: ['windows_memory_physical_total_bytes', 'windows_cs_physical_memory_bytes'],
  free: ['windows_memory_available_bytes', 'windows_os_physical_memory_free_bytes'],
} as const satisfies Omit<FreeMemory, 'unit'>;

const families = [
  {
    id: 'cpu',
    measures: {
      'cpu.utilization': {
        kind: 'idle_share',
        metric: 'windows_cpu_time_total',
        idle: 'mode="idle"',
        // Time in interrupts and deferred calls is privileged time too.
        all: ['mode=~"idle|user|privileged"'],
        modes: 3,
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
      'disk.read_iops': disk('windows_logical_disk_reads_total'),
      'disk.write_iops': disk('windows_logical_disk_writes_total'),
      'disk.read_throughput': disk('windows_logical_disk_read_bytes_total'),
      'disk.write_throughput': disk('windows_logical_disk_write_bytes_total'),
    },
  },
  {
    id: 'network',
    measures: {
      'network.received_throughput': network('windows_net_bytes_received_total'),
      'network.sent_throughput': network('windows_net_bytes_sent_total'),
      'network.received_pps': network('windows_net_packets_received_total'),
      'network.sent_pps': network('windows_net_packets_sent_total'),
    },
  },
] as const satisfies readonly Family[];

/**
 * Windows, from 0.13 on: 0.29 moved memory from the `cs` and `os` collectors to `memory`, 0.31 dropped the old names.
 * Source: github.com/prometheus-community/windows_exporter, docs/ of v0.13.0, v0.24.0, v0.29.0 and v0.31.0.
 */
export const windowsExporter: Exporter = {
  id: 'windows_exporter',
  documentation: 'github.com/prometheus-community/windows_exporter, docs/',
  by: ['instance'],
  identity: 'windows_os_info',
  pulse: { metric: 'windows_os_info', matchers: [] },
  own: ['product', 'version', 'major_version', 'minor_version', 'build_number', 'revision', 'installation_type'],
  infos: ['windows_os_hostname', 'windows_cs_hostname'],
  vcpus: { metric: 'windows_cpu_time_total', matchers: ['mode="idle"'], counted: 'core' },
  memoryTotal: [
    { metric: 'windows_memory_physical_total_bytes', matchers: [] },
    { metric: 'windows_cs_physical_memory_bytes', matchers: [] },
  ],
  states: [],
  isTarget: true,
  families,
  describe: (labels) => ({
    name: firstOf(labels, 'hostname'),
    instanceType: undefined,
    platform: firstOf(labels, 'product'),
  }),
};

function disk(metric: string): Counter {
  return { kind: 'counter', metric, matchers: ['volume!="_Total"'], device: 'volume' };
}

function network(metric: string): Counter {
  return { kind: 'counter', metric, matchers: [`nic!~${quote(virtualCards)}`], device: 'nic' };
}
