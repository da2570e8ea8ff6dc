import type { InventoryRecord, RecordData } from '#model/record.ts';
import type { Resource } from '#model/resource.ts';

const bytesPerGiB = 1024 ** 3;

/** A record as discovery knows it: everything but what is measured. */
export interface DiscoveredRecord extends InventoryRecord {
  readonly data: Required<Pick<RecordData, 'compute' | 'hardware'>>;
}

/**
 * The inventory record of a server that was found. It carries no `monitoring`, so that merging it keeps what was measured.
 *
 * @param metadata layouts for the console, by provider
 */
export function recordOf(resource: Resource, metadata: InventoryRecord['metadata'] = {}): DiscoveredRecord {
  const { provider, account, region, name, instanceType, externalLink } = resource;
  return {
    provider,
    cloud_service_group: resource.group,
    cloud_service_type: resource.type,
    account,
    region_code: region,
    name,
    instance_type: instanceType,
    reference: {
      resource_id: resource.id,
      ...(externalLink === undefined ? {} : { external_link: externalLink }),
    },
    tags: resource.tags,
    data: { compute: computeOf(resource), hardware: hardwareOf(resource) },
    metadata,
  };
}

function computeOf(resource: Resource): Record<string, string> {
  return {
    account: resource.account,
    instance_id: resource.instanceId ?? resource.id,
    instance_name: resource.name,
    instance_state: resource.state,
    instance_type: resource.instanceType,
    ...(resource.zone === undefined ? {} : { az: resource.zone }),
    ...(resource.platform === undefined ? {} : { platform: resource.platform }),
    ...(resource.createdAt === undefined ? {} : { created_at: new Date(resource.createdAt * 1000).toISOString() }),
  };
}

/** Memory in GiB, two decimals. */
function hardwareOf({ vcpus, constants }: Resource): { core?: number; memory?: number } {
  const bytes = constants['memory.total'];
  return {
    ...(vcpus === undefined ? {} : { core: vcpus }),
    ...(bytes === undefined ? {} : { memory: Math.round((bytes / bytesPerGiB) * 100) / 100 }),
  };
}
