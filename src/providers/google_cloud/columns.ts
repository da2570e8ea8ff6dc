import { type DayRange, dayCount, daySeconds, startOf } from '#model/window.ts';

/** Values in buckets of equal length over a range of days, by resource; NaN where there is none. */
export class Columns {
  readonly bucketSeconds: number;
  /** Epoch seconds. */
  readonly start: number;
  readonly count: number;
  readonly #byId = new Map<string, Float64Array>();

  constructor(days: DayRange, bucketSeconds: number) {
    this.bucketSeconds = bucketSeconds;
    this.start = startOf(days.from);
    this.count = Math.round((dayCount(days) * daySeconds) / bucketSeconds);
  }

  /** Puts a value where it belongs; one outside the days was not asked for, and is left out. @param end of the bucket, epoch seconds */
  set(id: string, end: number, value: number): void {
    const at = Math.ceil((end - this.start) / this.bucketSeconds) - 1;
    if (at < 0 || at >= this.count) return;
    const column = this.#byId.get(id) ?? this.#add(id);
    column[at] = value;
  }

  ids(): Iterable<string> {
    return this.#byId.keys();
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  at(id: string, bucket: number): number {
    return this.#byId.get(id)?.[bucket] ?? Number.NaN;
  }

  /** Those of one day that there are. @param day counted from the first */
  ofDay(id: string, day: number): number[] {
    const perDay = daySeconds / this.bucketSeconds;
    const column = this.#byId.get(id);
    if (column === undefined) return [];
    return [...column.subarray(day * perDay, (day + 1) * perDay)].filter((value) => !Number.isNaN(value));
  }

  #add(id: string): Float64Array {
    const column = new Float64Array(this.count).fill(Number.NaN);
    this.#byId.set(id, column);
    return column;
  }
}
