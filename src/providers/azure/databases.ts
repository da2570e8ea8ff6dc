import { z } from 'zod';
import type { ResourceState } from '#model/resource.ts';
import type { Listing } from './inventory.ts';
import { CommonRow, commonColumns, secondsOf, traitsOf } from './listed-row.ts';
import type { AzureResource } from './resource.ts';
import { databaseKind } from './types.ts';

const Row = CommonRow.extend({
  objective: z.string().nullish(),
  status: z.string().nullish(),
  pausedDate: z.string().nullish(),
  creationDate: z.string().nullish(),
  maxSizeBytes: z.number().nullish(),
});
type DatabaseRow = z.infer<typeof Row>;

export const databaseListing: Listing<DatabaseRow> = {
  kind: databaseKind,
  columns: [
    commonColumns,
    'objective = properties.currentServiceObjectiveName',
    'status = properties.status',
    'pausedDate = properties.pausedDate',
    'creationDate = properties.creationDate',
    'maxSizeBytes = properties.maxSizeBytes',
  ].join(', '),
  row: Row,
};

/** @param portal where people look at it */
export function databaseOf(row: DatabaseRow, portal: string): AzureResource {
  const createdAt = secondsOf(row.creationDate);
  const state = stateOf(row.status ?? undefined);
  const stoppedAt = state === 'STOPPED' ? secondsOf(row.pausedDate) : undefined;
  // Those that grow as they are filled have none, or -1.
  const size = row.maxSizeBytes ?? 0;
  return {
    ...traitsOf(row, databaseKind, portal),
    state,
    instanceType: row.objective ?? '',
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    constants: size > 0 ? { 'storage.total': size } : {},
  };
}

/** Serverless databases pause by themselves. */
function stateOf(status: string | undefined): ResourceState {
  switch (status?.toLowerCase()) {
    case 'online':
    case 'scaling':
    case 'pausing':
    case 'onlinechangingdwperformancetiers':
      return 'RUNNING';
    case 'paused':
    case 'offline':
    case 'autoclosed':
    case 'shutdown':
    case 'disabled':
    case 'stopped':
      return 'STOPPED';
    case 'creating':
    case 'copying':
    case 'restoring':
    case 'resuming':
    case 'starting':
      return 'PENDING';
    default:
      return 'UNKNOWN';
  }
}
