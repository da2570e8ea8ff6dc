import { daySeconds } from '#model/window.ts';
import type { PlatformProvider } from './catalog/platform-provider.ts';

/** When a server was observed, point by point of a series of days. */
export interface ObservedTime {
  /** Of each day; a part of it where the server ran for a part, 0 where there is no data. */
  readonly seconds: readonly number[];
  /** Time between two samples of each day, which a rate depends on; undefined where it cannot be told. Seconds. */
  readonly distances: readonly (number | undefined)[];
}

/** How far a whole day's count may be from the ideal one: lost and doubled samples. */
const tolerance = 0.02;

/**
 * The platform's API gives no sample counts, but sum over average is one. From the counts follows how far apart samples are,
 * and how long the server ran, which is how much a day weighs.
 *
 * @param sums and `means` of the same metric, a day each
 * @returns undefined where the two do not go together
 */
export function observedTime(
  sums: readonly number[],
  means: readonly number[],
  { sampleDistances, nullIsZero }: PlatformProvider,
): ObservedTime | undefined {
  if (sums.length === 0 || sums.length !== means.length) return undefined;
  const counts = sums.map((sum, at) => countOf(sum, means[at] ?? Number.NaN, nullIsZero));
  const [longest = daySeconds, shortest = longest] = sampleDistances;
  const distances = longest === shortest ? counts.map(() => longest) : tellDistances(counts, longest, shortest);
  const seconds = counts.map((count, at) => {
    if (count === undefined) return daySeconds;
    const distance = distances[at] ?? shortest;
    return isWholeDay(count, distance) ? daySeconds : Math.min(daySeconds, count * distance);
  });
  return { seconds, distances };
}

/** 0 without data; undefined where nothing moved, so that it cannot be told. */
function countOf(sum: number, mean: number, nullIsZero: boolean): number | undefined {
  if (Number.isNaN(sum) || Number.isNaN(mean)) return 0;
  if (mean === 0) return nullIsZero ? 0 : undefined;
  return Math.round(sum / mean);
}

/**
 * A whole day tells its distance by itself. A part of a day is decided by the whole ones around it, if those agree; a count that
 * only the shorter distance can have, between days of the longer, is of a day on which it was switched.
 */
function tellDistances(
  counts: readonly (number | undefined)[],
  longest: number,
  shortest: number,
): readonly (number | undefined)[] {
  const whole = counts.map((count) => [longest, shortest].find((distance) => isWholeDay(count ?? 0, distance)));
  const isAbove = (count = 0) => count * longest > daySeconds * (1 + tolerance);
  if (whole.every((distance) => distance === undefined)) {
    // Never a whole day: five times the samples of other days are the same hours, sampled more often.
    const above = counts.filter(isAbove);
    const factor = longest / shortest;
    const isFifth = (count = 0) => above.some((other = 0) => Math.abs(other / (count * factor) - 1) < 0.1);
    return counts.map((count) => (isAbove(count) || (above.length > 0 && !isFifth(count)) ? shortest : longest));
  }
  return counts.map((count, at) => {
    const own = whole[at];
    if (own !== undefined) return own;
    const before = whole.slice(0, at).findLast((distance) => distance !== undefined);
    const after = whole.slice(at + 1).find((distance) => distance !== undefined);
    const agreed = before === undefined || after === undefined || before === after ? (before ?? after) : undefined;
    return isAbove(count) && agreed === longest ? undefined : agreed;
  });
}

function isWholeDay(count: number, distance: number): boolean {
  return Math.abs(count * distance - daySeconds) <= daySeconds * tolerance;
}
