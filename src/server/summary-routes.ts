import type { FastifyInstance } from 'fastify';
import type { RecordGroup, RecordSummary } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import type { HistogramBin, Summary, SummaryGroup } from './api.ts';
import type { Answer } from './envelope.ts';
import { memoryReasons } from './memory-reasons.ts';

export function summaryRoutes(app: FastifyInstance, { store, now }: { store: Store; now: () => number }): void {
  const reasons = memoryReasons(store.inventory, now);
  app.get('/summary', async (): Promise<Answer<Summary>> => {
    const summary = await store.inventory.summary();
    return { data: { ...summaryReply(summary), memory_missing: await reasons(summary.total) } };
  });
}

function summaryReply({ total, groups, cpuHistogram, withoutCpu }: RecordSummary): Omit<Summary, 'memory_missing'> {
  return {
    servers: total,
    by_provider: groupedBy(groups, (group) => group.provider),
    by_account: groupedBy(groups, (group) => group.account),
    by_region: groupedBy(groups, (group) => group.region),
    by_state: groupedBy(groups, (group) => group.state),
    coverage: { cpu: total - withoutCpu, memory: groups.reduce((sum, group) => sum + group.withMemory, 0) },
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
