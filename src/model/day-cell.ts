import type { MetricKey } from './metric.ts';
import { mergeSketches, type Sketch } from './sketch.ts';
import type { Day } from './window.ts';

/**
 * One metric of one resource on one UTC day: what every window is folded from.
 * Weighted by time, so that a day on which a server ran one hour counts for one hour.
 */
export interface DayCell {
  /** The integral over the observed time: unit × seconds. `sum / seconds` is the average. */
  readonly sum: number;
  /** Observed time, in seconds; 0 means asked, and the cloud had nothing. */
  readonly seconds: number;
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
  const observed = [...cells].filter((cell) => cell.seconds > 0);
  if (observed.length === 0) return emptyCell;
  const sketches = observed.map((cell) => cell.sketch);
  return {
    sum: total(observed, (cell) => cell.sum),
    seconds: total(observed, (cell) => cell.seconds),
    max: observed.reduce((max, cell) => Math.max(max, cell.max), Number.NEGATIVE_INFINITY),
    ...(observed.every((cell) => cell.min !== undefined)
      ? { min: observed.reduce((min, cell) => Math.min(min, cell.min ?? min), Number.POSITIVE_INFINITY) }
      : {}),
    ...(sketches.every((sketch) => sketch !== undefined) ? { sketch: mergeSketches(sketches) } : {}),
    ...(observed.some((cell) => cell.maxIsUpperBound) ? { maxIsUpperBound: true } : {}),
  };
}

function total(cells: readonly DayCell[], of: (cell: DayCell) => number): number {
  return cells.reduce((sum, cell) => sum + of(cell), 0);
}
