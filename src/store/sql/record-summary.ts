import { sql } from 'kysely';
import type { RecordFilter, RecordGroup, RecordSummary } from '../inventory.ts';
import { bitsOfSection } from '../record-measures.ts';
import { groupsOf } from './record-rows.ts';
import type { SqlSession } from './session.ts';

const histogramBins = 10;

type Row = RecordGroup & Counted & { readonly bin: number | null };

/** How many have a value of any metric of a section. */
const having = (section: 'disk' | 'network') =>
  sql`count(CASE WHEN (measured & ${sql.lit(bitsOfSection(section))}) <> 0 THEN 1 END)`;

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
    {
      n: sql`count(*)`,
      with_memory: sql`count(mem_avg)`,
      with_disk: having('disk'),
      with_network: having('network'),
    },
  );
  // One look at the table: what is summed up here is few rows.
  const { rows } = await sql<Row>`
    SELECT provider, account, region, state, bin, CAST(sum(n) AS bigint) AS count,
      CAST(sum(with_memory) AS bigint) AS "withMemory", CAST(sum(with_disk) AS bigint) AS "withDisk",
      CAST(sum(with_network) AS bigint) AS "withNetwork"
    FROM ${groups} AS found GROUP BY provider, account, region, state, bin ORDER BY provider, account, region, state
  `.execute(session.db);
  const { count: total, withDisk, withNetwork } = sumOf(rows);
  const inBin = (wanted: number | null) => sumOf(rows.filter((row) => row.bin === wanted)).count;
  const named = Map.groupBy(rows, ({ provider, account, region, state }) =>
    JSON.stringify([provider, account, region, state]),
  );
  return {
    total,
    groups: [...named.values()].flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      const { provider, account, region, state } = first;
      const { count, withMemory } = sumOf(same);
      return [{ provider, account, region, state, count, withMemory }];
    }),
    cpuHistogram: Array.from({ length: histogramBins }, (_, index) => inBin(index)),
    withoutCpu: inBin(null),
    withDisk,
    withNetwork,
  };
}

type Counted = Pick<RecordGroup, 'count' | 'withMemory'> & Pick<RecordSummary, 'withDisk' | 'withNetwork'>;

function sumOf(rows: readonly Counted[]): Counted {
  const sum = { count: 0, withMemory: 0, withDisk: 0, withNetwork: 0 };
  for (const { count, withMemory, withDisk, withNetwork } of rows) {
    sum.count += count;
    sum.withMemory += withMemory;
    sum.withDisk += withDisk;
    sum.withNetwork += withNetwork;
  }
  return sum;
}
