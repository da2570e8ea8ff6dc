import { describe, expect, it } from 'vitest';
import { day, endOf, iso, midnight, numberIn, setUp, TimeSeriesReply } from './cloud-client.fixture.ts';
import { isPostgres } from './database.ts';
import { findDisk } from './disks.ts';
import { diskUrl } from './instance-json.ts';
import type { Truth } from './truth.ts';
import type { Disk, Vm } from './vm.ts';
import { everyVm } from './world.ts';

const window = { start: midnight - 4 * day, end: midnight };
const project = 'demo-shop-prod';

async function setUpTruth() {
  const { cloud, get } = await setUp();
  const owner = cloud.world.findProject(project);
  if (owner === undefined) throw new Error(`no ${project}`);
  const vms = cloud.world.cells(owner).flatMap((cell) => [...everyVm(cell)]);
  const databases = cloud.world.databases(owner);
  /** The samples of a metric, those of all its series added up minute by minute, times `factor`. */
  const minutes = async (filter: string, factor = 1) => {
    const interval = { 'interval.startTime': iso(window.start), 'interval.endTime': iso(window.end) };
    const { body } = await get(`/v3/projects/${project}/timeSeries`, { filter, ...interval });
    const sums = new Map<number, number>();
    for (const { points = [] } of TimeSeriesReply.parse(body).timeSeries ?? []) {
      for (const point of points) sums.set(endOf(point), (sums.get(endOf(point)) ?? 0) + numberIn(point) * factor);
    }
    return [...sums.values()];
  };
  const truthOf = (resource: string) => {
    const truth = cloud.truth({ project, resource, ...window });
    if (truth === undefined) throw new Error(`no truth of ${resource}`);
    return truth;
  };
  const find = (wanted: (vm: Vm) => boolean) => {
    const vm = vms.find(wanted);
    if (vm === undefined) throw new Error('the demo world lacks such a VM');
    return vm;
  };
  const expectTrue = (truth: Truth | undefined, samples: readonly number[]) => {
    const sum = samples.reduce((total, value) => total + value, 0);
    expect(truth?.seconds).toBe(samples.length * 60);
    expect((truth?.avg ?? 0) / (sum / samples.length)).toBeCloseTo(1, 9);
    expect((truth?.max ?? 0) / Math.max(...samples)).toBeCloseTo(1, 9);
    expect(truth?.min).toBeCloseTo(Math.min(...samples), 6);
  };
  return { cloud, databases, minutes, truthOf, find, expectTrue };
}

const vmKeys = [
  { key: 'cpu.utilization', metric: 'compute.googleapis.com/instance/cpu/utilization', factor: 100 },
  { key: 'disk.read_iops', metric: 'compute.googleapis.com/instance/disk/read_ops_count', factor: 1 / 60 },
  { key: 'disk.write_iops', metric: 'compute.googleapis.com/instance/disk/write_ops_count', factor: 1 / 60 },
  { key: 'disk.read_throughput', metric: 'compute.googleapis.com/instance/disk/read_bytes_count', factor: 1 / 60 },
  { key: 'disk.write_throughput', metric: 'compute.googleapis.com/instance/disk/write_bytes_count', factor: 1 / 60 },
  {
    key: 'network.received_throughput',
    metric: 'compute.googleapis.com/instance/network/received_bytes_count',
    factor: 1 / 60,
  },
  {
    key: 'network.sent_throughput',
    metric: 'compute.googleapis.com/instance/network/sent_bytes_count',
    factor: 1 / 60,
  },
  {
    key: 'network.received_pps',
    metric: 'compute.googleapis.com/instance/network/received_packets_count',
    factor: 1 / 60,
  },
  { key: 'network.sent_pps', metric: 'compute.googleapis.com/instance/network/sent_packets_count', factor: 1 / 60 },
] as const;

const diskKeys = [
  ...vmKeys.filter(({ key }) => key.startsWith('disk.')),
  { key: 'disk.queue_length', metric: 'compute.googleapis.com/instance/disk/average_io_queue_depth', factor: 1 },
];

describe('the truth', () => {
  it.each([
    { name: 'one of several disks', wanted: ({ disks }: Vm) => disks.length > 1 },
    { name: 'one with a local SSD', wanted: ({ disks }: Vm) => disks.some(({ type }) => type === 'local-ssd') },
    { name: 'one behind a load balancer', wanted: ({ group }: Vm) => group.balanced },
    { name: 'one that sleeps at night', wanted: ({ group }: Vm) => group.life === 'weekdays' },
    { name: 'one that bursts', wanted: ({ type }: Vm) => type.name === 'e2-micro' },
  ])('is what the samples of a VM tell: $name', async ({ wanted }) => {
    const { minutes, truthOf, find, expectTrue } = await setUpTruth();
    const { id } = find(wanted);
    const truth = truthOf(id);
    for (const { key, metric, factor } of vmKeys) {
      const filter = `metric.type = "${metric}" AND resource.labels.instance_id = "${id}"`;
      expectTrue(truth[key], await minutes(filter, factor));
    }
  });

  it('knows memory from the agent, from the balloon, or not at all', async () => {
    const { minutes, truthOf, find, expectTrue } = await setUpTruth();
    const running = ({ group }: Vm) => group.life === 'always_on';
    const agent = find((vm) => running(vm) && vm.opsAgent && !vm.type.e2);
    const of = (id: string) => `resource.labels.instance_id = "${id}"`;
    const usage = `metric.type = "agent.googleapis.com/memory/percent_used" AND ${of(agent.id)}`;
    expectTrue(truthOf(agent.id)['memory.usage'], await minutes(`${usage} AND metric.labels.state = "used"`));
    for (const sum of await minutes(usage)) expect(sum).toBeCloseTo(100, 6);
    const balloon = find((vm) => running(vm) && !vm.opsAgent && vm.type.e2);
    const used = `metric.type = "compute.googleapis.com/instance/memory/balloon/ram_used" AND ${of(balloon.id)}`;
    expectTrue(truthOf(balloon.id)['memory.used'], await minutes(used));
    const size = await minutes(used.replace('ram_used', 'ram_size'));
    expectTrue(truthOf(balloon.id)['memory.total'], size);
    const blind = find((vm) => running(vm) && !vm.opsAgent && !vm.type.e2);
    expect(Object.keys(truthOf(blind.id)).filter((key) => key.startsWith('memory'))).toEqual(['memory.total']);
    expect(await minutes(used.replace(balloon.id, blind.id))).toEqual([]);
  });

  it.each([
    { key: 'cpu.utilization', metric: 'cpu/utilization', factor: 100 },
    { key: 'memory.usage', metric: 'memory/utilization', factor: 100 },
    { key: 'memory.total', metric: 'memory/quota', factor: 1 },
    { key: 'storage.used', metric: 'disk/bytes_used', factor: 1 },
    { key: 'storage.usage', metric: 'disk/utilization', factor: 100 },
    { key: 'disk.read_iops', metric: 'disk/read_ops_count', factor: 1 / 60 },
    { key: 'disk.write_iops', metric: 'disk/write_ops_count', factor: 1 / 60 },
    { key: 'network.received_throughput', metric: 'network/received_bytes_count', factor: 1 / 60 },
    { key: 'network.sent_throughput', metric: 'network/sent_bytes_count', factor: 1 / 60 },
    { key: 'memory.used', metric: 'memory/usage', factor: 1 },
    { key: 'storage.total', metric: 'disk/quota', factor: 1 },
    { key: 'disk.read_throughput', metric: 'disk/read_bytes_count', factor: 1 / 60 },
    { key: 'disk.write_throughput', metric: 'disk/write_bytes_count', factor: 1 / 60 },
    { key: 'connections.active', metric: 'network/connections', factor: 1, postgres: false },
    { key: 'connections.active', metric: 'postgresql/num_backends', factor: 1, postgres: true },
  ])('is what the samples of a database tell: $key by $metric', async ({ key, metric, factor, postgres = true }) => {
    const { databases, minutes, truthOf, expectTrue } = await setUpTruth();
    const id = databases.find((one) => isPostgres(one) === postgres)?.databaseId ?? '';
    const filter = `metric.type = "cloudsql.googleapis.com/database/${metric}" AND resource.labels.database_id = "${id}"`;
    expectTrue(truthOf(id)[key], await minutes(filter, factor));
  });

  it.each([
    { name: 'a boot disk', wanted: ({ ordinal }: Disk) => ordinal === 0 },
    { name: 'a regional disk', wanted: ({ regional }: Disk) => regional === true },
    { name: 'a disk of two VMs', wanted: ({ sharedFrom }: Disk) => sharedFrom !== undefined },
  ])('is what the samples of all VMs of a persistent disk tell: $name', async ({ wanted }) => {
    const { cloud, minutes, truthOf, find, expectTrue } = await setUpTruth();
    const vm = find(({ group, disks }) => group.life === 'always_on' && disks.some(wanted));
    const disk = vm.disks.find(wanted);
    const url = disk === undefined ? '' : diskUrl(vm, disk);
    const { attachments } = findDisk([vm.cell], url, midnight) ?? { attachments: [] };
    expect(attachments.length).toBe(disk?.sharedFrom === undefined ? 1 : 2);
    const truth = truthOf(url);
    expect(truth['storage.total']?.avg).toBe((disk?.sizeGb ?? 0) * 2 ** 30);
    for (const { key, metric, factor } of diskKeys) {
      const series = attachments.map(
        (each) =>
          `(resource.labels.instance_id = "${each.vm.id}" AND metric.labels.device_name = "${each.disk.deviceName}")`,
      );
      expectTrue(truth[key], await minutes(`metric.type = "${metric}" AND (${series.join(' OR ')})`, factor));
    }
    expect(cloud.truth({ project, resource: url.replace('/disks/', '/disks/no-'), ...window })).toBeUndefined();
  });

  it.each([
    { name: 'none of one long stopped', group: 'old-report', seconds: undefined },
    { name: 'two office days of eleven hours of a dev box', group: 'dev-box', seconds: 2 * 11 * 3600 },
    { name: 'none of one launched after the window', group: 'canary', seconds: undefined },
  ])('counts the seconds that a VM ran: $name', async ({ group: name, seconds }) => {
    const { truthOf, find } = await setUpTruth();
    const truth = truthOf(find(({ group, cell }) => group.name === name && cell.zone.region === 'us-central1').id);
    expect(truth['cpu.utilization']?.seconds).toBe(seconds);
  });

  it('can be asked for over HTTP, as can the counts of calls', async () => {
    const { cloud, truthOf, find, minutes } = await setUpTruth();
    const { id } = find(({ group }) => group.name === 'api');
    const search = new URLSearchParams({ project, resource: id, start: String(window.start), end: String(window.end) });
    const truth = await fetch(`${cloud.url}/_sim/truth?${search}`);
    expect(await truth.json()).toEqual(truthOf(id));
    search.set('resource', '42');
    expect((await fetch(`${cloud.url}/_sim/truth?${search}`)).status).toBe(404);
    cloud.stats.reset();
    await minutes(`metric.type = "${vmKeys[0].metric}" AND resource.labels.instance_id = "${id}"`);
    const stats = await fetch(`${cloud.url}/_sim/stats`);
    expect(await stats.json()).toEqual({
      operations: [
        {
          operation: 'monitoring.timeSeries.list',
          project,
          calls: 1,
          throttled: 0,
          failed: 0,
          series: 1,
          points: 4 * 1440,
        },
      ],
    });
  });
});
