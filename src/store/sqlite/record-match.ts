import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { CollectError } from '#model/errors.ts';
import { type IdentityPath, identityPaths, type Lookup, type MatchedRecord } from '../inventory.ts';
import type { Session } from './session.ts';
import type { ResourceTable } from './tables.ts';

const columnOf = {
  provider: 'provider',
  account: 'account',
  region_code: 'region',
  'reference.resource_id': 'resource_id',
  cloud_service_group: 'group',
  cloud_service_type: 'type',
} as const satisfies Record<IdentityPath, string>;

/** These together are unique in the table. */
const uniquePaths: readonly IdentityPath[] = ['provider', 'account', 'region_code', 'reference.resource_id'];

export async function matchRecords(session: Session, lookups: readonly Lookup[]): Promise<MatchedRecord[][]> {
  const found: MatchedRecord[][] = lookups.map(() => []);
  for (const { paths, indexes } of groupByPaths(lookups)) {
    const tuples = indexes.map((index) => [index, ...paths.map((path) => lookups[index]?.[path])]);
    for (const row of await matchTuples(session, paths, JSON.stringify(tuples))) {
      found[row.lookup]?.push(matchedRecord(row));
    }
  }
  return found;
}

interface PathGroup {
  readonly paths: readonly IdentityPath[];
  readonly indexes: number[];
}

function groupByPaths(lookups: readonly Lookup[]): Iterable<PathGroup> {
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

/** @param tuples JSON array of `[lookup, value of each path…]` */
async function matchTuples(session: Session, paths: readonly IdentityPath[], tuples: string) {
  const wanted = sql.join(
    paths.map((path, index) => sql`${sql.ref(`r.${columnOf[path]}`)} = l.value ->> ${sql.lit(index + 1)}`),
    sql` AND `,
  );
  const unique = uniquePaths.every((path) => paths.includes(path));
  const candidates = unique
    ? sql`resource AS r ON ${wanted}`
    : sql`resource AS r ON r.id IN (SELECT r.id FROM resource AS r WHERE ${wanted} LIMIT 2)`;
  const { rows } = await sql<Selectable<ResourceTable> & { readonly lookup: number }>`
    SELECT l.value ->> 0 AS lookup, r.*
    FROM json_each(${tuples}) AS l CROSS JOIN ${candidates}
    ORDER BY l.id, r.id
  `.execute(session.db);
  return rows;
}

function matchedRecord(row: Selectable<ResourceTable>): MatchedRecord {
  return {
    id: row.id,
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
    },
  };
}
