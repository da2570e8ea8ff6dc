import type { DayCell } from '#model/day-cell.ts';
import { lastDays } from '#model/window.ts';
import type { RecordId } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';

/** What a server did on each of fourteen days. Network: received and sent, each, in bytes a second. */
export interface Fortnight {
  readonly cpu: Level;
  readonly memory?: Level;
  readonly network: Level;
}

type Level = readonly [avg: number, max: number];

/** Stores a history of the fourteen days before `now`. */
export async function measure(store: Store, resourceId: RecordId, of: Fortnight, now: number): Promise<void> {
  const { from } = lastDays(14, now);
  const cells = new Map([
    ['cpu.utilization' as const, cellOf(of.cpu)],
    ...(of.memory === undefined ? [] : [['memory.usage' as const, cellOf(of.memory)] as const]),
    ['network.received_throughput' as const, cellOf(of.network)],
    ['network.sent_throughput' as const, cellOf(of.network)],
  ]);
  const days = new Map(Array.from({ length: 14 }, (_, at) => [from + at, cells]));
  await store.history.write([{ resourceId, days }]);
}

const cellOf = ([avg, max]: Level): DayCell => ({ sum: avg * 86_400, seconds: 86_400, max });

/** Too much CPU and memory for what it does. */
export const halfUsed: Fortnight = { cpu: [14, 38], memory: [30, 34], network: [4e6, 9e6] };
export const doesNothing: Fortnight = { cpu: [1, 3], network: [1e3, 2e4] };
