import { CollectError } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import { listServers } from './discover.ts';
import type { ListingContext } from './listings/context.ts';
import type { AwsResource } from './resource.ts';
import type { RowTypeId } from './types.ts';

type Listing = (context: ListingContext, types: ReadonlySet<string>) => AsyncIterable<AwsResource[]>;

/** Which types one API lists, and how; its SDK is loaded when it is first asked. */
const listings: readonly { readonly of: readonly RowTypeId[]; readonly load: () => Promise<Listing> }[] = [
  {
    of: ['rds_instance', 'docdb_instance'],
    load: async () => (await import('./listings/databases.ts')).listDatabases,
  },
  { of: ['ebs_volume'], load: async () => (await import('./listings/volumes.ts')).listVolumes },
  { of: ['alb', 'nlb'], load: async () => (await import('./listings/load-balancers.ts')).listLoadBalancers },
  { of: ['elb'], load: async () => (await import('./listings/classic-load-balancers.ts')).listClassicLoadBalancers },
  { of: ['elasticache_node'], load: async () => (await import('./listings/cache-nodes.ts')).listCacheNodes },
  { of: ['lambda_function'], load: async () => (await import('./listings/functions.ts')).listFunctions },
  { of: ['s3_bucket'], load: async () => (await import('./listings/buckets.ts')).listBuckets },
];

/**
 * The resources of a region, type by type.
 *
 * @throws CollectError the first one, after the pages of all services that answered
 */
export async function* listResources(
  context: ListingContext,
  wanted: readonly string[],
): AsyncGenerator<readonly AwsResource[]> {
  const types = new Set(wanted);
  const asked = [
    ...(types.has(serverType) ? [async (): Promise<Listing> => listServers] : []),
    ...listings.filter(({ of }) => of.some((type) => types.has(type))).map(({ load }) => load),
  ];
  let failure: CollectError | undefined;
  for (const load of asked) {
    try {
      yield* (await load())(context, types);
    } catch (caught) {
      const error = CollectError.from(caught);
      if (error.code === 'cancelled') throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}
