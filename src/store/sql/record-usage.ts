import { sql } from 'kysely';
import type { MetricKey } from '#model/metric.ts';
import type { RecordCoverage, RecordFilter, RecordLine, RecordUsage } from '../inventory.ts';
import { keysOfBits } from '../record-measures.ts';
import { filtered, groupsOf } from './record-rows.ts';
import type { SqlSession } from './session.ts';

const linesAtOnce = 2_000;

export async function readUsage(session: SqlSession, filter: RecordFilter = {}): Promise<RecordUsage[]> {
  const groups = groupsOf(
    session,
    filter,
    { texts: ['provider', 'account', 'region'] },
    {
      n: sql`count(*)`,
      with_cpu: sql`count(cpu_avg)`,
      with_memory: sql`count(mem_avg)`,
      cpu: sql`sum(cpu_avg)`,
      highest: sql`max(cpu_max)`,
      memory: sql`sum(mem_avg)`,
    },
  );
  const { rows } = await sql<RecordUsage>`
    SELECT provider, account, region, CAST(sum(n) AS bigint) AS servers, CAST(sum(with_cpu) AS bigint) AS "withCpu",
      CAST(sum(with_memory) AS bigint) AS "withMemory", sum(cpu) / sum(with_cpu) AS "cpuAvg", max(highest) AS "cpuMax",
      sum(memory) / sum(with_memory) AS "memoryAvg"
    FROM ${groups} AS found GROUP BY provider, account, region ORDER BY provider, account, region
  `.execute(session.db);
  return rows;
}

/** One look at the table: records of a fleet have few sets of metrics. */
export async function readCoverage(session: SqlSession, filter: RecordFilter = {}): Promise<RecordCoverage[]> {
  const groups = groupsOf(
    session,
    filter,
    { texts: ['provider'], keys: { measured: sql`measured` } },
    { servers: sql`count(*)` },
  );
  const { rows } = await sql<{ readonly provider: string; readonly measured: number; readonly servers: number }>`
    SELECT provider, measured, CAST(sum(servers) AS bigint) AS servers
    FROM ${groups} AS found GROUP BY provider, measured ORDER BY provider
  `.execute(session.db);
  return [...Map.groupBy(rows, ({ provider }) => provider)].map(([provider, groups]) => {
    const withValue = new Map<MetricKey, number>();
    for (const { measured, servers } of groups) {
      for (const key of keysOfBits(measured)) withValue.set(key, (withValue.get(key) ?? 0) + servers);
    }
    return { provider, servers: groups.reduce((sum, { servers }) => sum + servers, 0), withValue };
  });
}

export async function* readLines(
  session: SqlSession,
  filter: RecordFilter = {},
): AsyncGenerator<readonly RecordLine[]> {
  for (let after = 0; ; ) {
    const rows = await filtered(session, filter)
      .select(['id', 'provider', 'account', 'region', 'resource_id as resourceId', 'name'])
      .select(['cpu_avg as cpuAvg', 'cpu_max as cpuMax', 'mem_avg as memoryAvg'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(linesAtOnce)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.id;
  }
}
