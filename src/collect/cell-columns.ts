import type { DayCell, Days } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import type { Sketch } from '#model/sketch.ts';
import type { Day } from '#model/window.ts';

/** Of a cell: day, sum, seconds, max, min, events, whether the maximum is a bound. What is absent is NaN. */
const width = 7;
const rowsPerChunk = 2 ** 14;

/** Cells of one resource and key: rows of the columns, and the sketches of those that have one. */
interface Run {
  readonly key: MetricKey;
  readonly from: number;
  readonly to: number;
  readonly sketches: readonly (PackedSketch | undefined)[] | undefined;
}

/**
 * The day cells of many resources as columns of numbers: a tenth of the memory of as many objects, and nothing for the
 * garbage collector to look through.
 */
export class CellColumns {
  /** Whole ones, so that nothing is copied as they grow, and little is held that is not used. */
  readonly #chunks: Float64Array[] = [];
  #rows = 0;
  readonly #runs = new Map<string, Run[]>();

  /** A day of a key that comes again replaces what was there. */
  add(resourceId: string, key: MetricKey, cells: ReadonlyMap<Day, DayCell>): void {
    const from = this.#rows;
    let sketches: (PackedSketch | undefined)[] | undefined;
    for (const [day, cell] of cells) {
      this.#write(day, cell);
      if (cell.sketch === undefined && sketches === undefined) continue;
      sketches ??= Array(this.#rows - 1 - from).fill(undefined);
      sketches.push(cell.sketch && packSketch(cell.sketch));
    }
    const run: Run = { key, from, to: this.#rows, sketches };
    const runs = this.#runs.get(resourceId);
    if (runs === undefined) this.#runs.set(resourceId, [run]);
    else runs.push(run);
  }

  /** What there is of a resource. Its cells are made anew each time that they are asked for. */
  daysOf(resourceId: string): Days {
    const runs = this.#runs.get(resourceId);
    return runs === undefined ? noDays : new LazyDays(() => this.#read(runs));
  }

  #write(day: Day, { sum, seconds, max, min, events, maxIsUpperBound }: DayCell): void {
    if (this.#rows % rowsPerChunk === 0) this.#chunks.push(new Float64Array(rowsPerChunk * width));
    const row = this.#row(this.#rows);
    row[0] = day;
    row[1] = sum;
    row[2] = seconds;
    row[3] = max;
    row[4] = min ?? Number.NaN;
    row[5] = events ?? Number.NaN;
    row[6] = maxIsUpperBound ? 1 : 0;
    this.#rows++;
  }

  #read(runs: readonly Run[]): Days {
    const days = new Map<Day, Map<MetricKey, DayCell>>();
    for (const { key, from, to, sketches } of runs) {
      for (let row = from; row < to; row++) {
        const numbers = this.#row(row);
        const [day = 0] = numbers;
        const cells = days.get(day);
        const cell = cellOf(numbers, sketches?.[row - from]);
        if (cells === undefined) days.set(day, new Map([[key, cell]]));
        else cells.set(key, cell);
      }
    }
    return days;
  }

  #row(row: number): Float64Array {
    const at = (row % rowsPerChunk) * width;
    return this.#chunks[Math.floor(row / rowsPerChunk)]?.subarray(at, at + width) ?? noNumbers;
  }
}

function cellOf(numbers: Float64Array, sketch: PackedSketch | undefined): DayCell {
  const [, sum = 0, seconds = 0, max = 0, min = Number.NaN, events = Number.NaN, bound = 0] = numbers;
  return {
    sum,
    seconds,
    max,
    ...(Number.isNaN(events) ? {} : { events }),
    ...(Number.isNaN(min) ? {} : { min }),
    ...(sketch === undefined ? {} : { sketch: unpackSketch(sketch) }),
    ...(bound === 1 ? { maxIsUpperBound: true } : {}),
  };
}

/** Days that are made when they are looked at, and not kept. */
class LazyDays implements Days {
  readonly #make: () => Days;

  constructor(make: () => Days) {
    this.#make = make;
  }

  get size(): number {
    return this.#make().size;
  }
  get(day: Day): ReadonlyMap<MetricKey, DayCell> | undefined {
    return this.#make().get(day);
  }
  has(day: Day): boolean {
    return this.#make().has(day);
  }
  keys(): MapIterator<Day> {
    return this.#make().keys();
  }
  values(): MapIterator<ReadonlyMap<MetricKey, DayCell>> {
    return this.#make().values();
  }
  entries(): MapIterator<[Day, ReadonlyMap<MetricKey, DayCell>]> {
    return this.#make().entries();
  }
  forEach(visit: (cells: ReadonlyMap<MetricKey, DayCell>, day: Day, days: Days) => void): void {
    this.#make().forEach(visit);
  }
  [Symbol.iterator](): MapIterator<[Day, ReadonlyMap<MetricKey, DayCell>]> {
    return this.entries();
  }
}

/** `zeros`, then bucket and count in turn. */
type PackedSketch = Float64Array;

function packSketch({ zeros, buckets }: Sketch): PackedSketch {
  const packed = new Float64Array(1 + 2 * buckets.size);
  packed[0] = zeros;
  let at = 1;
  for (const [bucket, count] of buckets) {
    packed[at++] = bucket;
    packed[at++] = count;
  }
  return packed;
}

function unpackSketch(packed: PackedSketch): Sketch {
  const buckets = new Map<number, number>();
  for (let at = 1; at < packed.length; at += 2) buckets.set(packed[at] ?? 0, packed[at + 1] ?? 0);
  return { zeros: packed[0] ?? 0, buckets };
}

const noDays: Days = new Map();
const noNumbers = new Float64Array(0);
