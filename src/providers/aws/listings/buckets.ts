import { type Bucket, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import type { RowResource } from '../resource.ts';
import { traitsOf } from '../types.ts';
import { type ListingContext, partitionOf } from './context.ts';

const pageSize = 1000;

/** The buckets of a region, as its own endpoint lists them. */
export async function* listBuckets(context: ListingContext): AsyncGenerator<RowResource[]> {
  const { clients, send, region, signal } = context;
  const client = clients.of(S3Client, region);
  let token: string | undefined;
  do {
    const input = {
      BucketRegion: region,
      MaxBuckets: pageSize,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    };
    const reply = await send(
      { api: 's3:ListAllMyBuckets', region },
      (abortSignal) => client.send(new ListBucketsCommand(input), { abortSignal }),
      signal,
    );
    yield (reply.Buckets ?? []).flatMap((bucket) => bucketOf(bucket, context));
    token = reply.ContinuationToken || undefined;
  } while (token !== undefined);
}

function bucketOf(
  { Name: name, CreationDate, BucketRegion }: Bucket,
  { account, region }: ListingContext,
): RowResource[] {
  // An S3 of another make may not know the filter.
  if (name === undefined || (BucketRegion !== undefined && BucketRegion !== region)) return [];
  return [
    {
      ...traitsOf('s3_bucket'),
      provider: 'aws',
      account,
      region,
      id: `arn:${partitionOf(region)}:s3:::${name}`,
      name,
      state: 'RUNNING',
      instanceType: '',
      tags: {},
      externalLink: `https://${region}.console.aws.amazon.com/s3/buckets/${name}?region=${region}`,
      ...(CreationDate === undefined ? {} : { createdAt: CreationDate.getTime() / 1000 }),
      constants: {},
      rows: 's3',
      dimensions: [{ Name: 'BucketName', Value: name }],
    },
  ];
}
