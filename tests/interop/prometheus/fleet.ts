import { kubernetesShaped } from './kubernetes-shaped.ts';
import { libvirtShaped } from './libvirt-shaped.ts';
import { type History, nodeShaped } from './node-shaped.ts';
import { always, timelineOf } from './scraped.ts';
import { windowsShaped } from './windows-shaped.ts';

const hour = 3600;
const day = 24 * hour;

/**
 * Servers of every kind, over the window and a little more on both sides.
 *
 * @param window whole days, epoch seconds
 * @param now epoch seconds
 */
export function historyOf(window: { readonly start: number; readonly end: number }, now: number): History {
  const from = window.start - 2 * hour;
  // Scraped until well after the tests.
  const to = Math.ceil((now + hour) / hour) * hour;
  const { end } = window;
  const twice = { instance: '10.0.0.10:9100', name: 'scraped-twice', life: { from: end - day, to }, skip: 3000 };
  const histories = [
    nodeShaped({ instance: '10.0.0.1:9100', name: 'steady', life: { from, to }, skip: 0, isNoisy: true }),
    nodeShaped({
      instance: '10.0.0.2:9100',
      name: 'late-scraped',
      life: { from, to, phase: 37 },
      skip: 300,
      hasClock: false,
      labels: { datacenter: 'fra1' },
      region: 'fra1',
    }),
    nodeShaped({
      instance: '10.0.0.3:9100',
      name: 'rebooted',
      life: {
        from,
        to,
        phase: 11,
        off: [
          [end - 4 * day + 5 * hour + 100, end - 4 * day + 8 * hour + 520],
          [end - 2 * day + 23 * hour + 3000, end - day + 1800],
        ],
      },
      skip: 600,
      cores: 4,
    }),
    nodeShaped({
      instance: '10.0.0.4:9100',
      name: 'unseen-for-hours',
      life: { from, to, phase: 23, unseen: [[end - 3 * day + 10 * hour + 70, end - 3 * day + 16 * hour + 200]] },
      skip: 900,
    }),
    nodeShaped({
      instance: '10.0.0.5:9100',
      name: 'gone',
      life: { from, to: end - day - 7 * hour - 130 },
      skip: 1200,
      state: 'TERMINATED',
    }),
    nodeShaped({
      instance: '10.0.0.6:9100',
      name: 'down',
      life: { from, to: end - 9 * hour },
      skip: 1500,
      state: 'STOPPED',
    }),
    nodeShaped({
      instance: '10.0.0.7:9100',
      name: 'born-in-window',
      life: { from: end - 2 * day - 5 * hour - 77, to },
      skip: 1800,
    }),
    nodeShaped({
      instance: '10.0.0.8:9100',
      name: 'scraped-rarely',
      life: { from, to, every: 120, phase: 50 },
      skip: 2100,
      slotSeconds: 600,
    }),
    reason(
      nodeShaped({ instance: '10.0.0.9:9100', name: 'new-today', life: { from: end + 60, to }, skip: 2400 }),
      'too_new',
    ),
    nodeShaped({ instance: '192.168.7.3:9100', name: 'worker-2', life: { from: end - day, to }, skip: 2700 }),
    nodeShaped({ ...twice, labels: { job: 'node' } }),
    toldElsewhere(nodeShaped({ ...twice, labels: { job: 'node-again' } })),
    windowsShaped({ instance: '10.1.0.1:9182', name: 'WIN-NEW', names: 'new', life: { from, to, phase: 5 }, skip: 0 }),
    windowsShaped({
      instance: '10.1.0.2:9182',
      name: 'WIN-OLD',
      names: 'old',
      life: { from, to, phase: 15 },
      skip: 1000,
    }),
    windowsShaped({
      instance: '10.1.0.3:9182',
      name: 'WIN-BOTH',
      names: 'both',
      life: { from: end - 2 * day, to },
      skip: 2000,
    }),
    libvirtShaped({
      domain: 'instance-00000001',
      uuid: '1bac351f-242e-4d53-8cf3-fd91b061069c',
      name: 'shop-web',
      from,
      to,
      skip: 0,
      hosts: [{ host: 'hv-1:9177', from, to }],
      off: [[end - 3 * day + 2 * hour, end - 3 * day + 9 * hour + 30]],
    }),
    libvirtShaped({
      domain: 'instance-00000002',
      uuid: '2bac351f-242e-4d53-8cf3-fd91b061069c',
      name: 'shop-moved',
      from,
      to,
      skip: 500,
      hosts: [
        { host: 'hv-1:9177', from, to: end - 2 * day + 4 * hour + 130 },
        { host: 'hv-2:9177', from: end - 2 * day + 4 * hour + 130, to },
      ],
    }),
    libvirtShaped({
      domain: 'instance-00000003',
      uuid: '3bac351f-242e-4d53-8cf3-fd91b061069c',
      name: 'shop-no-balloon',
      from: end - 2 * day,
      to,
      skip: 900,
      hosts: [{ host: 'hv-2:9177', from: end - 2 * day, to }],
      hasBalloon: false,
    }),
    kubernetesShaped({
      node: 'worker-1',
      address: '192.168.7.2',
      cadvisor: 'by_node',
      life: { from, to, phase: 3 },
      skip: 0,
    }),
    toldElsewhere(
      kubernetesShaped({
        node: 'worker-2',
        address: '192.168.7.3',
        cadvisor: 'by_node',
        life: { from: end - day, to },
        skip: 10,
      }),
    ),
    kubernetesShaped({
      node: 'worker-3',
      address: '192.168.7.4',
      cadvisor: 'by_address',
      life: { from, to, phase: 9 },
      skip: 800,
    }),
    kubernetesShaped({ node: 'worker-4', address: '192.168.7.5', cadvisor: 'none', life: { from, to }, skip: 0 }),
    targetThatIsDown('10.0.0.6:9100', end, to),
  ];
  return { series: histories.flatMap(({ series }) => series), servers: histories.flatMap(({ servers }) => servers) };
}

/** Two servers with the same instance, in two clusters. */
export function twinsOf(window: { readonly start: number; readonly end: number }, now: number): History {
  const life = { from: window.end - day, to: Math.ceil((now + hour) / hour) * hour };
  const twins = ['a', 'b'].map((cluster, at) =>
    nodeShaped({
      instance: '10.9.9.9:9100',
      id: `${cluster}/10.9.9.9:9100`,
      name: `twin-${cluster}`,
      life,
      skip: 100 * at,
      labels: { cluster },
    }),
  );
  return { series: twins.flatMap(({ series }) => series), servers: twins.flatMap(({ servers }) => servers) };
}

/** Its exporter does not answer, and Prometheus keeps asking. */
function targetThatIsDown(instance: string, from: number, to: number): History {
  const timeline = timelineOf({ from, to });
  return { series: [{ metric: 'up', labels: { instance, job: 'node' }, timeline, valueAt: always(0) }], servers: [] };
}

/** A node that its own node_exporter tells of. */
function toldElsewhere({ series }: History): History {
  return { series, servers: [] };
}

function reason({ series, servers }: History, otherwise: string): History {
  return { series, servers: servers.map((server) => ({ ...server, otherwise })) };
}
