import { averageOf } from '#model/day-cell.ts';
import { daysOf, lastDays } from '#model/window.ts';
import type { HistoryStore } from '#store/history.ts';
import type { RecordId } from '#store/inventory.ts';

/** Average cpu utilization of the newest whole days, oldest first, to a tenth of a percent. A day without data is null and never 0. */
export async function readTrends(
  history: HistoryStore,
  servers: readonly { readonly id: RecordId }[],
  count: number,
  now: number,
): Promise<(id: RecordId) => readonly (number | null)[]> {
  const range = lastDays(count, now);
  const days = [...daysOf(range)];
  const known = await history.read(
    servers.map(({ id }) => id),
    range,
  );
  return (id) =>
    days.map((day) => {
      const cell = known.get(id)?.get(day)?.get('cpu.utilization');
      return cell === undefined || cell.seconds === 0 ? null : Math.round(averageOf(cell) * 10) / 10;
    });
}
