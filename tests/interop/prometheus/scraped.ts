import type { Course } from './course.ts';

/** When a server ran and was scraped; epoch seconds. */
export interface Timeline {
  /** When the server was first seen; it had been up for long. */
  readonly from: number;
  readonly every: number;
  readonly scrapes: readonly Scrape[];
}

export interface Scrape {
  readonly time: number;
  /** When the server had last been started: counters began anew then. */
  readonly startedAt: number;
}

export interface TimelineOptions {
  readonly from: number;
  readonly to: number;
  readonly every?: number;
  /** Seconds that scrapes are later than whole multiples of `every`. */
  readonly phase?: number;
  /** Stretches in which the server was off. */
  readonly off?: readonly (readonly [from: number, to: number])[];
  /** Stretches in which it ran, but nobody scraped it. */
  readonly unseen?: readonly (readonly [from: number, to: number])[];
}

export function timelineOf({ from, to, every = 60, phase = 0, off = [], unseen = [] }: TimelineOptions): Timeline {
  const scrapes: Scrape[] = [];
  for (let time = Math.ceil(from / every) * every + phase; time <= to; time += every) {
    if ([...off, ...unseen].some(([begin, end]) => time >= begin && time < end)) continue;
    const starts = off.map(([, end]) => end).filter((end) => end <= time);
    scrapes.push({ time, startedAt: Math.max(from, ...starts) });
  }
  return { from, every, scrapes };
}

export type LabelSet = Readonly<Record<string, string>>;

/** One series as it lies in the store. */
export interface StoredSeries {
  readonly metric: string;
  readonly labels: LabelSet;
  readonly timeline: Timeline;
  readonly valueAt: (scrape: Scrape) => number;
}

/** What a counter shows: all since the last start; at the beginning of the course the server has been up for a month. */
export function counter(course: Course, from: number): StoredSeries['valueAt'] {
  const month = course.total(from + 30 * 86_400);
  return ({ time, startedAt }) => course.total(time) - course.total(startedAt) + (startedAt === from ? month : 0);
}

export function gauge(course: Course): StoredSeries['valueAt'] {
  return ({ time }) => course.at(time);
}

export function always(value: number): StoredSeries['valueAt'] {
  return () => value;
}
