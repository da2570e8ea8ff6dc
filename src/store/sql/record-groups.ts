import { sql } from 'kysely';
import type { RecordFilter } from '../inventory.ts';
import type { PercentKey, RecordPoint, TypeGroup } from '../record-shapes.ts';
import { percentColumn } from './record-hexagons.ts';
import { filtered } from './record-query.ts';
import type { SqlSession } from './session.ts';

export async function groupByType(session: SqlSession, key: PercentKey, filter: RecordFilter): Promise<TypeGroup[]> {
  const value = percentColumn(key);
  return filtered(session, filter)
    .select(['provider', 'account', 'region', 'instance_type as type'])
    .select((eb) => [
      eb.fn.countAll<number>().as('servers'),
      sql<number>`count(${value})`.as('measured'),
      sql<number>`coalesce(sum(${value}), 0)`.as('sum'),
      eb.fn.min('id').as('first'),
      eb.fn.max('id').as('last'),
    ])
    .groupBy(['provider', 'account', 'region', 'instance_type'])
    .orderBy('account')
    .orderBy('region')
    .orderBy('instance_type')
    .execute();
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
