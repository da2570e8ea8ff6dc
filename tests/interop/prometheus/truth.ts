import type { Course } from './course.ts';
import type { Scrape, Timeline } from './scraped.ts';

/** Half-open, epoch seconds, midnights UTC. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** What a record should say of one key: worked out from the rows of the file, with nothing of the product's. */
export interface Truth {
  readonly avg: Range;
  readonly max: Range;
  readonly min: Range;
  readonly p95: number;
  /** Seconds. */
  readonly observed: Range;
}

/** Two scrapes, and when the server had been started before. */
interface Pair {
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
}

/** Which part of the window can be told how well. */
interface Slots {
  /** Seen from end to end. */
  readonly whole: readonly Pair[];
  /** Those in which the server started or stopped, or was not scraped for a while: what was seen of them. */
  readonly parts: readonly (readonly Pair[])[];
}

/**
 * The truth of something that counters tell. A slot's amount is what was moved between the last scrape before it and the last
 * scrape in it. Slots that were seen from end to end are compared to all digits; of the others it is known what they can do.
 */
export function truthOfAmount(
  course: Course,
  timeline: Timeline,
  window: Window,
  slotSeconds: number,
): Truth | undefined {
  const { every } = timeline;
  const { whole, parts } = slotsOf(timeline, window, slotSeconds);
  const amount = ({ from, to }: Pair) => course.total(to) - course.total(from);
  const rate = (pair: Pair) => amount(pair) / (pair.to - pair.from);
  // Prometheus does not extrapolate a counter to before it was zero: what may be missing of a slot's amount.
  const missing = ({ from, to, startedAt }: Pair) => {
    if (startedAt === timeline.from) return 0;
    const young = (course.parts ?? [course]).map((part) => {
      const amount = part.total(to) - part.total(from);
      const before = part.total(from) - part.total(startedAt);
      return before < (amount * every) / slotSeconds ? amount : 0;
    });
    return (sum(young) * every) / (slotSeconds + every);
  };
  const leastRate = (pair: Pair) => (amount(pair) - missing(pair)) / (pair.to - pair.from);
  const pairs = [...whole, ...parts.flat()];
  const seconds = lengthOf(pairs);
  if (seconds === 0) return undefined;
  const avg = sum(pairs.map(amount)) / seconds;
  const slacks = parts.map((part) => {
    const unseen = slotSeconds - lengthOf(part);
    return (unseen + 1.5 * every) * Math.max(...part.map(rate)) + unseen * avg;
  });
  const slack = sum(slacks) / seconds;
  const highest = Math.max(...whole.map(rate));
  const lowest = Math.min(...whole.map(rate));
  return {
    avg: { least: avg - slack - sum(whole.map(missing)) / seconds, most: avg + slack },
    max: {
      least: Math.max(...whole.map(leastRate)),
      most: Math.max(highest, ...parts.flat().map(rate)),
    },
    min: {
      least: parts.length > 0 ? 0 : Math.min(...whole.map(leastRate)),
      most: lowest,
    },
    p95: nearestRank(whole.map(rate)),
    observed: { least: whole.length * slotSeconds, most: (whole.length + parts.length) * slotSeconds },
  };
}

/** The truth of a level: all samples count alike; in a slot that was seen in part they stand for the whole of it. */
export function truthOfLevel(
  levelAt: (scrape: Scrape) => number,
  timeline: Timeline,
  window: Window,
  slotSeconds: number,
): Truth | undefined {
  const inside = timeline.scrapes.filter(({ time }) => time > window.start && time <= window.end);
  if (inside.length === 0) return undefined;
  const values = inside.map(levelAt);
  const slots = [...Map.groupBy(inside, ({ time }) => Math.ceil(time / slotSeconds)).values()];
  const parts = slots.filter(
    (slot) => slot.length < slotSeconds / timeline.every || slot[0]?.startedAt !== slot.at(-1)?.startedAt,
  ).length;
  const avg = sum(values) / values.length;
  const slack = (parts * slotSeconds * (Math.max(...values) - Math.min(...values))) / (slots.length * slotSeconds);
  return {
    avg: around(avg, slack),
    max: around(Math.max(...values), 0),
    min: around(Math.min(...values), 0),
    p95: nearestRank(slots.map((slot) => sum(slot.map(levelAt)) / slot.length)),
    observed: { least: (slots.length - parts) * slotSeconds, most: slots.length * slotSeconds },
  };
}

function slotsOf({ scrapes, every }: Timeline, window: Window, slotSeconds: number): Slots {
  const whole: Pair[] = [];
  const parts: Pair[][] = [];
  const bySlot = Map.groupBy(scrapes, ({ time }) => Math.ceil(time / slotSeconds));
  for (let slot = window.start / slotSeconds + 1; slot <= window.end / slotSeconds; slot++) {
    const own = bySlot.get(slot) ?? [];
    const before = bySlot.get(slot - 1)?.at(-1);
    const chain = before === undefined ? own : [before, ...own];
    const pairs = chain.flatMap(({ time: from, startedAt }, at): Pair[] => {
      const next = chain[at + 1];
      const isNext = next !== undefined && next.time - from === every && next.startedAt === startedAt;
      return isNext ? [{ from, to: next.time, startedAt }] : [];
    });
    const [first, last] = [pairs[0], pairs.at(-1)];
    if (first === undefined || last === undefined) continue;
    if (pairs.length === slotSeconds / every) whole.push({ ...first, to: last.to });
    else parts.push(pairs);
  }
  return { whole, parts };
}

function lengthOf(pairs: readonly Pair[]): number {
  return sum(pairs.map(({ from, to }) => to - from));
}

function around(value: number, slack: number): Range {
  return { least: value - slack, most: value + slack };
}

function nearestRank(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
