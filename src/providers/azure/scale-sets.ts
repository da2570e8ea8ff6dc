import { z } from 'zod';
import type { ResourceState } from '#model/resource.ts';
import type { Listing } from './inventory.ts';
import { CommonRow, commonColumns, secondsOf, traitsOf } from './listed-row.ts';
import type { AzureResource } from './resource.ts';
import { scaleSetKind } from './types.ts';

const Row = CommonRow.extend({
  skuName: z.string().nullish(),
  capacity: z.number().nullish(),
  timeCreated: z.string().nullish(),
});
type ScaleSetRow = z.infer<typeof Row>;

export const scaleSetListing: Listing<ScaleSetRow> = {
  kind: scaleSetKind,
  columns: [
    commonColumns,
    'skuName = sku.name',
    'capacity = sku.capacity',
    'timeCreated = properties.timeCreated',
  ].join(', '),
  row: Row,
};

/** @param portal where people look at it */
export function scaleSetOf(row: ScaleSetRow, portal: string): AzureResource {
  const createdAt = secondsOf(row.timeCreated);
  return {
    ...traitsOf(row, scaleSetKind, portal),
    state: stateOf(row.capacity ?? undefined),
    instanceType: row.skuName ?? '',
    ...(createdAt === undefined ? {} : { createdAt }),
    constants: {},
  };
}

/** By how many instances it is to have at present. */
function stateOf(capacity: number | undefined): ResourceState {
  if (capacity === undefined) return 'UNKNOWN';
  return capacity === 0 ? 'STOPPED' : 'RUNNING';
}
