import { sql } from 'kysely';
import type { CpuQuantiles, CpuStatistic, Facet, FacetCount, RecordFilter } from '../inventory.ts';
import { filtered } from './record-query.ts';
import type { SqlSession } from './session.ts';

const columns = {
  provider: 'provider',
  account: 'account',
  region: 'region',
  state: 'state',
  type: 'instance_type',
} as const satisfies Record<Facet, string>;

/** One look at the table for all facets. */
export async function tallyRecords(
  session: SqlSession,
  facets: readonly Facet[],
  filter: RecordFilter = {},
): Promise<readonly FacetCount[]> {
  if (facets.length === 0) return [];
  const wanted = facets.map((facet) => columns[facet]);
  const counts = facets.map((facet) => {
    const column = sql.ref(columns[facet]);
    return sql`SELECT ${sql.lit(facet)} AS facet, ${column} AS value, count(*) AS servers FROM found GROUP BY ${column}`;
  });
  const { rows } = await sql<FacetCount>`
    WITH found AS MATERIALIZED ${filtered(session, filter).select(wanted)}
    SELECT * FROM (${sql.join(counts, sql` UNION ALL `)}) AS counted ORDER BY servers DESC, value
  `.execute(session.db);
  return rows;
}

export async function cpuQuantiles(
  session: SqlSession,
  statistic: CpuStatistic,
  percents: readonly number[],
  filter: RecordFilter = {},
): Promise<CpuQuantiles> {
  const column = sql.ref(`cpu_${statistic}`);
  const measured = filtered(session, filter)
    .where(sql<boolean>`${column} IS NOT NULL`)
    .select([
      sql<number>`${column}`.as('value'),
      sql<number>`row_number() OVER (ORDER BY ${column})`.as('at'),
      sql<number>`count(*) OVER ()`.as('measured'),
    ]);
  const places = percents.map((percent) => sql`1 + (measured - 1) * ${sql.lit(percent)} / 100`);
  const { rows } = await sql<{ readonly value: number; readonly at: number; readonly measured: number }>`
    SELECT value, at, measured FROM ${measured} AS measured WHERE at IN (${sql.join(places)})
  `.execute(session.db);
  const all = rows[0]?.measured ?? 0;
  return {
    measured: all,
    values: percents.flatMap((percent) => {
      const place = 1 + Math.floor(((all - 1) * percent) / 100);
      return rows.flatMap(({ at, value }) => (at === place ? [value] : []));
    }),
  };
}
