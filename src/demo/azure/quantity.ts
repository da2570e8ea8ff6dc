import { mix } from '../fleet/hash.ts';
import { off } from '../fleet/shapes.ts';
import { dayLevels, type LoadName, minutesPerDay, type Track } from './levels.ts';

/** One physical quantity of one resource: in each minute that it exists, `base + step × level`. */
export interface Quantity {
  /** Decides, day by day, on the levels. Quantities of equal seed rise and fall as one. */
  readonly seed: number;
  readonly load: LoadName;
  readonly utcOffsetHours: number;
  readonly track: Track;
  readonly base: number;
  readonly step: number;
  /** When the resource ran: starts and ends in turn, epoch seconds, on whole minutes, ascending. */
  readonly runs: readonly number[];
}

/** What the levels of some minutes come to. */
export interface LevelTally {
  minutes: number;
  sum: number;
  low: number;
  high: number;
}

/** A tally of no minutes. */
export function emptyTally(): LevelTally {
  return { minutes: 0, sum: 0, low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
}

/** The quantity in one minute, straight from its levels; undefined where it does not exist. @param minute minutes since 1970 */
export function valueAt(quantity: Quantity, minute: number): number | undefined {
  const { runs, base, step } = quantity;
  if (!isRunning(runs, minute * 60)) return undefined;
  const level = levelsOn(quantity, Math.floor(minute / minutesPerDay)).levels[minute % minutesPerDay] ?? off;
  return level < 0 ? undefined : base + step * level;
}

/** Whether something with these runs ran at a time, epoch seconds. */
export function isRunning(runs: readonly number[], now: number): boolean {
  return runs.some((start, i) => i % 2 === 0 && start <= now && now < (runs[i + 1] ?? 0));
}

/** Adds the minutes `[from, to)` (minutes since 1970) to a tally: whole days at once, the others minute by minute. */
export function tallyMinutes(into: LevelTally, quantity: Quantity, from: number, to: number): void {
  const { runs } = quantity;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const end = Math.min(to, (runs[i + 1] ?? 0) / 60);
    for (let at = Math.max(from, (runs[i] ?? 0) / 60); at < end; ) {
      const day = Math.floor(at / minutesPerDay);
      const next = Math.min((day + 1) * minutesPerDay, end);
      addPart(into, quantity, day, at - day * minutesPerDay, next - day * minutesPerDay);
      at = next;
    }
  }
}

function addPart(into: LevelTally, quantity: Quantity, day: number, from: number, to: number): void {
  const whole = levelsOn(quantity, day);
  if (from === 0 && to === minutesPerDay) {
    into.minutes += whole.minutes;
    into.sum += whole.sum;
    if (whole.low < into.low) into.low = whole.low;
    if (whole.high > into.high) into.high = whole.high;
    return;
  }
  for (let minute = from; minute < to; minute++) {
    const level = whole.levels[minute] ?? off;
    if (level < 0) continue;
    into.minutes++;
    into.sum += level;
    if (level < into.low) into.low = level;
    if (level > into.high) into.high = level;
  }
}

function levelsOn({ seed, load, utcOffsetHours, track }: Quantity, day: number) {
  return dayLevels(load, utcOffsetHours, day, mix(seed, day))[track];
}

const quarters = [1, -3, 3, -1] as const;

/** What the four quarters of a minute have, whose mean is the minute's percentage: `quarter` is 0 to 3. */
export function quarterOf(percent: number, quarter: number): number {
  return percent + (Math.min(percent, 100 - percent) * (quarters[quarter] ?? 0)) / 32;
}

/** The least and the greatest of {@link quarterOf}; both rise with the percentage. */
export function leastQuarter(percent: number): number {
  return quarterOf(percent, 1);
}

/** See {@link leastQuarter}. */
export function greatestQuarter(percent: number): number {
  return quarterOf(percent, 2);
}
