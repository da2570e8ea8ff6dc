import type { DayCell, Days } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import type { Day } from '#model/window.ts';
import type { HistoryEntry } from '../history.ts';
import type { RecordId } from '../inventory.ts';

export type Cells = ReadonlyMap<MetricKey, DayCell>;

/** A resource may come more than once; what comes later wins. */
export function byResource(entries: readonly HistoryEntry[]): Map<RecordId, Days> {
  const found = new Map<RecordId, Days>();
  for (const { resourceId, days } of entries) {
    if (days.size === 0) continue;
    const before = found.get(resourceId);
    found.set(
      resourceId,
      before === undefined
        ? days
        : new Map([...before, ...[...days].map(([day, cells]) => [day, over(before.get(day), cells)] as const)]),
    );
  }
  return found;
}

export function over(before: Cells | undefined, cells: Cells): Cells {
  return before === undefined ? cells : new Map([...before, ...cells]);
}

/** The first day and the day after the last. */
export function spanOf(days: Iterable<Day>): [from: Day, to: Day] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const day of days) {
    from = Math.min(from, day);
    to = Math.max(to, day + 1);
  }
  return [from, to];
}
