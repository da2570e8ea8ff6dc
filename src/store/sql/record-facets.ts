import { type RawBuilder, sql } from 'kysely';
import type { CpuQuantiles, CpuStatistic, Facet, FacetCount, RecordFilter } from '../inventory.ts';
import { groupsOf, rowsOf } from './record-rows.ts';
import type { SqlSession } from './session.ts';

const columns = {
  provider: 'provider',
  account: 'account',
  region: 'region',
  state: 'state',
  type: 'instance_type',
} as const satisfies Record<Facet, string>;

/** One look at the table for all facets: what is counted by each is the few groups that all of them together make. */
export async function tallyRecords(
  session: SqlSession,
  facets: readonly Facet[],
  filter: RecordFilter = {},
): Promise<readonly FacetCount[]> {
  if (facets.length === 0) return [];
  const texts = facets.map((facet) => columns[facet]);
  const total = sql`CAST(sum(servers) AS bigint)`;
  const counts = facets.map((facet) => {
    const column = sql.ref(columns[facet]);
    return sql`SELECT ${sql.lit(facet)} AS facet, ${column} AS value, ${total} AS servers FROM found GROUP BY ${column}`;
  });
  const { rows } = await sql<FacetCount>`
    WITH found AS MATERIALIZED ${groupsOf(session, filter, { texts }, { servers: sql`count(*)` }, 'nothing')}
    SELECT * FROM (${sql.join(counts, sql` UNION ALL `)}) AS counted ORDER BY servers DESC, value
  `.execute(session.db);
  return rows;
}

/** Of values below 1,000 %, a hundredth of a percent; what lies below or above shares one. In order of the values. */
const bin = (column: RawBuilder<unknown>) =>
  sql`CASE WHEN ${column} < 0 THEN -1 WHEN ${column} < 1000 THEN CAST(${column} * 100 AS integer) ELSE 100000 END`;

/** Counts values by narrow bins, and puts in order only those of the bins in which the wanted ones lie. */
export async function cpuQuantiles(
  session: SqlSession,
  statistic: CpuStatistic,
  percents: readonly number[],
  filter: RecordFilter = {},
): Promise<CpuQuantiles> {
  if (percents.length === 0) return { measured: 0, values: [] };
  const column = sql.ref(`resource.cpu_${statistic}`);
  const found = sql`
    (SELECT ${column} AS value, ${bin(column)} AS bin ${rowsOf(session, filter, 'numbers').from} AND ${column} IS NOT NULL)
  `;
  const places = percents.map((percent) => sql`1 + (measured - 1) * ${sql.lit(percent)} / 100`);
  // Each by itself: PostgreSQL looks for known values with all processors, for those of a table with one.
  const bins = percents.map((_, at) => sql`(SELECT bin FROM wanted LIMIT 1 OFFSET ${sql.lit(at)})`);
  const holdsOne = places.map((place) => sql`(${place} > before AND ${place} <= before + n)`);
  const { rows } = await sql<{ readonly value: number; readonly at: number; readonly measured: number }>`
    WITH found AS NOT MATERIALIZED ${found},
    bins AS MATERIALIZED (SELECT bin, count(*) AS n FROM found GROUP BY bin),
    placed AS (
      SELECT bin, n, CAST(sum(n) OVER (ORDER BY bin) AS bigint) - n AS before, CAST(sum(n) OVER () AS bigint) AS measured
      FROM bins
    ),
    wanted AS MATERIALIZED (SELECT * FROM placed WHERE ${sql.join(holdsOne, sql` OR `)} LIMIT ${sql.lit(percents.length)})
    SELECT value, at, measured FROM (
      SELECT found.value, wanted.measured,
        wanted.before + row_number() OVER (PARTITION BY found.bin ORDER BY found.value) AS at
      FROM (SELECT * FROM found WHERE bin IN (${sql.join(bins)})) AS found JOIN wanted ON wanted.bin = found.bin
    ) AS ranked WHERE at IN (${sql.join(places)})
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
