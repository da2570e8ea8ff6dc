import { describe, expect, it } from 'vitest';
import { demoAccounts } from './accounts.ts';
import { findRegion } from './regions.ts';
import { clients, day, midnight, pointsOf, query, readMetricData, startTestCloud } from './sdk-clients.fixture.ts';
import type { Server } from './simulated-server.ts';
import { serverAt } from './world.ts';

const window = { start: midnight - 7 * day, end: midnight };
const account = demoAccounts[0];

async function setUp() {
  const cloud = await startTestCloud({ faults: { quotaMultiplier: Number.POSITIVE_INFINITY } });
  const region = findRegion('us-east-1');
  if (region === undefined) throw new Error('no us-east-1');
  const cell = cloud.world.cell(account, region);
  const servers = Array.from({ length: cell.count }, (_, index) => serverAt(cell, index));
  const { cloudwatch } = clients(cloud);
  /** Sum, sample count and maximum of one metric over the window, by way of the API. */
  const read = async (namespace: string, metric: string, dimension: readonly [string, string], period = day) => {
    const queries = ['Sum', 'SampleCount', 'Maximum'].map((stat) =>
      query(stat.toLowerCase(), [namespace, metric], dimension, stat, period),
    );
    const { results } = await readMetricData(cloudwatch, queries, window);
    const column = (id: string) => [...pointsOf(results, id).values()];
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    return { sum: sum(column('sum')), count: sum(column('samplecount')), max: Math.max(...column('maximum')) };
  };
  const truthOf = (server: Server) => {
    const truth = cloud.truth({ account: account.id, region: 'us-east-1', instance: server.id, ...window });
    if (truth === undefined) throw new Error(`no truth of ${server.name}`);
    return truth;
  };
  const find = (wanted: (server: Server) => boolean) => {
    const server = servers.find(wanted);
    if (server === undefined) throw new Error('the demo world lacks such a server');
    return server;
  };
  return { cloud, servers, read, truthOf, find };
}

const steady = ({ profile, monitoring }: Server) =>
  profile.life === 'always_on' && monitoring.before === monitoring.after;

describe('the truth', () => {
  it('is what the API tells of CPU and network', async () => {
    const { servers, read, truthOf } = await setUp();
    for (const server of servers.filter(steady).slice(0, 12)) {
      const truth = truthOf(server);
      const cpu = await read('AWS/EC2', 'CPUUtilization', ['InstanceId', server.id]);
      expect(truth['cpu.utilization']?.avg).toBeCloseTo(cpu.sum / cpu.count, 9);
      expect(truth['cpu.utilization']?.max).toBe(cpu.max);
      const network = await read('AWS/EC2', 'NetworkIn', ['InstanceId', server.id]);
      expect(truth['network.received_throughput']?.avg).toBeCloseTo(network.sum / (7 * day), 6);
      expect(truth['network.received_throughput']?.max).toBeCloseTo(network.max / server.monitoring.after, 6);
      expect(truth['network.received_throughput']?.seconds).toBe(7 * day);
    }
  });

  it('adds EBS and instance store sample by sample before taking the maximum', async () => {
    const { read, truthOf, find } = await setUp();
    const server = find((one) => steady(one) && one.type.hypervisor === 'nitro' && one.type.instanceStorageGb > 0);
    const ebs = await read('AWS/EC2', 'EBSReadOps', ['InstanceId', server.id]);
    const store = await read('AWS/EC2', 'DiskReadOps', ['InstanceId', server.id]);
    const found = truthOf(server)['disk.read_iops'];
    expect(found?.avg).toBeCloseTo((ebs.sum + store.sum) / (7 * day), 6);
    expect(found?.max).toBeLessThanOrEqual((ebs.max + store.max) / server.monitoring.after);
    expect(found?.max).toBeGreaterThan(Math.max(ebs.max, store.max) / server.monitoring.after);
  });

  it.each([
    { hypervisor: 'xen', volumes: 2 },
    { hypervisor: 'none', volumes: 1 },
  ])('adds the volumes where AWS/EC2 has no EBS metrics: hypervisor $hypervisor', async ({ hypervisor, volumes }) => {
    const { read, truthOf, find } = await setUp();
    const server = find(
      (one) =>
        one.type.hypervisor === hypervisor &&
        one.type.instanceStorageGb === 0 &&
        one.volumeIds.length === volumes &&
        one.profile.life === 'always_on',
    );
    const bytes = await Promise.all(
      server.volumeIds.map((id) => read('AWS/EBS', 'VolumeWriteBytes', ['VolumeId', id])),
    );
    const operations = await Promise.all(
      server.volumeIds.map((id) => read('AWS/EBS', 'VolumeWriteOps', ['VolumeId', id])),
    );
    const total = (all: { sum: number }[]) => all.reduce((sum, one) => sum + one.sum, 0);
    const truth = truthOf(server);
    expect(truth['disk.write_throughput']?.avg).toBeCloseTo(total(bytes) / (7 * day), 6);
    expect(truth['disk.write_iops']?.avg).toBeCloseTo(total(operations) / (7 * day), 6);
    expect(bytes.reduce((sum, { count }) => sum + count, 0)).toBe(total(operations));
  });

  it('knows memory only of servers with an agent, over changes of its dimensions', async () => {
    const { servers, truthOf, find } = await setUp();
    const without = servers
      .filter((one) => steady(one) && one.agent.length === 0)
      .map((one) => Object.keys(truthOf(one)));
    expect(without.every((keys) => !keys.includes('memory.usage') && keys.includes('cpu.utilization'))).toBe(true);
    const changed = find((one) => one.agent.length === 2 && one.profile.life === 'always_on');
    expect(truthOf(changed)['memory.usage']?.seconds).toBe(7 * day);
  });

  it.each([
    { name: 'none of one long stopped', prefix: 'old-report', seconds: undefined },
    { name: 'five office days of eleven hours of a dev box', prefix: 'dev-box', seconds: 5 * 11 * 3600 },
    { name: 'none of one launched after the window', prefix: 'canary', seconds: undefined },
  ])('counts the seconds observed: $name', async ({ prefix, seconds }) => {
    const { truthOf, find } = await setUp();
    const truth = truthOf(find(({ profile }) => profile.name === prefix));
    expect(truth['cpu.utilization']?.seconds).toBe(seconds);
  });

  it('can be asked for over HTTP, as can the counts of calls', async () => {
    const { cloud, servers, truthOf } = await setUp();
    const [server] = servers;
    if (server === undefined) throw new Error('no servers');
    const search = new URLSearchParams({
      account: account.id,
      region: 'us-east-1',
      instance: server.id,
      start: String(window.start),
      end: String(window.end),
    });
    const truth = await fetch(`${cloud.url}/_sim/truth?${search}`);
    expect(await truth.json()).toEqual(truthOf(server));
    search.set('instance', 'i-nobody');
    expect((await fetch(`${cloud.url}/_sim/truth?${search}`)).status).toBe(404);
    await readMetricData(
      clients(cloud).cloudwatch,
      [query('a', ['AWS/EC2', 'CPUUtilization'], ['InstanceId', server.id])],
      window,
    );
    const stats = await fetch(`${cloud.url}/_sim/stats`);
    expect(await stats.json()).toMatchObject({
      operations: [{ operation: 'GetMetricData', account: account.id, region: 'us-east-1', calls: 1, queries: 1 }],
    });
  });
});
