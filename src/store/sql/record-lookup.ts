import type { Selectable } from 'kysely';
import { CollectError } from '#model/errors.ts';
import { type IdentityPath, identityPaths, type Lookup, type MatchedRecord } from '../inventory.ts';
import type { ResourceTable } from './tables.ts';

export const columnOf = {
  provider: 'provider',
  account: 'account',
  region_code: 'region',
  'reference.resource_id': 'resource_id',
  cloud_service_group: 'group',
  cloud_service_type: 'type',
} as const satisfies Record<IdentityPath, string>;

/** These together are unique in the table. */
const uniquePaths: readonly IdentityPath[] = ['provider', 'account', 'region_code', 'reference.resource_id'];

/** Whether no two records can have the same values at these paths. */
export function areUnique(paths: readonly IdentityPath[]): boolean {
  return uniquePaths.every((path) => paths.includes(path));
}

/** Lookups that name the same paths, which one statement answers. */
export interface PathGroup {
  readonly paths: readonly IdentityPath[];
  readonly indexes: number[];
}

/** @throws CollectError `invalid_query` for a lookup without a path or with an empty value */
export function groupByPaths(lookups: readonly Lookup[]): Iterable<PathGroup> {
  const groups = new Map<string, PathGroup>();
  lookups.forEach((lookup, index) => {
    const paths = identityPaths.filter((path) => lookup[path] !== undefined);
    if (paths.length === 0 || paths.some((path) => lookup[path] === '')) {
      throw new CollectError('invalid_query', 'a lookup needs a path, and a value for each path', {
        where: JSON.stringify(lookup),
      });
    }
    const group = groups.get(paths.join());
    if (group === undefined) groups.set(paths.join(), { paths, indexes: [index] });
    else group.indexes.push(index);
  });
  return groups.values();
}

/** A row of the table, and which lookup it answers. */
export type MatchRow = Selectable<ResourceTable> & { readonly lookup: number };

export function matchedRecord(row: Selectable<ResourceTable>): MatchedRecord {
  return {
    id: row.id,
    isAbsent: row.absent_since !== null,
    lastSeenAt: row.last_seen_at,
    identity: {
      provider: row.provider,
      account: row.account,
      region_code: row.region,
      'reference.resource_id': row.resource_id,
      cloud_service_group: row.group,
      cloud_service_type: row.type,
    },
    outline: {
      name: row.name,
      instanceType: row.instance_type,
      state: row.state,
      cpuAvg: row.cpu_avg,
      cpuMax: row.cpu_max,
      memoryAvg: row.mem_avg,
      shape: row.shape,
      facts: row.facts,
      digest: digestIn(row.digest, row.updated_at),
    },
  };
}

/**
 * A digest with the time of the write that it is of: a process of the release before, which writes records without it, does not
 * leave one that is taken for theirs.
 */
export function stampedDigest(digest: string, updatedAt: number): string {
  return `${updatedAt} ${digest}`;
}

function digestIn(stamped: string, updatedAt: number): string {
  const prefix = `${updatedAt} `;
  return stamped.startsWith(prefix) ? stamped.slice(prefix.length) : '';
}
