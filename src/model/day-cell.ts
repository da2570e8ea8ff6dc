import type { MetricKey } from './metric.ts';
import { mergeSketches, type Sketch } from './sketch.ts';
import type { Day } from './window.ts';

/**
 * One metric of one resource on one UTC day: what every window is folded from.
 * Weighted by time, so that a day on which a server ran one hour counts for one hour.
 */
export interface DayCell {
  /** The integral over the observed time: unit × seconds. `sum / seconds` is the average. With `events`, the sum over those. */
  readonly sum: number;
  /** Observed time, in seconds; 0 means asked, and the cloud had nothing. */
  readonly seconds: number;
  /** How many events the average is of, where it is not of time: a request counts, not the hour in which it came. */
  readonly events?: number;
  readonly max: number;
  /** Present where the minimum was asked for. */
  readonly min?: number;
  /** Present where points were read, one a `pointSeconds` of observed time. */
  readonly sketch?: Sketch;
  /** The true maximum may be smaller: maxima of parts that need not have peaked together were added. */
  readonly maxIsUpperBound?: boolean;
}

/** The days of one resource that have been asked for. A key that is absent from a day was never asked. */
export type Days = ReadonlyMap<Day, ReadonlyMap<MetricKey, DayCell>>;

/** Asked, and the cloud had no point that day. */
export const emptyCell: DayCell = { sum: 0, seconds: 0, max: 0 };

/** The average: of time, or of events where the cell counts those. */
export function averageOf({ sum, seconds, events = seconds }: DayCell): number {
  return sum / events;
}

/** Adds cells of parts that were measured apart but over the same time, such as the volumes of one server. */
export function addParts(parts: readonly DayCell[]): DayCell {
  const observed = parts.filter((part) => part.seconds > 0);
  const [only] = observed;
  if (only === undefined) return emptyCell;
  if (observed.length === 1) return only;
  return {
    sum: total(observed, (part) => part.sum),
    seconds: Math.max(...observed.map((part) => part.seconds)),
    max: total(observed, (part) => part.max),
    ...(observed.every((part) => part.min !== undefined) ? { min: total(observed, (part) => part.min ?? 0) } : {}),
    ...(observed.filter((part) => part.max > 0).length > 1 ? { maxIsUpperBound: true } : {}),
  };
}

/** Joins cells of stretches of time that do not overlap, such as two series of one agent or the days of a window. */
export function joinStretches(cells: Iterable<DayCell>): DayCell {
  let only: DayCell | undefined;
  let count = 0;
  let sum = 0;
  let seconds = 0;
  let events: number | undefined = 0;
  let max = Number.NEGATIVE_INFINITY;
  let min: number | undefined = Number.POSITIVE_INFINITY;
  let sketches: Sketch[] | undefined = [];
  let maxIsUpperBound = false;
  for (const cell of cells) {
    if (cell.seconds === 0) continue;
    only = cell;
    count++;
    sum += cell.sum;
    seconds += cell.seconds;
    events = events === undefined || cell.events === undefined ? undefined : events + cell.events;
    if (cell.max > max) max = cell.max;
    min = min === undefined || cell.min === undefined ? undefined : Math.min(min, cell.min);
    if (cell.sketch === undefined) sketches = undefined;
    else sketches?.push(cell.sketch);
    if (cell.maxIsUpperBound) maxIsUpperBound = true;
  }
  if (only === undefined || count === 1) return only ?? emptyCell;
  return {
    sum,
    seconds,
    max,
    ...(events === undefined ? {} : { events }),
    ...(min === undefined ? {} : { min }),
    ...(sketches === undefined ? {} : { sketch: mergeSketches(sketches) }),
    ...(maxIsUpperBound ? { maxIsUpperBound } : {}),
  };
}

function total(cells: readonly DayCell[], of: (cell: DayCell) => number): number {
  return cells.reduce((sum, cell) => sum + of(cell), 0);
}
