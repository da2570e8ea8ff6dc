import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { RecordGroup, RecordSummary } from '#store/inventory.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { type HistogramBin, Summary, type SummaryGroup } from './api.ts';
import { memoryReasons } from './memory-reasons.ts';
import { jsonRoute } from './route.ts';
import { TypeName } from './server-query.ts';
import type { ServerSource } from './server-routes.ts';

const SummaryQuery = z.strictObject({ type: TypeName });

export function summaryRoutes(app: FastifyInstance, { store, types, now }: ServerSource): void {
  const reasons = memoryReasons(store.inventory, now);
  jsonRoute(
    app,
    'GET',
    '/summary',
    { id: 'getSummary', summary: 'The fleet, summed up.', query: SummaryQuery, replies: { data: Summary } },
    async ({ query: { type } }) => {
      const filter = { condition: conditionOfType(type, types) };
      const summary = await store.inventory.summary(filter);
      return { data: { ...summaryReply(summary), memory_missing: await reasons(type, filter, summary.total) } };
    },
  );
}

function summaryReply(summary: RecordSummary): Omit<Summary, 'memory_missing'> {
  const { total, groups, cpuHistogram, withoutCpu, withDisk, withNetwork } = summary;
  return {
    servers: total,
    by_provider: groupedBy(groups, (group) => group.provider),
    by_account: groupedBy(groups, (group) => group.account),
    by_region: groupedBy(groups, (group) => group.region),
    by_state: groupedBy(groups, (group) => group.state),
    coverage: {
      cpu: total - withoutCpu,
      memory: groups.reduce((sum, group) => sum + group.withMemory, 0),
      disk: withDisk,
      network: withNetwork,
    },
    cpu_histogram: binsOf(cpuHistogram),
  };
}

/** Largest first. */
function groupedBy(groups: readonly RecordGroup[], nameOf: (group: RecordGroup) => string): SummaryGroup[] {
  return [...Map.groupBy(groups, nameOf)]
    .map(([name, members]) => ({
      name,
      servers: members.reduce((sum, group) => sum + group.count, 0),
      with_memory: members.reduce((sum, group) => sum + group.withMemory, 0),
    }))
    .sort((a, b) => b.servers - a.servers || (a.name < b.name ? -1 : 1));
}

function binsOf(counts: readonly number[]): HistogramBin[] {
  const width = 100 / counts.length;
  return counts.map((servers, bin) => ({
    from: bin * width,
    to: bin === counts.length - 1 ? null : (bin + 1) * width,
    servers,
  }));
}
