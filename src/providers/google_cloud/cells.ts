import { addParts, type DayCell, emptyCell } from '#model/day-cell.ts';
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
 * judged by that hour. What several VMs say of one disk is added.
 *
 * @param ids what its series are called
 * @param factor from the native unit to that of the cells
 */
export function cellsOf(ids: readonly string[], factor: number, read: MetricRead, days: DayRange): Map<Day, DayCell> {
  const cells = new Map<Day, DayCell>();
  for (const day of daysOf(days)) {
    const at = day - days.from;
    const [only = ''] = ids;
    const cell =
      ids.length === 1 ? cellOf(only, at, factor, read) : addParts(ids.map((id) => cellOf(id, at, factor, read)));
    const { points } = read;
    const isObserved = points !== undefined && cell.seconds > 0;
    cells.set(
      day,
      isObserved ? { ...cell, sketch: sketchOf(points.ofDay(ids, at).map((value) => value * factor)) } : cell,
    );
  }
  return cells;
}

/** @param at the day, counted from the first */
function cellOf(id: string, at: number, factor: number, { daily, sampling, sampleSeconds }: MetricRead): DayCell {
  const [count, middle, max] = [daily.count.at(id, at), daily.middle.at(id, at), daily.max.at(id, at)];
  const min = daily.min?.at(id, at);
  if (!(count > 0) || Number.isNaN(middle) || Number.isNaN(max)) return emptyCell;
  // Agents may be set to write more often than once a minute.
  const seconds = Math.min(count * sampleSeconds, daySeconds);
  return {
    sum: integralOf(sampling, middle, count, seconds) * factor,
    seconds,
    max: max * factor,
    ...(min === undefined ? {} : { min: min * factor }),
  };
}

function integralOf(sampling: Sampling, middle: number, count: number, seconds: number): number {
  switch (sampling) {
    case 'amount':
      return middle;
    case 'level':
      return (middle / count) * seconds;
    case 'levels':
      return middle * seconds;
  }
}
