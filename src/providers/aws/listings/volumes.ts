import { DescribeVolumesCommand, type Volume } from '@aws-sdk/client-ec2';
import type { ResourceState } from '#model/resource.ts';
import type { RowResource } from '../resource.ts';
import { traitsOf } from '../types.ts';
import { type ListingContext, partitionOf } from './context.ts';

const pageSize = 500;

/** The EBS volumes of a region. Free. */
export async function* listVolumes(context: ListingContext): AsyncGenerator<RowResource[]> {
  const { clients, send, region, signal } = context;
  let token: string | undefined;
  do {
    const input = { MaxResults: pageSize, ...(token === undefined ? {} : { NextToken: token }) };
    const reply = await send(
      { api: 'ec2:DescribeVolumes', region },
      (abortSignal) => clients.ec2(region).send(new DescribeVolumesCommand(input), { abortSignal }),
      signal,
    );
    yield (reply.Volumes ?? []).flatMap((volume) => volumeOf(volume, context));
    token = reply.NextToken || undefined;
  } while (token !== undefined);
}

function volumeOf(volume: Volume, { account, region }: ListingContext): RowResource[] {
  const { VolumeId: id, Size: gibibytes, CreateTime: createdAt, AvailabilityZone: zone } = volume;
  if (id === undefined) return [];
  const tags = Object.fromEntries(
    (volume.Tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])),
  );
  return [
    {
      ...traitsOf('ebs_volume'),
      provider: 'aws',
      account,
      region,
      id: `arn:${partitionOf(region)}:ec2:${region}:${account}:volume/${id}`,
      name: tags.Name || id,
      state: stateOf(volume.State),
      instanceType: volume.VolumeType ?? '',
      tags,
      externalLink: `https://${region}.console.aws.amazon.com/ec2/home?region=${region}#VolumeDetails:volumeId=${id}`,
      ...(zone === undefined ? {} : { zone }),
      ...(createdAt === undefined ? {} : { createdAt: createdAt.getTime() / 1000 }),
      constants: gibibytes === undefined ? {} : { 'storage.total': gibibytes * 2 ** 30 },
      rows: 'ebs',
      dimensions: [{ Name: 'VolumeId', Value: id }],
    },
  ];
}

/** A volume works only while it is attached. */
function stateOf(state: string | undefined): ResourceState {
  switch (state) {
    case 'creating':
      return 'PENDING';
    case 'in-use':
      return 'RUNNING';
    case 'available':
      return 'STOPPED';
    case 'deleting':
    case 'deleted':
      return 'TERMINATED';
    default:
      return 'UNKNOWN';
  }
}
