import { type Course, courseOf, times, together } from './course.ts';
import type { History } from './node-shaped.ts';
import {
  always,
  counter,
  gauge,
  type LabelSet,
  type StoredSeries,
  type TimelineOptions,
  timelineOf,
} from './scraped.ts';
import { truthOfAmount, truthOfLevel } from './truth.ts';

const gibibyte = 2 ** 30;

/** A Windows server as windows_exporter tells of it: memory by the names of 0.13 to 0.30, or by those from 0.29 on. */
export function windowsShaped(options: {
  readonly instance: string;
  readonly name: string;
  readonly names: 'old' | 'new' | 'both';
  readonly life: TimelineOptions;
  readonly skip: number;
}): History {
  const { instance, name, names, life, skip } = options;
  const timeline = timelineOf(life);
  const { from } = life;
  const store = (metric: string, own: LabelSet, valueAt: StoredSeries['valueAt']): StoredSeries => ({
    metric,
    labels: { ...own, instance, job: 'windows' },
    timeline,
    valueAt,
  });

  const load = courseOf('spikyCpu', from, skip);
  const memory = courseOf('databaseCpu', from, skip + 300);
  const total = 16 * gibibyte;
  const free: Course = { at: (time) => total * (1 - memory.at(time) / 100), total: memory.total };
  const volumes = {
    'C:': courseOf('diskWriteBytes', from, skip, 1 / 300),
    'D:': courseOf('diskWriteBytes', from, skip + 400, 1 / 300),
  };
  const card = courseOf('networkIn', from, skip + 100, 1 / 300);
  const loud = courseOf('networkIn', from, 5, 10);
  const written = together(...Object.values(volumes));
  const busy = times(load, 1 / 100);
  const idle: Course = { at: (time) => 100 - load.at(time), total: (time) => time - from - load.total(time) / 100 };
  // Interrupts and deferred calls are a part of privileged time, and not beside it.
  const modes = {
    idle,
    user: times(busy, 0.7),
    privileged: times(busy, 0.3),
    interrupt: times(busy, 0.02),
    dpc: times(busy, 0.03),
  };

  return {
    series: [
      store(
        'windows_os_info',
        { product: 'Microsoft Windows Server 2022 Datacenter', version: '10.0.20348' },
        always(1),
      ),
      store(
        names === 'old' ? 'windows_cs_hostname' : 'windows_os_hostname',
        { hostname: name, domain: 'corp', fqdn: `${name}.corp` },
        always(1),
      ),
      ...(names !== 'new' ? [store('windows_cs_physical_memory_bytes', {}, always(total))] : []),
      ...(names !== 'old' ? [store('windows_memory_physical_total_bytes', {}, always(total))] : []),
      ...(names === 'old' ? [store('windows_os_physical_memory_free_bytes', {}, gauge(free))] : []),
      ...(names !== 'old' ? [store('windows_memory_available_bytes', {}, gauge(free))] : []),
      ...['0,0', '0,1'].flatMap((core) =>
        Object.entries(modes).map(([mode, course]) =>
          store('windows_cpu_time_total', { core, mode }, counter(course, from)),
        ),
      ),
      ...Object.entries(volumes).flatMap(([volume, course]) => [
        store('windows_logical_disk_write_bytes_total', { volume }, counter(course, from)),
        store('windows_logical_disk_writes_total', { volume }, counter(times(course, 1 / 4096), from)),
        store('windows_logical_disk_read_bytes_total', { volume }, counter(times(course, 0.5), from)),
        store('windows_logical_disk_reads_total', { volume }, counter(times(course, 1 / 8192), from)),
      ]),
      ...Object.entries({ 'vmxnet3 Ethernet Adapter': card, isatap_corp: loud, vEthernet__nat_: loud }).flatMap(
        ([nic, course]) => [
          store('windows_net_bytes_received_total', { nic }, counter(course, from)),
          store('windows_net_packets_received_total', { nic }, counter(times(course, 1 / 700), from)),
          store('windows_net_bytes_sent_total', { nic }, counter(times(course, 0.25), from)),
          store('windows_net_packets_sent_total', { nic }, counter(times(course, 1 / 2800), from)),
        ],
      ),
    ],
    servers: [
      {
        id: instance,
        name,
        state: 'RUNNING',
        vcpus: 2,
        memoryBytes: total,
        otherwise: 'no_data',
        values: (window) => {
          const amount = (course: Course) => truthOfAmount(course, timeline, window, 300);
          const level = (course: Course) => truthOfLevel(({ time }) => course.at(time), timeline, window, 300);
          return {
            'cpu.utilization': amount(load),
            'memory.usage': level(memory),
            'memory.used': level(times(memory, total / 100)),
            'disk.write_throughput': amount(written),
            'disk.write_iops': amount(times(written, 1 / 4096)),
            'disk.read_throughput': amount(times(written, 0.5)),
            'disk.read_iops': amount(times(written, 1 / 8192)),
            'network.received_throughput': amount(card),
            'network.received_pps': amount(times(card, 1 / 700)),
            'network.sent_throughput': amount(times(card, 0.25)),
            'network.sent_pps': amount(times(card, 1 / 2800)),
          };
        },
      },
    ],
  };
}
