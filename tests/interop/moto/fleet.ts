import type { _InstanceType } from '@aws-sdk/client-ec2';
import { realSeries, type Sample } from './real-series.ts';
import { type Keys, Seed } from './seed.ts';
import { type Truth, truthOfAmount, truthOfLevel, type Window } from './truth.ts';

/** A server in moto, and what a record of it has to say. */
export interface KnownServer {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly state: 'RUNNING' | 'STOPPED' | 'TERMINATED';
  /** Of each key that has samples in the window. */
  readonly values: (window: Window) => Readonly<Record<string, Truth | undefined>>;
  /** Why keys have no value, where it is not `otherwise`. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly otherwise: string;
  readonly memoryBytes: number;
}

const gibibyte = 2 ** 30;
const noAgent = { 'memory.usage': 'agent_absent', 'memory.used': 'agent_absent' };

/**
 * Servers in several regions, few in each: moto looks at every point of a region for every bucket of every query.
 *
 * @param now epoch milliseconds
 */
export async function seedFleet(endpoint: string, keys: Keys, now: number): Promise<KnownServer[]> {
  const seeds = [seedInstanceStore, seedPlain, seedWindows, seedStopped, seedXen];
  return (await Promise.all(seeds.map((seed) => seed(endpoint, keys, now)))).flat();
}

/** Every kind of series on one server; two kinds of disks, which are added. */
async function seedInstanceStore(endpoint: string, keys: Keys, now: number): Promise<KnownServer[]> {
  using seed = new Seed(endpoint, 'eu-west-1', keys);
  const { id } = await seed.launch('with-instance-store', 'c5d.large');
  const cpu = realSeries('idleCpu', 1, now);
  const received = realSeries('networkIn', 1, now);
  const ebs = realSeries('diskWriteBytes', 1, now);
  const local = realSeries('diskWriteBytes', 3, now);
  const memory = realSeries('databaseCpu', 1, now);
  const agentDimensions = { InstanceId: id, ImageId: 'ami-1', InstanceType: 'c5d.large', AutoScalingGroupName: 'web' };
  await seed.put('AWS/EC2', 'CPUUtilization', { InstanceId: id }, cpu);
  await seed.put('AWS/EC2', 'NetworkIn', { InstanceId: id }, received);
  await seed.put('AWS/EC2', 'EBSWriteBytes', { InstanceId: id }, ebs);
  await seed.put('AWS/EC2', 'DiskWriteBytes', { InstanceId: id }, local);
  await seed.put('CWAgent', 'mem_used_percent', agentDimensions, memory);
  return [
    {
      id,
      name: 'with-instance-store',
      region: 'eu-west-1',
      state: 'RUNNING',
      memoryBytes: 4 * gibibyte,
      reasons: {},
      otherwise: 'no_data',
      values: (window) => ({
        'cpu.utilization': truthOfLevel(cpu, window),
        'network.received_throughput': truthOfAmount([received], window),
        'disk.write_throughput': truthOfAmount([ebs, local], window),
        'memory.usage': truthOfLevel(memory, window),
        'memory.used': truthOfLevel(memory, window, (4 * gibibyte) / 100),
      }),
    },
  ];
}

/** No agent; and zeros of an instance store that is not there, as EC2 sends them, which say nothing. */
async function seedPlain(endpoint: string, keys: Keys, now: number): Promise<KnownServer[]> {
  using seed = new Seed(endpoint, 'eu-west-2', keys);
  const { id } = await seed.launch('plain', 't3.medium');
  const cpu = realSeries('lowCpu', 1, now);
  const sent = realSeries('networkIn', 2, now);
  await seed.put('AWS/EC2', 'CPUUtilization', { InstanceId: id }, cpu);
  await seed.put('AWS/EC2', 'NetworkOut', { InstanceId: id }, sent);
  await seed.put('AWS/EC2', 'DiskWriteBytes', { InstanceId: id }, zeros(cpu));
  return [
    {
      id,
      name: 'plain',
      region: 'eu-west-2',
      state: 'RUNNING',
      memoryBytes: 4 * gibibyte,
      reasons: noAgent,
      otherwise: 'no_data',
      values: (window) => ({
        'cpu.utilization': truthOfLevel(cpu, window),
        'network.sent_throughput': truthOfAmount([sent], window),
      }),
    },
  ];
}

/** The agent of Windows counts committed bytes, of which memory in use cannot be told. */
async function seedWindows(endpoint: string, keys: Keys, now: number): Promise<KnownServer[]> {
  using seed = new Seed(endpoint, 'eu-west-3', keys);
  const { id } = await seed.launch('windows', 'm5.xlarge', 'windows');
  const cpu = realSeries('busyCpu', 1, now);
  const committed = realSeries('spikyCpu', 1, now);
  const agentDimensions = { InstanceId: id, objectname: 'Memory' };
  await seed.put('AWS/EC2', 'CPUUtilization', { InstanceId: id }, cpu);
  await seed.put('CWAgent', 'Memory % Committed Bytes In Use', agentDimensions, committed);
  return [
    {
      id,
      name: 'windows',
      region: 'eu-west-3',
      state: 'RUNNING',
      memoryBytes: 16 * gibibyte,
      reasons: { 'memory.used': 'unsupported' },
      otherwise: 'no_data',
      values: (window) => ({
        'cpu.utilization': truthOfLevel(cpu, window),
        'memory.usage': truthOfLevel(committed, window),
      }),
    },
  ];
}

/** Servers that do not run, for one reason or another, and one that runs and tells nothing. */
async function seedStopped(endpoint: string, keys: Keys, now: number): Promise<KnownServer[]> {
  using seed = new Seed(endpoint, 'us-east-1', keys);
  const place = { region: 'us-east-1', memoryBytes: 8 * gibibyte, reasons: noAgent } as const;
  const launch = (name: string, type: _InstanceType = 'm5.large') => seed.launch(name, type);

  const stoppedLately = await launch('stopped-lately');
  const before = realSeries('spikyCpu', 6, now);
  await seed.put('AWS/EC2', 'CPUUtilization', { InstanceId: stoppedLately.id }, before);
  await seed.stop(stoppedLately.id);
  const stoppedLong = await launch('stopped-long');
  await seed.stop(stoppedLong.id);
  const gone = await launch('gone');
  await seed.terminate(gone.id);
  const silent = await launch('silent');

  return [
    {
      ...place,
      id: stoppedLately.id,
      name: 'stopped-lately',
      state: 'STOPPED',
      otherwise: 'stopped',
      values: (window) => ({ 'cpu.utilization': truthOfLevel(before, window) }),
    },
    { ...place, id: stoppedLong.id, name: 'stopped-long', state: 'STOPPED', otherwise: 'stopped', values: () => ({}) },
    {
      ...place,
      id: gone.id,
      name: 'gone',
      state: 'TERMINATED',
      otherwise: 'terminated',
      reasons: {},
      values: () => ({}),
    },
    { ...place, id: silent.id, name: 'silent', state: 'RUNNING', otherwise: 'no_data', values: () => ({}) },
  ];
}

/** EBS traffic volume by volume, in five-minute sums: few days, since moto is slow to tell so many points. */
async function seedXen(endpoint: string, keys: Keys, now: number): Promise<KnownServer[]> {
  using seed = new Seed(endpoint, 'eu-central-1', keys);
  const xen = await seed.launch('xen', 'm4.large');
  const [volume = ''] = xen.volumeIds;
  const cpu = realSeries('spikyCpu', 1, now);
  const written = realSeries('diskWriteBytes', 1, now);
  await seed.put('AWS/EC2', 'CPUUtilization', { InstanceId: xen.id }, lastDays(cpu, 3));
  await seed.put('AWS/EBS', 'VolumeWriteBytes', { VolumeId: volume }, lastDays(written, 3));
  return [
    {
      id: xen.id,
      name: 'xen',
      region: 'eu-central-1',
      state: 'RUNNING',
      memoryBytes: 8 * gibibyte,
      otherwise: 'no_data',
      reasons: noAgent,
      values: (window) => ({
        'cpu.utilization': truthOfLevel(cpu, window),
        'disk.write_throughput': truthOfAmount([written], window),
      }),
    },
  ];
}

function lastDays(samples: readonly Sample[], days: number): Sample[] {
  const last = samples.at(-1)?.time ?? 0;
  return samples.filter(({ time }) => time > last - days * 86_400);
}

function zeros(samples: readonly Sample[]): Sample[] {
  return samples.map(({ time }) => ({ time, value: 0 }));
}
