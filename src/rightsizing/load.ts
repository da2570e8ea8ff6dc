import { averageOf, type DayCell, type Days, joinStretches } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import type { Sketch } from '#model/sketch.ts';
import { type DayRange, dayCount, daySeconds, daysOf } from '#model/window.ts';
import { countAbove, joinPoints, type Points, quantileOf } from './points.ts';

/** What a metric was over a window, in its unit. */
export interface Load {
  /** What counts: the percentile of the policy where the points are known, else the maximum. */
  readonly peak: number;
  readonly peakIs: 'percentile' | 'max';
  readonly avg: number;
  readonly max: number;
  /** The average of the day on which it was highest. */
  readonly busiestDay: number;
  /** Observed time. */
  readonly seconds: number;
  /** Observed part of the window, 0 to 1. */
  readonly coverage: number;
  /** Null where a day is without its points. */
  readonly points: Points | null;
}

/** @returns null where nothing was observed: that is no load of 0 */
export function loadOf(key: MetricKey, days: Days, window: DayRange, percentile: number): Load | null {
  const cells: DayCell[] = [];
  const sketches: Sketch[] = [];
  let busiestDay = Number.NEGATIVE_INFINITY;
  for (const day of daysOf(window)) {
    const cell = days.get(day)?.get(key);
    if (cell === undefined || cell.seconds === 0) continue;
    const { sketch, ...plain } = cell;
    cells.push(plain);
    if (sketch !== undefined) sketches.push(sketch);
    busiestDay = Math.max(busiestDay, averageOf(cell));
  }
  if (cells.length === 0) return null;
  const cell = joinStretches(cells);
  const points = sketches.length === cells.length ? joinPoints(sketches) : null;
  const atPercentile = percentile < 1 && points !== null ? quantileOf(points, percentile) : undefined;
  return {
    peak: atPercentile ?? cell.max,
    peakIs: atPercentile === undefined ? 'max' : 'percentile',
    avg: averageOf(cell),
    max: cell.max,
    busiestDay,
    seconds: cell.seconds,
    coverage: Math.min(1, cell.seconds / (dayCount(window) * daySeconds)),
    points,
  };
}

/** Points above a level, and all points; null where only days are known. */
export function pointsAbove({ points }: Load, level: number): { above: number; of: number } | null {
  return points && { above: countAbove(points, level), of: points.total };
}
