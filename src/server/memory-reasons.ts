import type { MissingReason } from '#model/missing.ts';
import type { InventoryStore, RecordFilter } from '#store/inventory.ts';
import type { Summary } from './api.ts';

/** Above this the records are not read just to count reasons. */
const largestFleet = 5_000;
/** A job changes records all the time; the reasons hardly move. */
const freshMs = 10_000;

/** @param name of the filter */
export type MemoryReasons = (name: string, filter: RecordFilter, servers: number) => Promise<Summary['memory_missing']>;

interface Kept {
  readonly at: number;
  readonly servers: number;
  readonly found: Promise<Summary['memory_missing']>;
}

/** Counts why servers have no memory value. Reads all records, so it keeps what it found for a while. */
export function memoryReasons(inventory: InventoryStore, now: () => number): MemoryReasons {
  const kept = new Map<string, Kept>();
  return async (name, filter, servers) => {
    if (servers > largestFleet) return null;
    const last = kept.get(name);
    if (last !== undefined && last.servers === servers && now() - last.at <= freshMs) return last.found;
    const found = countReasons(inventory, filter);
    kept.set(name, { at: now(), servers, found });
    return found;
  };
}

async function countReasons(inventory: InventoryStore, filter: RecordFilter): Promise<Summary['memory_missing']> {
  const counts = new Map<MissingReason, number>();
  for await (const page of inventory.stream(filter)) {
    for (const { record } of page) {
      const info = record.data.monitoring_info?.metrics['memory.usage'];
      if (info !== undefined && 'missing' in info) counts.set(info.missing, (counts.get(info.missing) ?? 0) + 1);
    }
  }
  return [...counts].map(([reason, servers]) => ({ reason, servers })).sort((a, b) => b.servers - a.servers);
}
