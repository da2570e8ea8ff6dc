import type { MetricKey } from '#model/metric.ts';
import type { RecordCoverage, RecordFilter, RecordLine, RecordUsage } from '../inventory.ts';
import { keysOfBits } from '../record-measures.ts';
import { filtered } from './record-query.ts';
import type { SqlSession } from './session.ts';

const linesAtOnce = 2_000;

export async function readUsage(session: SqlSession, filter: RecordFilter = {}): Promise<RecordUsage[]> {
  return filtered(session, filter)
    .select(['provider', 'account', 'region'])
    .select(({ fn }) => [
      fn.countAll<number>().as('servers'),
      fn.count<number>('cpu_avg').as('withCpu'),
      fn.count<number>('mem_avg').as('withMemory'),
      fn.avg<number | null>('cpu_avg').as('cpuAvg'),
      fn.max('cpu_max').as('cpuMax'),
      fn.avg<number | null>('mem_avg').as('memoryAvg'),
    ])
    .groupBy(['provider', 'account', 'region'])
    .orderBy('provider')
    .orderBy('account')
    .orderBy('region')
    .execute();
}

/** One look at the table: records of a fleet have few sets of metrics. */
export async function readCoverage(session: SqlSession, filter: RecordFilter = {}): Promise<RecordCoverage[]> {
  const rows = await filtered(session, filter)
    .select(['provider', 'measured'])
    .select(({ fn }) => fn.countAll<number>().as('servers'))
    .groupBy(['provider', 'measured'])
    .orderBy('provider')
    .execute();
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
