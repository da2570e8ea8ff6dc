import { DescribeInstancesCommand, DescribeRegionsCommand, type Instance } from '@aws-sdk/client-ec2';
import type { ResourceState } from '#model/resource.ts';
import type { TypeFacts } from './instance-types.ts';
import type { ListingContext } from './listings/context.ts';
import type { Ec2Server } from './server.ts';
import { metricKeysOfEc2 } from './types.ts';

const pageSize = 500;

/** Regions that are on for the account, sorted. One call, free. */
export async function listRegions(
  { clients, send }: Pick<ListingContext, 'clients' | 'send'>,
  homeRegion: string,
  signal: AbortSignal,
): Promise<string[]> {
  const reply = await send(
    { api: 'ec2:DescribeRegions', region: homeRegion },
    (abortSignal) => clients.ec2(homeRegion).send(new DescribeRegionsCommand({ AllRegions: false }), { abortSignal }),
    signal,
  );
  return (reply.Regions ?? []).flatMap(({ RegionName }) => RegionName ?? []).sort();
}

/** The instances of a region, each once, up to 1,000 a page. Free. */
export async function* listServers({
  account,
  clients,
  lookUpTypes,
  send,
  region,
  signal,
}: ListingContext): AsyncGenerator<Ec2Server[]> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const input = { MaxResults: pageSize, ...(token === undefined ? {} : { NextToken: token }) };
    const reply = await send(
      { api: 'ec2:DescribeInstances', region },
      (abortSignal) => clients.ec2(region).send(new DescribeInstancesCommand(input), { abortSignal }),
      signal,
    );
    const instances = (reply.Reservations ?? [])
      .flatMap(({ Instances }) => Instances ?? [])
      .filter((instance) => isNew(instance, seen));
    const types = await lookUpTypes(
      new Set(instances.flatMap(({ InstanceType }) => InstanceType ?? [])),
      region,
      signal,
    );
    yield instances.flatMap((instance) => serverOf(instance, account, region, types.get(instance.InstanceType ?? '')));
    token = reply.NextToken || undefined;
  } while (token !== undefined);
}

/** Pages are not a snapshot: an instance may come on two of them. */
function isNew({ InstanceId }: Instance, seen: Set<string>): boolean {
  if (InstanceId === undefined || seen.has(InstanceId)) return false;
  seen.add(InstanceId);
  return true;
}

function serverOf(instance: Instance, account: string, region: string, type: TypeFacts | undefined): Ec2Server[] {
  const { InstanceId: id } = instance;
  if (id === undefined) return [];
  const tags = Object.fromEntries(
    (instance.Tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])),
  );
  const createdAt = bornAt(instance);
  const stoppedAt = stopTime(instance.StateTransitionReason);
  const zone = instance.Placement?.AvailabilityZone;
  return [
    {
      provider: 'aws',
      group: 'EC2',
      type: 'Instance',
      account,
      region,
      id,
      name: tags.Name || id,
      state: stateOf(instance.State?.Name),
      instanceType: instance.InstanceType ?? '',
      platform: instance.PlatformDetails ?? instance.Platform ?? 'Linux/UNIX',
      metrics: metricKeysOfEc2,
      tags,
      externalLink: `https://${region}.console.aws.amazon.com/ec2/home?region=${region}#InstanceDetails:instanceId=${id}`,
      ...(zone === undefined ? {} : { zone }),
      ...(createdAt === undefined ? {} : { createdAt }),
      ...(stoppedAt === undefined ? {} : { stoppedAt }),
      ...(type === undefined ? {} : { vcpus: vcpusOf(instance, type) }),
      constants: type === undefined ? {} : { 'memory.total': type.memoryBytes },
      // A type that could not be read is taken for today's kind: Nitro, with EBS alone.
      ebs: type === undefined || type.isNitro ? 'instance' : 'volumes',
      hasInstanceStore: type?.hasInstanceStore ?? false,
      volumeIds: (instance.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.VolumeId ?? []),
      hostNames: hostNamesOf(instance),
      monitoringSeconds: instance.Monitoring?.State === 'enabled' ? 60 : 300,
    },
  ];
}

function vcpusOf({ CpuOptions }: Instance, type: TypeFacts): number {
  const { CoreCount: cores, ThreadsPerCore: threads } = CpuOptions ?? {};
  return cores !== undefined && threads !== undefined ? cores * threads : type.vcpus;
}

/** LaunchTime is the last start. The primary network interface stays from birth on, so the earlier of the two is nearer the truth. */
function bornAt({ LaunchTime, NetworkInterfaces }: Instance): number | undefined {
  const primary = NetworkInterfaces?.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
  const times = [LaunchTime, primary?.Attachment?.AttachTime].flatMap((time) =>
    time === undefined ? [] : time.getTime() / 1000,
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** `User initiated (2026-11-01 12:00:00 GMT)` → epoch seconds. */
export function stopTime(reason: string | undefined): number | undefined {
  const [, date, time] = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) GMT\)/.exec(reason ?? '') ?? [];
  if (date === undefined || time === undefined) return undefined;
  const parsed = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(parsed) ? undefined : parsed / 1000;
}

function stateOf(name: string | undefined): ResourceState {
  switch (name) {
    case 'pending':
      return 'PENDING';
    case 'running':
      return 'RUNNING';
    case 'stopping':
    case 'stopped':
      return 'STOPPED';
    case 'shutting-down':
    case 'terminated':
      return 'TERMINATED';
    default:
      return 'UNKNOWN';
  }
}

/** `ip-10-0-0-1.ec2.internal` and its first label. */
function hostNamesOf({ PrivateDnsName }: Instance): string[] {
  if (!PrivateDnsName) return [];
  const [label] = PrivateDnsName.split('.');
  return label === undefined || label === PrivateDnsName ? [PrivateDnsName] : [PrivateDnsName, label];
}
