import { addParts, type DayCell, emptyCell, joinStretches } from '#model/day-cell.ts';
import { sketchOf } from '#model/sketch.ts';
import { type Day, dayAt, daySeconds } from '#model/window.ts';
import type { PartReply } from './measurement.ts';
import { type PartRead, readPart, readTold, type Told } from './part.ts';
import type { Held, ServerMeasurement } from './server-measurement.ts';

export interface Cells {
  readonly cells: Map<Day, DayCell>;
  /** Days whose sample distance is not known, so that their rates are not either. */
  readonly open: readonly Day[];
}

/**
 * Turns the reply to one measurement into day cells: amounts per second, levels as they are, times a factor.
 *
 * @param replies one for each part of the measurement, in its order
 * @param days of which cells are wanted
 * @param told sample distances that daily counts do not tell, by day
 * @param factor from the native unit to that of the output
 */
export function cellsOf(
  measurement: ServerMeasurement,
  replies: readonly PartReply[],
  days: Iterable<Day>,
  told?: Told,
  factor = 1,
): Cells {
  const parts = measurement.parts.map((part, at) => readPart(measurement, part, replies[at], told));
  const untold = new Set(parts.flatMap((part) => part.open));
  const combined = combine(measurement, parts, factor);
  const cells = new Map<Day, DayCell>();
  const open: Day[] = [];
  for (const day of days) {
    if (untold.has(day)) open.push(day);
    else cells.set(day, combined.get(day) ?? emptyCell);
  }
  return { cells, open };
}

/** The cells of days whose samples were told apart. @param replies to what `peaksOf` the held measurement asked */
export function cellsOfTold(
  { measurement, replies: daily, open, distances = new Map() }: Held,
  replies: readonly PartReply[],
  factor: number,
): Map<Day, DayCell> {
  const parts = measurement.parts.map((part, at) => {
    const [before, after] = [daily[at] ?? noReply, replies[at] ?? noReply];
    return part.metric.sampling === 'total'
      ? readPart(measurement, part, before)
      : readTold(measurement, part, before, after, distances);
  });
  const combined = combine(measurement, parts, factor);
  return new Map(open.map((day) => [day, combined.get(day) ?? emptyCell]));
}

const noReply: PartReply = () => ({ timestamps: [], values: [] });

/** The same cell in another unit. */
function scaleCell(cell: DayCell, factor: number): DayCell {
  if (cell.seconds === 0) return cell;
  return {
    ...cell,
    sum: cell.sum * factor,
    max: cell.max * factor,
    ...(cell.min === undefined ? {} : { min: cell.min * factor }),
  };
}

/** Parts with buckets of the same length are put together bucket by bucket, so that peaks are added only where they meet. */
function combine(
  measurement: ServerMeasurement,
  parts: readonly PartRead[],
  factor: number,
): ReadonlyMap<Day, DayCell> {
  const [first, ...others] = parts;
  if (first === undefined) return new Map();
  const samePeriod = others.every(({ period }) => period === first.period);
  const days = samePeriod
    ? byDay(
        putTogether(
          measurement,
          parts.map(({ buckets }) => buckets),
        ),
      )
    : putTogether(
        measurement,
        parts.map(({ buckets }) => byDay(buckets)),
      );
  const scaled = factor === 1 ? days : new Map([...days].map(([day, cell]) => [day, scaleCell(cell, factor)]));
  return measurement.wantsPoints ? withSketches(scaled, combinedPoints(measurement, parts), factor) : scaled;
}

type Buckets = ReadonlyMap<number, DayCell>;

/** Buckets of all parts with the same key, as one. */
function putTogether(measurement: ServerMeasurement, parts: readonly Buckets[]): Buckets {
  const [only, ...others] = parts.filter((buckets) => buckets.size > 0);
  if (only === undefined || others.length === 0) return only ?? new Map();
  const join = measurement.combine === 'join' ? joinSeries : addParts;
  // Totals over the same minutes meet; of samples within a bucket that is not known.
  const peaksMeet = measurement.parts.every(({ metric }) => metric.sampling === 'total');
  const whole = new Map<number, DayCell>();
  for (const key of new Set(parts.flatMap((buckets) => [...buckets.keys()]))) {
    const cell = join(parts.flatMap((buckets) => buckets.get(key) ?? []));
    whole.set(key, peaksMeet ? withoutBound(cell) : cell);
  }
  return whole;
}

/** Series of one agent follow each other, or tell the same time twice: then they are averaged. */
function joinSeries(cells: readonly DayCell[]): DayCell {
  const joined = joinStretches(cells);
  if (joined.seconds <= daySeconds) return joined;
  return { ...joined, sum: (joined.sum / joined.seconds) * daySeconds, seconds: daySeconds };
}

/** Folds buckets of any length, by their start, into days. */
function byDay(buckets: Buckets): Map<Day, DayCell> {
  const days = new Map<Day, DayCell[]>();
  for (const [start, cell] of buckets) append(days, dayAt(start), cell);
  return new Map([...days].map(([day, cells]) => [day, joinStretches(cells)]));
}

/** Values of parts at the same time are added; of series that follow each other they stand side by side. */
function combinedPoints(measurement: ServerMeasurement, parts: readonly PartRead[]): Map<Day, number[]> {
  const days = new Map<Day, number[]>();
  const sums = new Map<number, number>();
  for (const { points } of parts) {
    for (const [start, value] of points) {
      if (measurement.combine === 'add') sums.set(start, (sums.get(start) ?? 0) + value);
      else append(days, dayAt(start), value);
    }
  }
  for (const [start, value] of sums) append(days, dayAt(start), value);
  return days;
}

function withSketches(
  days: ReadonlyMap<Day, DayCell>,
  points: ReadonlyMap<Day, readonly number[]>,
  factor: number,
): ReadonlyMap<Day, DayCell> {
  return new Map(
    [...days].map(([day, cell]) => [
      day,
      cell.seconds === 0 ? cell : { ...cell, sketch: sketchOf((points.get(day) ?? []).map((value) => value * factor)) },
    ]),
  );
}

function withoutBound({ maxIsUpperBound: _, ...cell }: DayCell): DayCell {
  return cell;
}

function append<T>(lists: Map<Day, T[]>, day: Day, value: T): void {
  const list = lists.get(day);
  if (list === undefined) lists.set(day, [value]);
  else list.push(value);
}
