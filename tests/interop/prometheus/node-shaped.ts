import { type Course, courseOf, times, together } from './course.ts';
import type { ExpectedServer } from './expected.ts';
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

export interface History {
  readonly series: readonly StoredSeries[];
  readonly servers: readonly ExpectedServer[];
}

export interface NodeOptions {
  readonly instance: string;
  /** Where the instance alone does not tell it apart. */
  readonly id?: string;
  readonly name: string;
  readonly life: TimelineOptions;
  readonly state?: ExpectedServer['state'];
  /** Rows by which its courses are ahead of those of others. */
  readonly skip: number;
  readonly cores?: number;
  /** Devices whose traffic is that of others, and must not be added. */
  readonly isNoisy?: boolean;
  readonly hasClock?: boolean;
  readonly slotSeconds?: number;
  readonly labels?: LabelSet;
  readonly region?: string;
}

const gibibyte = 2 ** 30;

/** A Linux server as node_exporter 1.x tells of it. */
export function nodeShaped(options: NodeOptions): History {
  const { instance, name, life, skip, cores = 2, isNoisy = false, hasClock = true, slotSeconds = 300 } = options;
  const target = { instance, job: 'node', ...options.labels };
  const timeline = timelineOf(life);
  const { from } = life;
  const store = (metric: string, own: LabelSet, valueAt: StoredSeries['valueAt']): StoredSeries => ({
    metric,
    labels: { ...own, ...target },
    timeline,
    valueAt,
  });

  const load = courseOf('busyCpu', from, skip);
  const memory = courseOf('databaseCpu', from, skip);
  const total = 8 * gibibyte;
  const free: Course = { at: (time) => total * (1 - memory.at(time) / 100), total: memory.total };
  const disks = {
    sda: courseOf('diskWriteBytes', from, skip, 1 / 300),
    sdb: courseOf('diskWriteBytes', from, skip + 700, 1 / 300),
  };
  const cards = {
    eth0: courseOf('networkIn', from, skip, 1 / 300),
    eth1: courseOf('networkIn', from, skip + 900, 1 / 300),
  };
  const written = together(disks.sda, disks.sdb);
  const received = together(cards.eth0, cards.eth1);
  const loud = courseOf('networkIn', from, 5, 10);

  const real = { ...disks };
  const noise = isNoisy
    ? { sda1: disks.sda, 'dm-0': written, loop0: loud, md127: written, nvme0n1p1: loud, sr0: loud }
    : {};
  const bridges = isNoisy
    ? { lo: loud, veth1a2b: loud, docker0: loud, 'br-9f3e': loud, bond0: received, 'eth0.100': loud }
    : {};

  return {
    series: [
      store(
        'node_uname_info',
        {
          nodename: name,
          sysname: 'Linux',
          release: '6.1.0-18-amd64',
          machine: 'x86_64',
          version: '#1',
          domainname: '(none)',
        },
        always(1),
      ),
      store('node_os_info', { id: 'debian', pretty_name: 'Debian GNU/Linux 12 (bookworm)' }, always(1)),
      store('node_memory_MemTotal_bytes', {}, always(total)),
      store('node_memory_MemAvailable_bytes', {}, gauge(free)),
      ...(hasClock ? [store('node_time_seconds', {}, ({ time }) => time + 0.25)] : []),
      ...Array.from({ length: cores }, (_, core) => cpuSeries(store, load, from, String(core), hasClock)).flat(),
      ...Object.entries({ ...real, ...noise }).flatMap(([device, course]) => [
        store('node_disk_written_bytes_total', { device }, counter(course, from)),
        store('node_disk_writes_completed_total', { device }, counter(times(course, 1 / 4096), from)),
        store('node_disk_read_bytes_total', { device }, counter(times(course, 0.5), from)),
        store('node_disk_reads_completed_total', { device }, counter(times(course, 1 / 8192), from)),
      ]),
      ...Object.entries({ ...cards, ...bridges }).flatMap(([device, course]) => [
        store('node_network_receive_bytes_total', { device }, counter(course, from)),
        store('node_network_receive_packets_total', { device }, counter(times(course, 1 / 700), from)),
        store('node_network_transmit_bytes_total', { device }, counter(times(course, 0.25), from)),
        store('node_network_transmit_packets_total', { device }, counter(times(course, 1 / 2800), from)),
      ]),
    ],
    servers: [
      {
        id: options.id ?? instance,
        name,
        state: options.state ?? 'RUNNING',
        vcpus: cores,
        memoryBytes: total,
        instanceType: 'x86_64',
        otherwise: 'no_data',
        ...(options.region === undefined ? {} : { region: options.region }),
        values: (window) => {
          const amount = (course: Course) => truthOfAmount(course, timeline, window, slotSeconds);
          const level = (course: Course) => truthOfLevel(({ time }) => course.at(time), timeline, window, slotSeconds);
          return {
            'cpu.utilization': amount(load),
            'memory.usage': level(memory),
            'memory.used': level(times(memory, total / 100)),
            'disk.write_throughput': amount(written),
            'disk.write_iops': amount(times(written, 1 / 4096)),
            'disk.read_throughput': amount(times(written, 0.5)),
            'disk.read_iops': amount(times(written, 1 / 8192)),
            'network.received_throughput': amount(received),
            'network.received_pps': amount(times(received, 1 / 700)),
            'network.sent_throughput': amount(times(received, 0.25)),
            'network.sent_pps': amount(times(received, 1 / 2800)),
          };
        },
      },
    ],
  };
}

type Store = (metric: string, own: LabelSet, valueAt: StoredSeries['valueAt']) => StoredSeries;

/** Where there is no clock, all modes are there, as they are on a real server. */
function cpuSeries(store: Store, load: Course, from: number, cpu: string, isShort: boolean): StoredSeries[] {
  const part = (share: number): Course => ({
    at: (time) => load.at(time) * share,
    total: (time) => (load.total(time) / 100) * share,
  });
  const idle: Course = { at: (time) => 100 - load.at(time), total: (time) => time - from - load.total(time) / 100 };
  const modes = isShort
    ? { idle, user: part(1) }
    : { idle, user: part(0.6), system: part(0.25), iowait: part(0.1), steal: part(0.05) };
  return Object.entries(modes).map(([mode, course]) =>
    store('node_cpu_seconds_total', { cpu, mode }, counter(course, from)),
  );
}
