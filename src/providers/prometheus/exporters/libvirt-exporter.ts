import type { Counter, Family, FreeMemory } from '../catalog.ts';
import { type Exporter, firstOf } from './exporter.ts';

const memory = {
  kind: 'memory',
  total: ['libvirt_domain_memory_stats_available_bytes', 'libvirt_domain_stat_memory_available_bytes'],
  free: ['libvirt_domain_memory_stats_usable_bytes', 'libvirt_domain_stat_memory_usable_bytes'],
} as const satisfies Omit<FreeMemory, 'unit'>;

const families = [
  {
    id: 'cpu',
    measures: {
      'cpu.utilization': {
        kind: 'cpu_time',
        metric: 'libvirt_domain_info_cpu_time_seconds_total',
        matchers: [],
        device: 'domain',
        cores: 'libvirt_domain_info_virtual_cpus',
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
      'disk.read_iops': device('libvirt_domain_block_stats_read_requests_total'),
      'disk.write_iops': device('libvirt_domain_block_stats_write_requests_total'),
      'disk.read_throughput': device('libvirt_domain_block_stats_read_bytes_total'),
      'disk.write_throughput': device('libvirt_domain_block_stats_write_bytes_total'),
    },
  },
  {
    id: 'network',
    measures: {
      'network.received_throughput': device('libvirt_domain_interface_stats_receive_bytes_total'),
      'network.sent_throughput': device('libvirt_domain_interface_stats_transmit_bytes_total'),
      'network.received_pps': device('libvirt_domain_interface_stats_receive_packets_total'),
      'network.sent_pps': device('libvirt_domain_interface_stats_transmit_packets_total'),
    },
  },
] as const satisfies readonly Family[];

/**
 * Virtual machines of libvirt, those of OpenStack among them, seen from their hosts. What all exporters of that name share, and
 * the labels that each of them has: kumina/libvirt_exporter (Debian's), Tinkoff/libvirt-exporter,
 * inovex/prometheus-libvirt-exporter and its ancestor of zhangjianweibj. Memory in use is told by the balloon driver of the guest.
 */
export const libvirtExporter: Exporter = {
  id: 'libvirt_exporter',
  documentation: 'READMEs of libvirt exporters: kumina, Tinkoff, inovex',
  by: ['instance', 'domain'],
  identity: 'libvirt_domain_info_virtual_cpus',
  pulse: { metric: 'libvirt_domain_info_virtual_cpus', matchers: [] },
  own: [
    'domain',
    'uuid',
    'name',
    'flavor',
    'instanceName',
    'instanceId',
    'flavorName',
    'userName',
    'userId',
    'projectId',
  ],
  infos: ['libvirt_domain_info_meta', 'libvirt_domain_openstack_info'],
  vcpus: { metric: 'libvirt_domain_info_virtual_cpus', matchers: [] },
  memoryTotal: [{ metric: 'libvirt_domain_info_maximum_memory_bytes', matchers: [] }],
  states: ['libvirt_domain_info_vstate', 'libvirt_domain_info_state', 'libvirt_domain_state_code'],
  isTarget: false,
  families,
  describe: (labels) => ({
    id: firstOf(labels, 'uuid', 'instance_id', 'instanceId'),
    name: firstOf(labels, 'instance_name', 'instanceName', 'nova_name', 'name', 'domain'),
    instanceType: firstOf(labels, 'flavor', 'flavor_name', 'flavorName'),
    platform: undefined,
  }),
};

function device(metric: string): Counter {
  return { kind: 'counter', metric, matchers: [], device: 'target_device' };
}
