import { sql } from 'kysely';
import type { RecordFilter, RecordGroup, RecordSummary } from '../inventory.ts';
import { groupsOf } from './record-rows.ts';
import type { SqlSession } from './session.ts';

const histogramBins = 10;

type Row = RecordGroup & { readonly bin: number | null };

export async function summarise(session: SqlSession, filter: RecordFilter = {}): Promise<RecordSummary> {
  const bounds = Array.from(
    { length: histogramBins - 1 },
    (_, at) => sql`WHEN cpu_avg < ${sql.lit(10 * (at + 1))} THEN ${sql.lit(at)}`,
  );
  const bin = sql`CASE WHEN cpu_avg IS NULL THEN NULL ${sql.join(bounds, sql` `)} ELSE ${sql.lit(histogramBins - 1)} END`;
  const groups = groupsOf(
    session,
    filter,
    { texts: ['provider', 'account', 'region', 'state'], keys: { bin } },
    { n: sql`count(*)`, with_memory: sql`count(mem_avg)` },
  );
  // One look at the table: what is summed up here is few rows.
  const { rows } = await sql<Row>`
    SELECT provider, account, region, state, bin, CAST(sum(n) AS bigint) AS count,
      CAST(sum(with_memory) AS bigint) AS "withMemory"
    FROM ${groups} AS found GROUP BY provider, account, region, state, bin ORDER BY provider, account, region, state
  `.execute(session.db);
  const inBin = (wanted: number | null) => sumOf(rows.filter((row) => row.bin === wanted)).count;
  const named = Map.groupBy(rows, ({ provider, account, region, state }) =>
    JSON.stringify([provider, account, region, state]),
  );
  return {
    total: sumOf(rows).count,
    groups: [...named.values()].flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      const { provider, account, region, state } = first;
      return [{ provider, account, region, state, ...sumOf(same) }];
    }),
    cpuHistogram: Array.from({ length: histogramBins }, (_, index) => inBin(index)),
    withoutCpu: inBin(null),
  };
}

type Counted = Pick<RecordGroup, 'count' | 'withMemory'>;

function sumOf(rows: readonly Counted[]): Counted {
  const sum = { count: 0, withMemory: 0 };
  for (const { count, withMemory } of rows) {
    sum.count += count;
    sum.withMemory += withMemory;
  }
  return sum;
}
