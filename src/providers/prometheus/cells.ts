import { type DayCell, emptyCell } from '#model/day-cell.ts';
import { sketchOf } from '#model/sketch.ts';
import type { Day } from '#model/window.ts';
import type { Readings } from './readings.ts';

/** A cell for each day; an empty one where anything is missing that a cell is made of. */
export function cellsOf(
  readings: Readings,
  days: Iterable<Day>,
  slotSeconds: number,
  wantsMin: boolean,
): Map<Day, DayCell> {
  return new Map([...days].map((day) => [day, cellOf(readings, day, slotSeconds, wantsMin)]));
}

function cellOf(readings: Readings, day: Day, slotSeconds: number, wantsMin: boolean): DayCell {
  const slots = readings.slots.get(day);
  const count = slots?.length ?? readings.count.get(day);
  const sum = slots?.reduce((total, value) => total + value, 0) ?? readings.sum.get(day);
  const max = readings.max.get(day) ?? highest(slots);
  const min = readings.min.get(day) ?? lowest(slots);
  if (count === undefined || sum === undefined || max === undefined) return emptyCell;
  if (wantsMin && min === undefined) return emptyCell;
  return {
    sum: sum * slotSeconds,
    seconds: count * slotSeconds,
    max,
    ...(wantsMin && min !== undefined ? { min } : {}),
    ...(slots === undefined ? {} : { sketch: sketchOf(slots) }),
  };
}

function highest(slots: readonly number[] | undefined): number | undefined {
  return slots === undefined ? undefined : Math.max(...slots);
}

function lowest(slots: readonly number[] | undefined): number | undefined {
  return slots === undefined ? undefined : Math.min(...slots);
}
