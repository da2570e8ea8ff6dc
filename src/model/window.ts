export const daySeconds = 86_400;

/** A UTC day, counted from 1970-01-01. */
export type Day = number;

/** Whole UTC days, half-open: `[from, to)`. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** How long after midnight UTC a cloud may still deliver points of the day before, in seconds. */
const settleSeconds = 15 * 60;

/**
 * The `count` newest UTC days that are over and settled.
 *
 * The day that is still running is left out: a stored day is never read again, so it must be whole.
 *
 * @param now epoch milliseconds
 */
export function lastDays(count: number, now: number): DayRange {
  const to = Math.floor((now / 1000 - settleSeconds) / daySeconds);
  return { from: to - count, to };
}

export function dayCount(range: DayRange): number {
  return Math.max(0, range.to - range.from);
}

export function* daysOf(range: DayRange): Generator<Day> {
  for (let day = range.from; day < range.to; day++) yield day;
}

/** The UTC day that an instant lies in; `seconds` since the epoch. */
export function dayAt(seconds: number): Day {
  return Math.floor(seconds / daySeconds);
}

/** Epoch seconds of the day's midnight. */
export function startOf(day: Day): number {
  return day * daySeconds;
}

/** Runs of consecutive days, in order: `{3, 4, 7}` becomes `[3, 5)` and `[7, 8)`. */
export function rangesOf(days: Iterable<Day>): DayRange[] {
  const ranges: { from: Day; to: Day }[] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && day <= last.to) last.to = Math.max(last.to, day + 1);
    else ranges.push({ from: day, to: day + 1 });
  }
  return ranges;
}

/** `2026-11-22T00:00:00Z` for the midnight that begins a day. */
export function isoOf(day: Day): string {
  return new Date(startOf(day) * 1000).toISOString().replace('.000Z', 'Z');
}
