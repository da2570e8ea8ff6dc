import { type Day, dayAt, daySeconds } from '#model/window.ts';

/** EC2 sends a sample every five minutes, or every minute: always with detailed monitoring, at times without. */
const ec2Distances = [300, 60] as const;
export type SampleDistance = (typeof ec2Distances)[number];

/** Distances that agents are configured with, longest first. Seconds. */
const agentDistancesUsed = [300, 60, 30, 20, 15, 10, 5, 1];

/** How far a whole day's count may be from the ideal one: lost and doubled samples. */
const tolerance = 0.02;

/**
 * Tells from daily sample counts how far apart the samples of each day are, in seconds. It decides between a rate and five
 * times that rate, so where counts cannot tell, the day is left out and has to be read at a finer period.
 *
 * A count that fits a whole day to the sample tells by itself, unless the whole days on both sides are of the other kind.
 * Others, fewer or more (the server ran only in part, samples were lost or doubled), are told by the whole days on both sides,
 * if those agree, and the first and the last by the day beside it, if that is whole: five hours of one-minute samples count
 * nearly as much as a whole five-minute day.
 *
 * @param counts samples by day; days without samples absent
 */
export function sampleDistances(counts: ReadonlyMap<Day, number>): Map<Day, SampleDistance> {
  const days = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const proven = ec2Distances.filter((distance) => days.some(([, count]) => count * distance === daySeconds));
  const whole = days.map(([, count]) => proven.find((distance) => isWholeDay(count, distance)));
  const told = new Map<Day, SampleDistance>();
  days.forEach(([day, count], at) => {
    const own = whole[at];
    const before = whole.slice(0, at).findLast(isKnown);
    const after = whole.slice(at + 1).find(isKnown);
    const isExact = own !== undefined && count * own === daySeconds;
    const ends = at === 0 ? whole[1] : at === days.length - 1 ? whole[at - 1] : undefined;
    const like = before === after ? before : ends;
    const isAlone = own !== before && own !== after && before !== undefined && after !== undefined;
    const distance = isExact ? (isAlone ? undefined : own) : own === undefined || own === like ? like : undefined;
    if (distance !== undefined && count * distance <= daySeconds * (1 + tolerance)) told.set(day, distance);
  });
  return told;
}

function isWholeDay(count: number, distance: number): boolean {
  return Math.abs(count * distance - daySeconds) <= daySeconds * tolerance;
}

/**
 * The distance of an agent's samples on each day, in seconds: only the weight of the day and the coverage depend on it. A part
 * of a day is taken to be like the whole day before it, or else after it.
 *
 * @param counts samples by day
 * @param usual seconds; where no day is whole
 */
export function agentDistances(counts: ReadonlyMap<Day, number>, usual: number): Map<Day, number> {
  const days = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const whole = days.map(([, count]) => agentDistancesUsed.find((distance) => isWholeDay(count, distance)));
  return new Map(
    days.map(([day, count], at) => {
      const like = whole[at] ?? whole.slice(0, at).findLast(isKnown) ?? whole.slice(at + 1).find(isKnown) ?? usual;
      const fits = agentDistancesUsed.find(
        (distance) => distance <= like && count * distance <= daySeconds * (1 + tolerance),
      );
      return [day, fits ?? daySeconds / count];
    }),
  );
}

function isKnown<T>(distance: T | undefined): distance is T {
  return distance !== undefined;
}

/**
 * The distance of samples within each bucket of a fine period: one sample in five minutes is a five-minute sample, unless a
 * bucket beside it holds one-minute samples, whose first or last this then is.
 *
 * @param buckets samples by bucket start, in epoch seconds
 * @param period of the buckets, in seconds
 */
export function fineDistances(buckets: ReadonlyMap<number, number>, period: number): Map<number, SampleDistance> {
  const most = period / 300;
  const isDense = (start: number) => (buckets.get(start) ?? 0) > most;
  return new Map(
    [...buckets.keys()].map((start) => [
      start,
      isDense(start) || isDense(start - period) || isDense(start + period) ? 60 : 300,
    ]),
  );
}

/**
 * Tells the distance of a day's samples from hourly counts: an hour that a server ran through has 12 of them, or 60. Fewer
 * than 60 beside such an hour is a mixture, unless the server started or stopped in that hour: nothing is on its other side.
 *
 * @param hours samples by start of the hour, in epoch seconds, of one UTC day
 * @returns undefined for a mixture, and for runs too short to hold such hours
 */
export function distanceOfHours(hours: ReadonlyMap<number, number>): SampleDistance | undefined {
  const counts = [...hours.values()];
  if (counts.every((count) => count <= 12)) return counts.filter((count) => count === 12).length >= 2 ? 300 : undefined;
  const isPause = (start: number, from: number) => !hours.has(start) && dayAt(start) === dayAt(from);
  const isMixed = [...hours].some(
    ([start, count]) => count < 60 && !isPause(start - 3600, start) && !isPause(start + 3600, start),
  );
  return isMixed || !counts.includes(60) ? undefined : 60;
}

/**
 * Tells each five minutes of a mixed day apart, so that single samples need not be read: hours of twelve, hours of sixty, and
 * between them the hour of the change, whose count says after how many five-minute samples it came. The server has to have
 * run through all of these hours.
 *
 * @param hours samples by start of the hour, in epoch seconds, of one UTC day
 * @returns the distance by start of the five minutes; undefined where an hour fits nothing of this
 */
export function distancesInDay(hours: ReadonlyMap<number, number>): Map<number, SampleDistance> | undefined {
  const distances = new Map<number, SampleDistance>();
  for (const [start, count] of hours) {
    const before = hours.get(start - 3600);
    const after = hours.get(start + 3600);
    // x samples of five minutes and 5 × (12 − x) of one make 60 − 4x.
    const fives = (60 - count) / 4;
    const isWhole = count === 12 || count === 60;
    const isChange = (before === 12 && after === 60) || (before === 60 && after === 12);
    if (!Number.isInteger(fives) || fives < 0 || fives > 12 || !(isWhole || isChange)) return undefined;
    for (let at = 0; at < 12; at++) {
      const isFive = before === 60 && !isWhole ? at >= 12 - fives : at < fives;
      distances.set(start + at * 300, isFive ? 300 : 60);
    }
  }
  return distances;
}

/**
 * The distance of each sample, told by the next one: a sample's time is the beginning of the stretch that it covers. The last
 * one before a pause is like the one before it.
 *
 * @param times of samples, in epoch seconds, ascending
 * @param declared seconds; taken for a sample that stands alone
 */
export function samplesApart(times: readonly number[], declared: SampleDistance): SampleDistance[] {
  return times.map(
    (time, at) =>
      snap((times[at + 1] ?? Number.POSITIVE_INFINITY) - time) ??
      snap(time - (times[at - 1] ?? Number.NEGATIVE_INFINITY)) ??
      declared,
  );
}

/** Up to four minutes are minutes with some lost; much more than five is a pause. */
function snap(gap: number): SampleDistance | undefined {
  if (gap <= 240) return 60;
  return gap <= 360 ? 300 : undefined;
}
