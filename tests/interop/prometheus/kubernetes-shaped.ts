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

export interface KubernetesOptions {
  readonly node: string;
  readonly address: string;
  /** How its cAdvisor is named: by a label `node`, by its address alone, or not at all. */
  readonly cadvisor: 'by_node' | 'by_address' | 'none';
  readonly life: TimelineOptions;
  readonly skip: number;
}

/** A node as kube-state-metrics and the cAdvisor of its kubelet tell of it. */
export function kubernetesShaped({ node, address, cadvisor, life, skip }: KubernetesOptions): History {
  const timeline = timelineOf(life);
  const { from } = life;
  const store = (metric: string, labels: LabelSet, valueAt: StoredSeries['valueAt']): StoredSeries => ({
    metric,
    labels,
    timeline,
    valueAt,
  });
  const state = (metric: string, own: LabelSet, value: number) =>
    store(metric, { ...own, node, instance: '10.244.0.9:8080', job: 'kube-state-metrics' }, always(value));
  const target = { instance: `${address}:10250`, job: 'kubelet', id: '/', ...(cadvisor === 'by_node' ? { node } : {}) };
  const whole = (metric: string, own: LabelSet, valueAt: StoredSeries['valueAt']) =>
    store(metric, { ...own, ...target }, valueAt);

  const load = courseOf('lowCpu', from, skip);
  const memory = courseOf('databaseCpu', from, skip);
  const [cores, total] = [8, 32 * gibibyte];
  const disk = courseOf('diskWriteBytes', from, skip, 1 / 300);
  const card = courseOf('networkIn', from, skip, 1 / 300);
  const loud = courseOf('networkIn', from, 5, 10);
  const written = together(disk);

  const measured = [
    { ...whole('machine_cpu_cores', {}, always(cores)), labels: without(target, 'id') },
    { ...whole('machine_memory_bytes', {}, always(total)), labels: without(target, 'id') },
    whole('container_cpu_usage_seconds_total', { cpu: 'total' }, counter(times(load, cores / 100), from)),
    {
      ...whole('container_cpu_usage_seconds_total', { cpu: 'total' }, counter(loud, from)),
      labels: { ...target, cpu: 'total', id: '/kubepods' },
    },
    whole('container_memory_working_set_bytes', {}, gauge(times(memory, total / 100))),
    ...Object.entries({ '/dev/sda': disk, '/dev/dm-0': disk, '/dev/sda1': disk }).flatMap(([device, course]) => [
      whole('container_fs_writes_bytes_total', { device }, counter(course, from)),
      whole('container_fs_writes_total', { device }, counter(times(course, 1 / 4096), from)),
    ]),
    ...Object.entries({ eth0: card, cni0: loud, 'flannel.1': loud }).map(([name, course]) =>
      whole('container_network_receive_bytes_total', { interface: name }, counter(course, from)),
    ),
  ];
  return {
    series: [
      state('kube_node_info', { internal_ip: address, os_image: 'Talos (v1.8.0)', kubelet_version: 'v1.31.1' }, 1),
      state('kube_node_status_capacity', { resource: 'cpu', unit: 'core' }, cores),
      state('kube_node_status_capacity', { resource: 'memory', unit: 'byte' }, total),
      ...(cadvisor === 'none' ? [] : measured),
    ],
    servers: [
      {
        id: node,
        name: node,
        state: 'RUNNING',
        vcpus: cores,
        memoryBytes: total,
        otherwise: cadvisor === 'none' ? 'agent_absent' : 'no_data',
        values: (window) => {
          if (cadvisor === 'none') return {};
          const amount = (course: Course) => truthOfAmount(course, timeline, window, 300);
          const level = (course: Course) => truthOfLevel(({ time }) => course.at(time), timeline, window, 300);
          return {
            'cpu.utilization': amount(load),
            'memory.usage': level(memory),
            'memory.used': level(times(memory, total / 100)),
            'disk.write_throughput': amount(written),
            'disk.write_iops': amount(times(written, 1 / 4096)),
            'network.received_throughput': amount(card),
          };
        },
      },
    ],
  };
}

function without(labels: LabelSet, name: string): LabelSet {
  return Object.fromEntries(Object.entries(labels).filter(([each]) => each !== name));
}
