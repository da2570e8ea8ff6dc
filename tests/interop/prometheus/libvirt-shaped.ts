import { type Course, courseOf, times, together } from './course.ts';
import type { History } from './node-shaped.ts';
import {
  always,
  counter,
  type LabelSet,
  type Scrape,
  type StoredSeries,
  type Timeline,
  timelineOf,
} from './scraped.ts';
import { truthOfAmount, truthOfLevel } from './truth.ts';

const gibibyte = 2 ** 30;

export interface DomainOptions {
  readonly domain: string;
  readonly uuid: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly skip: number;
  /** Hosts, one after the other: it has moved where there are several. */
  readonly hosts: readonly { readonly host: string; readonly from: number; readonly to: number }[];
  /** Stretches in which it was shut off, and its exporter showed zeros. */
  readonly off?: readonly (readonly [from: number, to: number])[];
  /** Without a balloon driver the guest's memory is not known: zeros. */
  readonly hasBalloon?: boolean;
}

/** A virtual machine as Tinkoff's libvirt-exporter tells of it. */
export function libvirtShaped(options: DomainOptions): History {
  const { domain, uuid, name, from, to, skip, hosts, off = [], hasBalloon = true } = options;
  const load = courseOf('lowCpu', from, skip);
  const memory = courseOf('databaseCpu', from, skip);
  const cores = 4;
  const available = 7.5 * gibibyte;
  const disks = {
    vda: courseOf('diskWriteBytes', from, skip, 1 / 300),
    vdb: courseOf('diskWriteBytes', from, skip + 200, 1 / 300),
  };
  const card = courseOf('networkIn', from, skip, 1 / 300);
  const written = together(...Object.values(disks));
  const used: Course = { at: (time) => (available * memory.at(time)) / 100, total: memory.total };
  const isOff = (time: number) => off.some(([begin, end]) => time >= begin && time < end);
  /** The store has it while it is shut off too, and the truth does not. */
  const seen = movingTimeline(timelineOf({ from, to, off }), hosts);

  const series = hosts.flatMap(({ host, from: begin, to: end }) => {
    const scraped: Timeline = {
      from,
      every: 60,
      scrapes: timelineOf({ from, to })
        .scrapes.filter(({ time }) => time >= begin && time < end)
        .map(({ time }) => ({
          time,
          startedAt: Math.max(from, begin, ...off.map(([, back]) => back).filter((back) => back <= time)),
        })),
    };
    const store = (metric: string, own: LabelSet, valueAt: StoredSeries['valueAt']): StoredSeries => ({
      metric,
      labels: { ...own, domain, instance: host, job: 'libvirt' },
      timeline: scraped,
      valueAt,
    });
    const amount = (course: Course) => {
      const running = counter(course, from);
      return (scrape: Scrape) => (isOff(scrape.time) ? 0 : running(scrape));
    };
    const level =
      (course: Course) =>
      ({ time }: Scrape) =>
        isOff(time) || !hasBalloon ? 0 : available - course.at(time);
    return [
      store(
        'libvirt_domain_info_meta',
        { uuid, instance_name: name, flavor: 'm1.large', project_name: 'shop' },
        always(1),
      ),
      store('libvirt_domain_info_virtual_cpus', {}, always(cores)),
      store('libvirt_domain_info_maximum_memory_bytes', {}, always(8 * gibibyte)),
      store('libvirt_domain_info_vstate', {}, ({ time }) => (isOff(time) ? 5 : 1)),
      store('libvirt_domain_info_cpu_time_seconds_total', {}, amount(times(load, cores / 100))),
      store('libvirt_domain_memory_stats_available_bytes', {}, ({ time }) => (isOff(time) ? 0 : available)),
      store('libvirt_domain_memory_stats_usable_bytes', {}, level(used)),
      ...Object.entries(disks).flatMap(([device, course]) => [
        store('libvirt_domain_block_stats_write_bytes_total', { target_device: device }, amount(course)),
        store(
          'libvirt_domain_block_stats_write_requests_total',
          { target_device: device },
          amount(times(course, 1 / 4096)),
        ),
      ]),
      store('libvirt_domain_interface_stats_receive_bytes_total', { target_device: `tap${skip}` }, amount(card)),
    ];
  });

  return {
    series,
    servers: [
      {
        id: uuid,
        name,
        state: 'RUNNING',
        vcpus: cores,
        memoryBytes: 8 * gibibyte,
        instanceType: 'm1.large',
        otherwise: 'no_data',
        values: (window) => {
          const amount = (course: Course) => truthOfAmount(course, seen, window, 300);
          const level = (course: Course) => truthOfLevel(({ time }) => course.at(time), seen, window, 300);
          return {
            'cpu.utilization': amount(load),
            ...(hasBalloon ? { 'memory.usage': level(memory), 'memory.used': level(used) } : {}),
            'disk.write_throughput': amount(written),
            'disk.write_iops': amount(times(written, 1 / 4096)),
            'network.received_throughput': amount(card),
          };
        },
      },
    ],
  };
}

/** A new host counts anew. */
function movingTimeline({ from, every, scrapes }: Timeline, hosts: DomainOptions['hosts']): Timeline {
  const moves = hosts.slice(1).map(({ from }) => from);
  return {
    from,
    every,
    scrapes: scrapes.map(({ time, startedAt }) => ({
      time,
      startedAt: Math.max(startedAt, ...moves.filter((move) => move <= time)),
    })),
  };
}
