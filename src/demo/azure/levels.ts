import { mix, mixFast } from '../fleet/hash.ts';
import { loads } from '../fleet/loads.ts';
import { off, shapes, slotsPerDay, slotsPerWeek, weekIndexOf } from '../fleet/shapes.ts';

/** The loads that resources carry. */
export type LoadName = keyof typeof loads;

/** A level is a whole number from 0 to it: sums of levels in any order are exact. */
export const fullLevel = 256;

export const minutesPerDay = 1440;

/** A rhythm's levels, or the part of them that one of two devices takes: `first` and `second` add up to `whole`. */
export type Track = 'whole' | 'first' | 'second';

/** The levels of the minutes of one UTC day, and what they come to. */
export interface DayLevels {
  /** Level of each minute, or {@link off} where the resource does not run. */
  readonly levels: Int16Array;
  /** How many minutes have a level. */
  readonly minutes: number;
  readonly sum: number;
  /** The least and the greatest level; Infinity and -Infinity on a day without any. */
  readonly low: number;
  readonly high: number;
}

/** Days of one rhythm and weekday that differ by chance only. */
const variantCount = 16;
const epochMondayDay = 4;
const loadNumbers: Readonly<Record<LoadName, number>> = { idle: 0, web: 1, batch: 2, hot: 3, replica: 4, dev: 5 };
const days = new Map<number, Readonly<Record<Track, DayLevels>>>();

/**
 * The levels of one day. There are only {@link variantCount} different days of a load, local time and weekday, so that what
 * a day comes to is computed once and a fortnight of any resource is fourteen additions.
 *
 * @param day UTC days since 1970
 * @param chance any 32-bit integer: decides which of the days this is
 */
export function dayLevels(
  load: LoadName,
  utcOffsetHours: number,
  day: number,
  chance: number,
): Readonly<Record<Track, DayLevels>> {
  const weekday = (day - epochMondayDay) % 7;
  const variant = chance % variantCount;
  const key = ((loadNumbers[load] * 32 + utcOffsetHours + 16) * 7 + weekday) * variantCount + variant;
  const known = days.get(key);
  if (known !== undefined) return known;
  const made = makeDay(load, utcOffsetHours, weekday, mix(key, 0x1e7e1));
  days.set(key, made);
  return made;
}

function makeDay(load: LoadName, utcOffsetHours: number, weekday: number, seed: number) {
  const { shape, spikes } = loads[load];
  const firstSlot = weekIndexOf((epochMondayDay + weekday) * slotsPerDay, utcOffsetHours);
  const whole = new Int16Array(minutesPerDay);
  const first = new Int16Array(minutesPerDay);
  const second = new Int16Array(minutesPerDay);
  for (let minute = 0; minute < minutesPerDay; minute++) {
    const slot = Math.floor(minute / 5);
    const height = shapes[shape][(firstSlot + slot) % slotsPerWeek] ?? off;
    const noise = mixFast(seed, minute);
    const level = height < 0 ? off : levelOf(height, mixFast(seed, 0x10000 + slot), noise, spikes);
    const part = Math.floor((level * (64 + (noise & 127))) / 256);
    whole[minute] = level;
    first[minute] = level < 0 ? off : part;
    second[minute] = level < 0 ? off : level - part;
  }
  return { whole: summarise(whole), first: summarise(first), second: summarise(second) };
}

/** Neighbouring minutes share most of their chance; a spike is higher than all that is no spike. */
function levelOf(height: number, slotNoise: number, noise: number, spikes: number): number {
  if ((noise >>> 16) / 0x10000 < spikes) return fullLevel - ((noise >>> 8) & 15);
  const scatter = 0.55 + (slotNoise >>> 16) * 4.2e-6 + (noise >>> 20) * 2.4e-5;
  return Math.floor(height * scatter * (fullLevel - 16));
}

function summarise(levels: Int16Array): DayLevels {
  let [minutes, sum, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const level of levels) {
    if (level < 0) continue;
    minutes++;
    sum += level;
    if (level < low) low = level;
    if (level > high) high = level;
  }
  return { levels, minutes, sum, low, high };
}
