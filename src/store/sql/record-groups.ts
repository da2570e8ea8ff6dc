import { sql } from 'kysely';
import type { RecordFilter } from '../inventory.ts';
import type { PercentKey, RecordPoint, TypeGroup } from '../record-shapes.ts';
import { percentColumn } from './record-hexagons.ts';
import { filtered, groupsOf } from './record-rows.ts';
import type { SqlSession } from './session.ts';

export async function groupByType(session: SqlSession, key: PercentKey, filter: RecordFilter): Promise<TypeGroup[]> {
  const value = percentColumn(key);
  const groups = groupsOf(
    session,
    filter,
    { texts: ['provider', 'account', 'region', 'instance_type'] },
    {
      n: sql`count(*)`,
      with_value: sql`count(${value})`,
      value: sql`sum(${value})`,
      first: sql`min(resource.id)`,
      last: sql`max(resource.id)`,
    },
  );
  const { rows } = await sql<TypeGroup>`
    SELECT provider, account, region, instance_type AS type, CAST(sum(n) AS bigint) AS servers,
      CAST(sum(with_value) AS bigint) AS measured, coalesce(sum(value), 0) AS sum, min(first) AS first, max(last) AS last
    FROM ${groups} AS found GROUP BY provider, account, region, instance_type ORDER BY account, region, instance_type
  `.execute(session.db);
  return rows;
}

export async function pointRecords(session: SqlSession, key: PercentKey, filter: RecordFilter): Promise<RecordPoint[]> {
  return filtered(session, filter)
    .select(['id', 'name', 'resource_id as resourceId', 'provider', 'account', 'region', 'instance_type as type'])
    .select(percentColumn(key).as('value'))
    .orderBy('account')
    .orderBy('region')
    .orderBy('id')
    .execute();
}
