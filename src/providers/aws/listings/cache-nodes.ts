import {
  type CacheCluster,
  type CacheNode,
  DescribeCacheClustersCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import type { ResourceState } from '#model/resource.ts';
import type { RowResource } from '../resource.ts';
import { traitsOf } from '../types.ts';
import type { ListingContext } from './context.ts';

const pageSize = 100;

/** The nodes of a region's ElastiCache clusters: one of each of Redis and Valkey, up to 60 of Memcached. Free. */
export async function* listCacheNodes(context: ListingContext): AsyncGenerator<RowResource[]> {
  const { clients, send, region, signal } = context;
  const client = clients.of(ElastiCacheClient, region);
  let marker: string | undefined;
  do {
    const input = {
      MaxRecords: pageSize,
      ShowCacheNodeInfo: true,
      ...(marker === undefined ? {} : { Marker: marker }),
    };
    const reply = await send(
      { api: 'elasticache:DescribeCacheClusters', region },
      (abortSignal) => client.send(new DescribeCacheClustersCommand(input), { abortSignal }),
      signal,
    );
    yield (reply.CacheClusters ?? []).flatMap((cluster) =>
      (cluster.CacheNodes ?? []).flatMap((node) => nodeOf(node, cluster, context)),
    );
    marker = reply.Marker || undefined;
  } while (marker !== undefined);
}

function nodeOf(node: CacheNode, cluster: CacheCluster, { account, region }: ListingContext): RowResource[] {
  const { ARN: arn, CacheClusterId: clusterId } = cluster;
  const { CacheNodeId: nodeId, CacheNodeCreateTime: createdAt, CustomerAvailabilityZone: zone } = node;
  if (arn === undefined || clusterId === undefined || nodeId === undefined) return [];
  return [
    {
      ...traitsOf('elasticache_node'),
      provider: 'aws',
      account,
      region,
      id: `${arn}/${nodeId}`,
      name: (cluster.NumCacheNodes ?? 1) > 1 ? `${clusterId}/${nodeId}` : clusterId,
      state: stateOf(node.CacheNodeStatus ?? cluster.CacheClusterStatus),
      instanceType: cluster.CacheNodeType ?? '',
      platform: [cluster.Engine, cluster.EngineVersion].filter(Boolean).join(' '),
      tags: {},
      externalLink: `https://${region}.console.aws.amazon.com/elasticache/home?region=${region}`,
      ...(zone === undefined ? {} : { zone }),
      ...(createdAt === undefined ? {} : { createdAt: createdAt.getTime() / 1000 }),
      constants: {},
      rows: cluster.Engine === 'memcached' ? 'memcached' : 'redis',
      dimensions: [
        { Name: 'CacheClusterId', Value: clusterId },
        { Name: 'CacheNodeId', Value: nodeId },
      ],
    },
  ];
}

function stateOf(status = ''): ResourceState {
  switch (status) {
    case 'creating':
      return 'PENDING';
    case 'deleting':
    case 'deleted':
      return 'TERMINATED';
    case 'incompatible-network':
    case 'restore-failed':
    case 'create-failed':
      return 'UNKNOWN';
    default:
      return 'RUNNING';
  }
}
