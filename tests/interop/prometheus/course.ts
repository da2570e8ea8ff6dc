import { realSeries } from '../moto/real-series.ts';

export type RealName = Parameters<typeof realSeries>[0];

const rowSeconds = 300;

/**
 * A real CloudWatch series as the course of something: a row holds for five minutes from `start` on, the first row follows the
 * last one again.
 */
export interface Course {
  /** The row that holds at a time, in epoch seconds. */
  at(time: number): number;
  /** The integral of the course from `start` to a time: row × seconds. */
  total(time: number): number;
  /** Of what it is added up, where each has a counter of its own. */
  readonly parts?: readonly Course[];
}

/** @param skip rows to begin later with, so that one file gives several courses */
export function courseOf(name: RealName, start: number, skip = 0, factor = 1): Course {
  const rows = realSeries(name, 1, start * 1000).map(({ value }) => value * factor);
  const before = [0];
  for (const row of rows) before.push((before.at(-1) ?? 0) + row * rowSeconds);
  const all = before.at(-1) ?? 0;
  const rowAt = (index: number) => rows[index % rows.length] ?? Number.NaN;
  const upTo = (index: number) => Math.floor(index / rows.length) * all + (before[index % rows.length] ?? Number.NaN);
  const indexAt = (time: number) => skip + Math.floor((time - start) / rowSeconds);
  return {
    at: (time) => rowAt(indexAt(time)),
    total: (time) => {
      const index = indexAt(time);
      const within = time - start - (index - skip) * rowSeconds;
      return upTo(index) - upTo(skip) + rowAt(index) * within;
    },
  };
}

/** The course of what is added: two disks. */
export function together(...courses: readonly Course[]): Course {
  const sum = (of: (course: Course) => number) => courses.reduce((total, course) => total + of(course), 0);
  return {
    at: (time) => sum((course) => course.at(time)),
    total: (time) => sum((course) => course.total(time)),
    parts: courses,
  };
}

export function times(course: Course, factor: number): Course {
  return {
    at: (time) => course.at(time) * factor,
    total: (time) => course.total(time) * factor,
    ...(course.parts === undefined ? {} : { parts: course.parts.map((part) => times(part, factor)) }),
  };
}
