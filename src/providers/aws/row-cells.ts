import { addParts, type DayCell, emptyCell } from '#model/day-cell.ts';
import { sketchOf } from '#model/sketch.ts';
import { type Day, dayAt, daySeconds, startOf } from '#model/window.ts';
import { type PartReply, type Stat, toMap } from './measurement.ts';
import type { RowResource } from './resource.ts';
import type { RowMeasurement, RowOutput } from './row-measurement.ts';
import { agentDistances } from './sample-distance.ts';

/**
 * Turns the replies to a measurement into the day cells of one of its keys.
 *
 * @param replies one for each part of the measurement, in its order
 * @param days of which cells are wanted
 */
export function cellsOfRow(
  measurement: RowMeasurement,
  output: RowOutput,
  replies: readonly PartReply[],
  days: Iterable<Day>,
): Map<Day, DayCell> {
  const series = (names: readonly string[]) =>
    measurement.parts.flatMap(({ metric }, at) => (names.includes(metric.metric) ? (replies[at] ?? []) : []));
  const read = { measurement, output, series };
  const cellAt = readers[output.row.reading](read);
  return new Map([...days].map((day) => [day, cellAt(day)]));
}

interface RowRead {
  readonly measurement: RowMeasurement;
  readonly output: RowOutput;
  /** Replies to the series of these metrics. */
  readonly series: (names: readonly string[]) => readonly PartReply[];
}

type CellAt = (day: Day) => DayCell;

const readers = {
  level: readSamples,
  amount: readSamples,
  total: readTotals,
  events: readEvents,
  each: readEach,
} as const;

/** Levels and amounts: by the day, weighted by the time that the samples stand for. */
function readSamples({ measurement, output, series }: RowRead): CellAt {
  const { row } = output;
  const parts = series(row.metrics).map((reply) => partBySamples(measurement, output, reply));
  return (day) => {
    const found = parts.map((cellAt) => cellAt(day)).filter(({ seconds }) => seconds > 0);
    // Several parts have one sample a day each, so that their peaks meet.
    const { maxIsUpperBound: _, ...sum } = addParts(found);
    return found.length > 1 && measurement.wantsPoints ? { ...sum, sketch: sketchOf([sum.max]) } : sum;
  };
}

function partBySamples(
  { wantsMin, wantsPoints, pointSeconds }: RowMeasurement,
  { row, factor, offset }: RowOutput,
  reply: PartReply,
): CellAt {
  const daily = (stat: Stat) => toMap(reply(stat, daySeconds));
  const [counts, sums, maxima, minima] = [daily('SampleCount'), daily('Sum'), daily('Maximum'), daily('Minimum')];
  const course = wantsPoints ? byDay(toMap(reply('Average', pointSeconds))) : new Map<Day, number[]>();
  const distances = distancesOf(counts, row.sampleSeconds);
  const perSample = row.reading === 'amount' ? (row.sampleSeconds ?? 60) : 1;
  const convert = (native: number) => offset + (factor * native) / perSample;
  return (day) => {
    const start = startOf(day);
    const count = counts.get(start) ?? 0;
    if (count === 0) return emptyCell;
    const seconds = Math.min(daySeconds, count * (distances.get(day) ?? daySeconds / count));
    const mean = convert((sums.get(start) ?? 0) / count);
    const [high, low] = factor < 0 ? [minima, maxima] : [maxima, minima];
    const points = row.sampleSeconds === daySeconds ? [mean] : (course.get(day) ?? []).map(convert);
    return {
      sum: mean * seconds,
      seconds,
      max: convert(high.get(start) ?? 0),
      ...(wantsMin ? { min: convert(low.get(start) ?? 0) } : {}),
      ...(wantsPoints ? { sketch: sketchOf(points) } : {}),
    };
  };
}

/** Seconds that a sample stands for, by day. */
function distancesOf(counts: ReadonlyMap<number, number>, known: number | undefined): ReadonlyMap<Day, number> {
  const byDay = new Map([...counts].map(([start, count]) => [dayAt(start), count]));
  return known === undefined ? agentDistances(byDay, 60) : new Map([...byDay.keys()].map((day) => [day, known]));
}

/** Sums over periods in which the clock ticked; where it did and there is no sum, nothing was done. */
function readTotals(read: RowRead): CellAt {
  const { measurement, output, series } = read;
  const { clock } = output.row;
  const ticks = byDay(sumsOf(measurement, series(clock === undefined ? [] : [clock])));
  const sums = byDay(sumsOf(measurement, series(output.row.metrics)));
  return (day) => {
    const periods = ticks.get(day)?.length ?? 0;
    return rateCell(read, sums.get(day) ?? [], periods * measurement.pointSeconds);
  };
}

/** Sums over the time in which the resource was there. */
function readEvents(read: RowRead): CellAt {
  const { measurement, output, series } = read;
  const sums = byDay(sumsOf(measurement, series(output.row.metrics)));
  const peaks = series(output.row.peak === undefined ? [] : [output.row.peak]).map((reply) =>
    toMap(reply('Maximum', daySeconds)),
  );
  return (day) => {
    const own = sums.get(day) ?? [];
    const seconds = secondsThere(measurement.resource, day, own.length * measurement.pointSeconds);
    const cell = rateCell(read, own, seconds);
    if (cell.seconds === 0) return cell;
    return { ...cell, max: Math.max(cell.max, ...peaks.map((peak) => peak.get(startOf(day)) ?? 0)) };
  };
}

/** Of single events: how many there were is what the average of more than one day is weighted by. */
function readEach({ measurement, output, series }: RowRead): CellAt {
  const { resource, wantsMin, wantsPoints, pointSeconds } = measurement;
  const [reply] = series(output.row.metrics);
  if (reply === undefined) return () => emptyCell;
  const { factor } = output;
  const daily = (stat: Stat) => toMap(reply(stat, daySeconds));
  const [counts, sums, maxima, minima] = [daily('SampleCount'), daily('Sum'), daily('Maximum'), daily('Minimum')];
  const course = byDay(toMap(reply('Average', pointSeconds)));
  return (day) => {
    const start = startOf(day);
    const events = counts.get(start) ?? 0;
    if (events === 0) return emptyCell;
    const points = course.get(day) ?? [];
    return {
      sum: (sums.get(start) ?? 0) * factor,
      // Points tell when there were any; without them only the day is known.
      seconds: points.length > 0 ? points.length * pointSeconds : secondsThere(resource, day, pointSeconds),
      events,
      max: (maxima.get(start) ?? 0) * factor,
      ...(wantsMin ? { min: (minima.get(start) ?? 0) * factor } : {}),
      ...(wantsPoints ? { sketch: sketchOf(points.map((value) => value * factor)) } : {}),
    };
  };
}

/** A rate of what was summed over periods; those that are not there, and yet were observed, are zero. */
function rateCell({ measurement, output }: RowRead, sums: readonly number[], seconds: number): DayCell {
  if (seconds === 0) return emptyCell;
  const { pointSeconds, wantsPoints } = measurement;
  const { factor } = output;
  const rates = sums.map((sum) => (sum * factor) / pointSeconds);
  const silent = Math.max(0, Math.round(seconds / pointSeconds) - rates.length);
  return {
    sum: factor * sums.reduce((total, sum) => total + sum, 0),
    seconds,
    max: Math.max(0, ...rates),
    min: silent > 0 ? 0 : Math.min(...rates),
    ...(wantsPoints ? { sketch: sketchOf([...rates, ...Array<number>(silent).fill(0)]) } : {}),
  };
}

/** `Sum` by period over all of these series. */
function sumsOf({ pointSeconds }: RowMeasurement, replies: readonly PartReply[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const reply of replies) {
    for (const [start, sum] of toMap(reply('Sum', pointSeconds))) sums.set(start, (sums.get(start) ?? 0) + sum);
  }
  return sums;
}

/**
 * The part of a day in which the resource was there, in seconds. One whose birth is not known was there all through a day on
 * which it was measured; it may have been there before that is known of it, but of silent days then nothing is.
 *
 * @param measured seconds of the day in which it was measured, at least
 */
function secondsThere({ createdAt, thereSince = createdAt }: RowResource, day: Day, measured: number): number {
  if (measured > 0 && createdAt === undefined) return daySeconds;
  const since = Math.max(startOf(day), thereSince ?? Number.POSITIVE_INFINITY);
  return Math.max(measured, 0, startOf(day + 1) - since);
}

function byDay(values: ReadonlyMap<number, number>): Map<Day, number[]> {
  const days = new Map<Day, number[]>();
  for (const [start, value] of values) {
    const day = dayAt(start);
    const own = days.get(day);
    if (own === undefined) days.set(day, [value]);
    else own.push(value);
  }
  return days;
}
