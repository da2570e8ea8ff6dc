import { type DayCell, emptyCell } from '#model/day-cell.ts';
import { sketchOf } from '#model/sketch.ts';
import { type Day, type DayRange, daySeconds, daysOf } from '#model/window.ts';
import type { Sampling } from './catalog.ts';
import type { Columns } from './columns.ts';
import type { Daily } from './plan.ts';

/** What was read of a metric, and how its samples are to be understood. */
export interface MetricRead {
  readonly daily: Daily;
  readonly points?: Columns;
  readonly sampling: Sampling;
  readonly sampleSeconds: number;
}

/**
 * The day cells of one resource. A day counts for the time that samples were seen in, so that a server that ran for an hour is
 * judged by that hour.
 *
 * @param id what its series call it
 * @param factor from the native unit to that of the cells
 */
export function cellsOf(id: string, factor: number, read: MetricRead, days: DayRange): Map<Day, DayCell> {
  const cells = new Map<Day, DayCell>();
  for (const day of daysOf(days)) cells.set(day, cellOf(id, day - days.from, factor, read));
  return cells;
}

/** @param at the day, counted from the first */
function cellOf(
  id: string,
  at: number,
  factor: number,
  { daily, points, sampling, sampleSeconds }: MetricRead,
): DayCell {
  const [count, sum, max] = [daily.count.at(id, at), daily.sum.at(id, at), daily.max.at(id, at)];
  const min = daily.min?.at(id, at);
  if (!(count > 0) || Number.isNaN(sum) || Number.isNaN(max)) return emptyCell;
  // Agents may be set to write more often than once a minute.
  const seconds = Math.min(count * sampleSeconds, daySeconds);
  return {
    sum: (sampling === 'amount' ? sum : (sum / count) * seconds) * factor,
    seconds,
    max: max * factor,
    ...(min === undefined ? {} : { min: min * factor }),
    ...(points === undefined ? {} : { sketch: sketchOf(points.ofDay(id, at).map((value) => value * factor)) }),
  };
}
