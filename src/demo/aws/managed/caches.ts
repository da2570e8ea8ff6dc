import { element, isoTime } from '../xml.ts';
import type { ManagedCall } from './call.ts';
import { bornAt, type Managed } from './kinds.ts';
import { pageOf } from './page.ts';

/** DescribeCacheClusters: pages of 20 to 100; nodes only where they are asked for. */
export function describeCacheClusters(call: ManagedCall): string {
  const { resources, next } = pageOf(call, ['redis', 'memcached'], {
    size: 'MaxRecords',
    token: 'Marker',
    smallest: 20,
    largest: 100,
    shown: 100,
    refusal: 'InvalidParameterValue',
  });
  const withNodes = call.params.get('ShowCacheNodeInfo') === 'true';
  const clusters = resources.map((one) => `<CacheCluster>${clusterXml(one, withNodes)}</CacheCluster>`).join('');
  return `<CacheClusters>${clusters}</CacheClusters>${next === undefined ? '' : element('Marker', next)}`;
}

function clusterXml(resource: Managed, withNodes: boolean): string {
  const createdAt = isoTime(bornAt(resource));
  const [arn = '', nodeId = ''] = resource.id.split('/');
  const node = [
    element('CacheNodeId', nodeId),
    element('CacheNodeStatus', 'available'),
    element('CacheNodeCreateTime', createdAt),
    element('CustomerAvailabilityZone', `${resource.cell.region.code}b`),
  ].join('');
  return [
    element('CacheClusterId', resource.name),
    element('ARN', arn),
    element('CacheNodeType', `cache.${resource.className}`),
    element('CacheClusterStatus', 'available'),
    element('CacheClusterCreateTime', createdAt),
    element('Engine', resource.kind),
    element('EngineVersion', resource.kind === 'redis' ? '7.1' : '1.6.22'),
    element('NumCacheNodes', 1),
    withNodes ? `<CacheNodes><CacheNode>${node}</CacheNode></CacheNodes>` : '',
  ].join('');
}
