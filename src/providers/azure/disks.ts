import { z } from 'zod';
import type { ResourceState } from '#model/resource.ts';
import type { Listing } from './inventory.ts';
import { CommonRow, commonColumns, secondsOf, traitsOf } from './listed-row.ts';
import type { AzureResource } from './resource.ts';
import { diskKind } from './types.ts';

const Row = CommonRow.extend({
  skuName: z.string().nullish(),
  diskState: z.string().nullish(),
  sizeBytes: z.number().nullish(),
  sizeGib: z.number().nullish(),
  timeCreated: z.string().nullish(),
  ownedSince: z.string().nullish(),
});
type DiskRow = z.infer<typeof Row>;

export const diskListing: Listing<DiskRow> = {
  kind: diskKind,
  columns: [
    commonColumns,
    'skuName = sku.name',
    'diskState = properties.diskState',
    'sizeBytes = properties.diskSizeBytes',
    'sizeGib = properties.diskSizeGB',
    'timeCreated = properties.timeCreated',
    'ownedSince = properties.LastOwnershipUpdateTime',
  ].join(', '),
  row: Row,
};

/** @param portal where people look at it */
export function diskOf(row: DiskRow, portal: string): AzureResource {
  const createdAt = secondsOf(row.timeCreated);
  const state = stateOf(row.diskState ?? undefined);
  // When it was detached, or its machine deallocated.
  const stoppedAt = state === 'STOPPED' ? secondsOf(row.ownedSince) : undefined;
  const size = row.sizeBytes ?? (row.sizeGib ?? 0) * 2 ** 30;
  return {
    ...traitsOf(row, diskKind, portal),
    state,
    instanceType: row.skuName ?? '',
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    constants: size > 0 ? { 'storage.total': size } : {},
  };
}

/** A disk works only while a machine that runs has it. */
function stateOf(state: string | undefined): ResourceState {
  switch (state?.toLowerCase()) {
    case 'attached':
      return 'RUNNING';
    case 'unattached':
    case 'reserved':
    case 'frozen':
    case 'activesas':
    case 'activesasfrozen':
    case 'readytoupload':
    case 'activeupload':
      return 'STOPPED';
    default:
      return 'UNKNOWN';
  }
}
