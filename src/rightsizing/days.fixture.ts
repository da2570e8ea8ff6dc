import type { DayCell, Days } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import { sketchOf } from '#model/sketch.ts';
import { type Day, type DayRange, daySeconds } from '#model/window.ts';

/** The day on which made-up histories begin. */
export const firstDay: Day = 20_000;

export function windowOf(days: number): DayRange {
  return { from: firstDay, to: firstDay + days };
}

/** A day of points of equal length; without points, a day without data. */
export function dayOfPoints(points: readonly number[], seconds = daySeconds): DayCell {
  if (points.length === 0) return { sum: 0, seconds: 0, max: 0 };
  const mean = points.reduce((sum, each) => sum + each, 0) / points.length;
  return { sum: mean * seconds, seconds, max: Math.max(...points), sketch: sketchOf(points) };
}

/** A day of which only average and maximum are known, as a run without percentiles leaves it. */
export function plainDay(avg: number, max: number, seconds = daySeconds): DayCell {
  return { sum: avg * seconds, seconds, max };
}

export interface Course {
  readonly cpu?: readonly DayCell[];
  readonly memory?: readonly DayCell[];
  /** Received and sent, each. */
  readonly network?: readonly DayCell[];
}

/** A history from `firstDay` on. */
export function daysOf({ cpu = [], memory = [], network = [] }: Course): Days {
  const days = new Map<Day, Map<MetricKey, DayCell>>();
  const put = (key: MetricKey, cells: readonly DayCell[]) => {
    for (const [at, cell] of cells.entries()) {
      const day = firstDay + at;
      days.set(day, (days.get(day) ?? new Map<MetricKey, DayCell>()).set(key, cell));
    }
  };
  put('cpu.utilization', cpu);
  put('memory.usage', memory);
  put('network.received_throughput', network);
  put('network.sent_throughput', network);
  return days;
}

/** The same day, so many times. */
export function repeat(count: number, cell: DayCell): DayCell[] {
  return Array.from({ length: count }, () => cell);
}
