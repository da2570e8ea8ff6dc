import { z } from 'zod';
import type { ResourceState } from '#model/resource.ts';
import { serverKind } from './catalog.ts';
import { type Listing, Region, SubscriptionId } from './inventory.ts';
import { type AzureResource, idKey } from './resource.ts';
import type { SizeFacts } from './sizes.ts';

/** An id goes into the path of a URL. */
const ResourceId = z.string().regex(/^\/subscriptions\/[^?#]+$/i, 'is not a resource id');

const Row = z
  .object({
    id: ResourceId,
    name: z.string(),
    subscriptionId: SubscriptionId,
    location: Region,
    zones: z.array(z.string()).nullish(),
    tags: z.record(z.string(), z.unknown()).nullish(),
    vmSize: z.string().nullish(),
    osType: z.string().nullish(),
    powerState: z.string().nullish(),
    timeCreated: z.string().nullish(),
    interfaces: z.array(z.object({ id: ResourceId })).nullish(),
  })
  .transform(({ subscriptionId: subscription, location: region, ...rest }) => ({ subscription, region, ...rest }));
export type ServerRow = z.infer<typeof Row>;

export const serverListing: Listing<ServerRow> = {
  kind: serverKind,
  columns: [
    'id, name, subscriptionId, location, zones, tags',
    'vmSize = properties.hardwareProfile.vmSize',
    'osType = properties.storageProfile.osDisk.osType',
    'powerState = properties.extended.instanceView.powerState.code',
    'timeCreated = properties.timeCreated',
    'interfaces = properties.networkProfile.networkInterfaces',
  ].join(', '),
  row: Row,
};

/** @param portal where people look at it */
export function serverOf(row: ServerRow, size: SizeFacts | undefined, portal: string): AzureResource {
  const createdAt = row.timeCreated ? Date.parse(row.timeCreated) / 1000 : Number.NaN;
  const zone = row.zones?.[0];
  const interfaces = new Map(row.interfaces?.map(({ id }) => [idKey(id), id]));
  return {
    provider: 'azure',
    group: serverKind.group,
    type: serverKind.type,
    account: row.subscription,
    region: row.region,
    id: row.id,
    name: row.name,
    state: stateOf(row.powerState ?? undefined),
    instanceType: row.vmSize ?? '',
    ...(row.osType ? { platform: row.osType } : {}),
    metrics: serverKind.metrics,
    tags: tagsOf(row),
    externalLink: `${portal}/#resource${row.id}`,
    ...(zone === undefined ? {} : { zone }),
    ...(Number.isNaN(createdAt) ? {} : { createdAt }),
    ...(size === undefined ? {} : { vcpus: size.vcpus }),
    constants: size === undefined ? {} : { 'memory.total': size.memoryBytes },
    kind: serverKind,
    carriers: { self: [row.id], interfaces: [...interfaces.values()] },
  };
}

function tagsOf({ tags }: ServerRow): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** `PowerState/running`; Resource Graph follows within minutes. */
function stateOf(code: string | undefined): ResourceState {
  switch (code?.split('/')[1]?.toLowerCase()) {
    case 'starting':
    case 'creating':
      return 'PENDING';
    case 'running':
      return 'RUNNING';
    case 'stopping':
    case 'stopped':
    case 'deallocating':
    case 'deallocated':
    case 'hibernating':
    case 'hibernated':
      return 'STOPPED';
    default:
      return 'UNKNOWN';
  }
}
