import { averageOf, type Days, joinStretches } from '#model/day-cell.ts';
import { quantile } from '#model/sketch.ts';
import { type Day, type DayRange, dayAt, daysOf } from '#model/window.ts';
import type { HistoryChange, SizeStretch } from './api.ts';

/**
 * How busy the cpu was with each size that a server had. A run finds another size on a day that may have seen both: such a day
 * is of neither.
 *
 * @param changes oldest first
 */
export function sizesOf(changes: readonly HistoryChange[], days: Days, range: DayRange): SizeStretch[] {
  const resizes = changes.filter(({ what }) => what === 'size');
  const [first] = resizes;
  if (first === undefined) return [];
  const turns = resizes.map(({ at }) => dayAt(Date.parse(at) / 1000));
  const names = [first.from, ...resizes.map(({ to }) => to)];
  return names.map((name, at) => {
    const from = at === 0 ? range.from : (turns[at - 1] ?? range.from) + 1;
    return stretchOf(name, days, { from, to: Math.min(range.to, turns[at] ?? range.to) });
  });
}

function stretchOf(name: string | null, days: Days, range: DayRange): SizeStretch {
  const cells = [...daysOf(range)].flatMap((day) => measured(days, day));
  const whole = joinStretches(cells);
  const { max, sketch } = whole;
  const at = (part: number) => {
    const value = sketch && quantile(sketch, part);
    return value === undefined ? null : Math.min(value, max);
  };
  const cpu = cells.length === 0 ? null : { avg: averageOf(whole), p50: at(0.5), p95: at(0.95), max };
  return { instance_type: name, days: cells.length, cpu };
}

function measured(days: Days, day: Day) {
  const cell = days.get(day)?.get('cpu.utilization');
  return cell === undefined || cell.seconds === 0 ? [] : [cell];
}
