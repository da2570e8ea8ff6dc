import type { DayCell, Days } from '#model/day-cell.ts';
import type { Want } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { Resource } from '#model/resource.ts';
import { needsPoints, type Statistic } from '#model/statistic.ts';
import { type Day, type DayRange, daysOf } from '#model/window.ts';

/** What is wanted of every server of a run. */
export interface Wanted {
  readonly keys: readonly MetricKey[];
  readonly statistics: readonly Statistic[];
  readonly window: DayRange;
}

/**
 * The days that are still to be asked for, given those that are known.
 *
 * Keys with the same days share a want. Days between two missing ones are asked again: clouds bill by metric and call, not by
 * point, so that one longer request costs less than two short ones.
 */
export function missingDays<R extends Resource>(
  resource: R,
  known: Days,
  { keys, statistics, window }: Wanted,
): Want<R>[] {
  const byDays = new Map<string, { days: DayRange; keys: MetricKey[] }>();
  for (const key of keys) {
    if (!resource.metrics.includes(key)) continue;
    if (resource.constants[key] !== undefined) continue;
    const days = missingSpan(key, known, statistics, window);
    if (days === undefined) continue;
    const name = `${days.from} ${days.to}`;
    const want = byDays.get(name) ?? { days, keys: [] };
    want.keys.push(key);
    byDays.set(name, want);
  }
  return [...byDays.values()].map((want) => ({ resource, statistics, ...want }));
}

function missingSpan(
  key: MetricKey,
  known: Days,
  statistics: readonly Statistic[],
  window: DayRange,
): DayRange | undefined {
  let from: Day | undefined;
  let to: Day | undefined;
  for (const day of daysOf(window)) {
    if (answers(known.get(day)?.get(key), statistics)) continue;
    from ??= day;
    to = day + 1;
  }
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** A stored day answers if it holds all that the wanted statistics are made of; an empty one answers everything. */
function answers(cell: DayCell | undefined, statistics: readonly Statistic[]): boolean {
  if (cell === undefined) return false;
  if (cell.seconds === 0) return true;
  return (
    (!needsPoints(statistics) || cell.sketch !== undefined) && (!statistics.includes('min') || cell.min !== undefined)
  );
}
