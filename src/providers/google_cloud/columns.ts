import { type DayRange, dayCount, daySeconds, startOf } from '#model/window.ts';

/** Which row of columns is whose: shared by the columns of one reading, whose series are the same. */
export class Rows {
  readonly #byId = new Map<string, number>();
  readonly #wanted: ReadonlySet<string> | undefined;

  /** @param wanted ids that may have a row; all where absent */
  constructor(wanted?: ReadonlySet<string>) {
    this.#wanted = wanted;
  }

  find(id: string): number | undefined {
    return this.#byId.get(id);
  }

  findOrAdd(id: string): number | undefined {
    const known = this.#byId.get(id);
    if (known !== undefined || this.#wanted?.has(id) === false) return known;
    const row = this.#byId.size;
    this.#byId.set(id, row);
    return row;
  }

  get size(): number {
    return this.#byId.size;
  }

  ids(): Iterable<string> {
    return this.#byId.keys();
  }
}

/** Values in buckets of equal length over a range of days, by resource; NaN where there is none. */
export class Columns {
  readonly bucketSeconds: number;
  /** Epoch seconds. */
  readonly start: number;
  readonly count: number;
  readonly rows: Rows;
  #values: Float64Array;

  /** @param expected so many rows at least, with those that are known already */
  constructor(days: DayRange, bucketSeconds: number, rows = new Rows(), expected = 0) {
    this.bucketSeconds = bucketSeconds;
    this.start = startOf(days.from);
    this.count = Math.round((dayCount(days) * daySeconds) / bucketSeconds);
    this.rows = rows;
    this.#values = new Float64Array(Math.max(rows.size, expected) * this.count).fill(Number.NaN);
  }

  /** Puts a value where it belongs; one outside the days, or of whom nobody asked for, is left out. @param end of the bucket, epoch seconds */
  set(id: string, end: number, value: number): void {
    const at = Math.ceil((end - this.start) / this.bucketSeconds) - 1;
    if (at < 0 || at >= this.count) return;
    const row = this.rows.findOrAdd(id);
    if (row === undefined) return;
    if ((row + 1) * this.count > this.#values.length) this.#grow(row);
    this.#values[row * this.count + at] = value;
  }

  *ids(): Generator<string> {
    for (const id of this.rows.ids()) if (this.has(id)) yield id;
  }

  has(id: string): boolean {
    return this.#of(id).some((value) => !Number.isNaN(value));
  }

  at(id: string, bucket: number): number {
    const row = this.rows.find(id);
    return row === undefined ? Number.NaN : (this.#values[row * this.count + bucket] ?? Number.NaN);
  }

  /** Those of one day that there are, what is at the same time added. @param day counted from the first */
  ofDay(ids: readonly string[], day: number): number[] {
    const perDay = daySeconds / this.bucketSeconds;
    const columns = ids.map((id) => this.#of(id).subarray(day * perDay, (day + 1) * perDay));
    const values: number[] = [];
    for (let at = 0; at < perDay; at++) {
      let sum = Number.NaN;
      for (const column of columns) {
        const value = column[at] ?? Number.NaN;
        if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value;
      }
      if (!Number.isNaN(sum)) values.push(sum);
    }
    return values;
  }

  #of(id: string): Float64Array {
    const row = this.rows.find(id);
    return row === undefined ? none : this.#values.subarray(row * this.count, (row + 1) * this.count);
  }

  #grow(row: number): void {
    const larger = new Float64Array(Math.max(16, 2 * row) * this.count).fill(Number.NaN);
    larger.set(this.#values);
    this.#values = larger;
  }
}

const none = new Float64Array(0);
