import { z } from 'zod';
import type { ResourceState } from '#model/resource.ts';
import type { Listing } from './inventory.ts';
import { CommonRow, commonColumns, ResourceId, secondsOf, traitsOf } from './listed-row.ts';
import { type AzureResource, idKey } from './resource.ts';
import type { SizeFacts } from './sizes.ts';
import { serverKind } from './types.ts';

const Row = CommonRow.extend({
  vmSize: z.string().nullish(),
  osType: z.string().nullish(),
  powerState: z.string().nullish(),
  timeCreated: z.string().nullish(),
  interfaces: z.array(z.object({ id: ResourceId })).nullish(),
});
type ServerRow = z.infer<typeof Row>;

export const serverListing: Listing<ServerRow> = {
  kind: serverKind,
  columns: [
    commonColumns,
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
  const createdAt = secondsOf(row.timeCreated);
  const interfaces = new Map(row.interfaces?.map(({ id }) => [idKey(id), id]));
  return {
    ...traitsOf(row, serverKind, portal),
    state: stateOf(row.powerState ?? undefined),
    instanceType: row.vmSize ?? '',
    ...(row.osType ? { platform: row.osType } : {}),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(size === undefined ? {} : { vcpus: size.vcpus }),
    constants: size === undefined ? {} : { 'memory.total': size.memoryBytes },
    carriers: { self: [row.id], interfaces: [...interfaces.values()] },
  };
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
