import type { DayCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import { type MetricKey, metricKeys } from '#model/metric.ts';
import type { Sketch } from '#model/sketch.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * The cells of one resource on one day as bytes: 1 byte version, then per key
 * `varint key number · flags · varint seconds · f64 sum · f64 max · [f64 min] · [sketch] · [f64 events]`.
 * An empty cell ends after its flags. A sketch is `varint zeros · varint buckets · (zigzag first | varint step) · varint count …`,
 * in ascending order of buckets.
 */
const version = 1;

const flag = { empty: 1, min: 2, sketch: 4, upperBound: 8, fractionalSeconds: 16, events: 32 } as const;
const allFlags = 63;

const numberOf: ReadonlyMap<MetricKey, number> = new Map(metricKeys.map((key, number) => [key, number]));

/** @throws CollectError `internal` where a sketch holds a number that is not a whole one */
export function encodeDay(cells: ReadonlyMap<MetricKey, DayCell>): Uint8Array {
  const writer = new ByteWriter();
  writer.byte(version);
  for (const [key, cell] of cells) {
    writer.varint(metricNumber(key));
    writeCell(writer, cell);
  }
  return writer.bytes();
}

/** @throws CollectError `store_failed` where the bytes are not what `encodeDay` wrote */
export function decodeDay(bytes: Uint8Array): Map<MetricKey, DayCell> {
  const reader = new ByteReader(bytes);
  const found = reader.byte();
  if (found !== version) throw new CollectError('store_failed', `a stored day has the unknown format ${found}`);
  const cells = new Map<MetricKey, DayCell>();
  while (!reader.atEnd) {
    const number = reader.varint();
    const key = metricKeys[number];
    if (key === undefined || cells.has(key)) {
      throw new CollectError('store_failed', `a stored day has an unknown or repeated metric: number ${number}`);
    }
    cells.set(key, readCell(reader));
  }
  return cells;
}

function metricNumber(key: MetricKey): number {
  const number = numberOf.get(key);
  if (number === undefined) throw new CollectError('internal', `${key} is no metric`);
  return number;
}

function writeCell(writer: ByteWriter, cell: DayCell): void {
  if (isEmpty(cell)) {
    writer.byte(flag.empty);
    return;
  }
  const wholeSeconds = Number.isSafeInteger(cell.seconds) && cell.seconds >= 0 && !Object.is(cell.seconds, -0);
  writer.byte(
    (cell.min === undefined ? 0 : flag.min) |
      (cell.sketch === undefined ? 0 : flag.sketch) |
      (cell.maxIsUpperBound === true ? flag.upperBound : 0) |
      (cell.events === undefined ? 0 : flag.events) |
      (wholeSeconds ? 0 : flag.fractionalSeconds),
  );
  if (wholeSeconds) writer.varint(cell.seconds);
  else writer.float64(cell.seconds);
  writer.float64(cell.sum);
  writer.float64(cell.max);
  if (cell.min !== undefined) writer.float64(cell.min);
  if (cell.sketch !== undefined) writeSketch(writer, cell.sketch);
  if (cell.events !== undefined) writer.float64(cell.events);
}

function readCell(reader: ByteReader): DayCell {
  const flags = reader.byte();
  if (flags === flag.empty) return { sum: 0, seconds: 0, max: 0 };
  if ((flags & flag.empty) !== 0 || flags > allFlags) {
    throw new CollectError('store_failed', `a stored day has unknown flags: ${flags}`);
  }
  const seconds = (flags & flag.fractionalSeconds) === 0 ? reader.varint() : reader.float64();
  const sum = reader.float64();
  const max = reader.float64();
  if (flags === 0) return { sum, seconds, max };
  return {
    sum,
    seconds,
    max,
    ...((flags & flag.min) === 0 ? {} : { min: reader.float64() }),
    ...((flags & flag.sketch) === 0 ? {} : { sketch: readSketch(reader) }),
    ...((flags & flag.upperBound) === 0 ? {} : { maxIsUpperBound: true }),
    ...((flags & flag.events) === 0 ? {} : { events: reader.float64() }),
  };
}

function writeSketch(writer: ByteWriter, { zeros, buckets }: Sketch): void {
  writer.varint(zeros);
  writer.varint(buckets.size);
  let previous: number | undefined;
  for (const bucket of sortedKeys(buckets)) {
    if (previous === undefined) writer.zigzag(bucket);
    else writer.varint(bucket - previous);
    writer.varint(buckets.get(bucket) ?? 0);
    previous = bucket;
  }
}

/** Ascending. Sketches that were read or merged from read ones mostly are already. */
function sortedKeys(buckets: Sketch['buckets']): number[] {
  const keys = [...buckets.keys()];
  const sorted = keys.every((key, index) => index === 0 || key > (keys[index - 1] ?? key));
  return sorted ? keys : keys.sort((a, b) => a - b);
}

function readSketch(reader: ByteReader): Sketch {
  const zeros = reader.varint();
  const length = reader.varint();
  const buckets = new Map<number, number>();
  let bucket = 0;
  for (let index = 0; index < length; index++) {
    const step = index === 0 ? reader.zigzag() : reader.varint();
    if (index > 0 && step === 0) throw new CollectError('store_failed', 'a stored sketch repeats a bucket');
    bucket += step;
    buckets.set(bucket, reader.varint());
  }
  return { zeros, buckets };
}

function isEmpty(cell: DayCell): boolean {
  return (
    Object.is(cell.sum, 0) &&
    Object.is(cell.seconds, 0) &&
    Object.is(cell.max, 0) &&
    cell.min === undefined &&
    cell.sketch === undefined &&
    cell.events === undefined &&
    cell.maxIsUpperBound !== true
  );
}
