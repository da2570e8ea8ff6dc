import { largestOf, minuteAt, minuteValue, patternAt, smallestOf } from '../fleet/channel.ts';
import { type Aligner, interpolates } from './aggregation.ts';
import { bridgeGaps, type Column, emptyColumn, type Grid, gridStart } from './grid.ts';
import { fillSlots, type Signal } from './signal.ts';
import { Tally } from './tally.ts';

/** The minutes `[from, to)` since 1970 whose samples can be seen: not yet forgotten, and already published. */
export interface Visible {
  readonly from: number;
  readonly to: number;
}

const minutesPerSlot = 5;

/**
 * Five-minute values of one signal, or of several added up, over the minutes `[from, to)`. A sample of the minute `m` is
 * known by the minute's end.
 */
interface Slots {
  /** Says how values part into minutes, and how they become what is published. */
  readonly signal: Signal;
  readonly first: number;
  /** Valid until the next call of {@link readSlots}; negative where there is no sample. */
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
}

/**
 * Whether signals may be added up before they part into minutes: amounts of one host, which all part alike. Any one alone
 * may.
 */
export function canAdd(signals: readonly Signal[]): boolean {
  const [first, ...others] = signals;
  if (first === undefined) return false;
  const plain = ({ channel, scale, offset }: Signal) => channel.kind === 'amount' && scale === 1 && offset === 0;
  const sameHost = ({ channel, runs }: Signal) => channel.seed === first.channel.seed && runs === first.runs;
  return others.length === 0 || (plain(first) && others.every((other) => plain(other) && sameHost(other)));
}

let values = new Float64Array(0);
let addend = new Float64Array(0);

function readSlots(signals: readonly Signal[], grid: Grid, visible: Visible): Slots | undefined {
  const [signal, ...others] = signals;
  const from = Math.max(Math.floor(gridStart(grid) / 60), visible.from);
  const to = Math.min(Math.floor(grid.end / 60), visible.to);
  if (signal === undefined || from >= to) return undefined;
  const first = Math.floor(from / minutesPerSlot);
  const end = Math.ceil(to / minutesPerSlot);
  if (values.length < end - first) {
    values = new Float64Array(end - first);
    addend = new Float64Array(end - first);
  }
  fillSlots(signal, first, end, values);
  for (const other of others) {
    fillSlots(other, first, end, addend);
    for (let i = 0; i < end - first; i++) values[i] = (values[i] ?? 0) + (addend[i] ?? 0);
  }
  return { signal, first, values: values.subarray(0, end - first), from, to };
}

/** Aligns the sum of signals (see {@link canAdd}), straight from the generator. */
export function alignSignals(signals: readonly Signal[], aligner: Aligner, grid: Grid, visible: Visible): Column {
  const slots = readSlots(signals, grid, visible);
  if (slots === undefined) return emptyColumn(grid);
  const column = grid.period === 60 ? minuteColumn(slots, aligner, grid) : bucketColumn(slots, aligner, grid, 1);
  if (interpolates(aligner)) bridgeGaps(column);
  return column;
}

/**
 * Aligns twice, first by the minute and then into `grid`, without dealing out every minute.
 *
 * @returns undefined if the first aligner would bridge gaps, which only the long way does
 */
export function alignMinutes(
  signals: readonly Signal[],
  [first, second]: readonly [Aligner, Aligner],
  grid: Grid,
  visible: Visible,
): Column | undefined {
  const slots = readSlots(signals, grid, visible);
  if (slots === undefined) return emptyColumn(grid);
  if (interpolates(first) && hasGap(slots.values)) return undefined;
  const column = bucketColumn(slots, second, grid, first === 'ALIGN_RATE' ? 1 / 60 : 1);
  if (interpolates(second)) bridgeGaps(column);
  return column;
}

function hasGap(slotValues: Float64Array): boolean {
  const last = slotValues.findLastIndex((value) => value >= 0);
  for (let i = slotValues.findIndex((value) => value >= 0); i < last; i++) if ((slotValues[i] ?? 0) < 0) return true;
  return false;
}

/** Each bucket holds one minute. */
function minuteColumn({ signal, first, values: of, from, to }: Slots, aligner: Aligner, grid: Grid): Column {
  const column = emptyColumn(grid);
  const firstMinute = Math.floor(gridStart(grid) / 60);
  const { channel, scale, offset } = signal;
  const divisor = aligner === 'ALIGN_RATE' ? 60 : 1;
  for (let i = 0; i < of.length; i++) {
    const value = of[i] ?? -1;
    if (value < 0) continue;
    const start = (first + i) * minutesPerSlot;
    const last = Math.min(to - start, minutesPerSlot);
    for (let part = Math.max(0, from - start); part < last; part++) {
      const sample = offset + scale * minuteAt(channel, first + i, value, part);
      column[start + part - firstMinute] = aligner === 'ALIGN_COUNT' ? 1 : sample / divisor;
    }
  }
  return column;
}

/** @param factor what the first of two aligners multiplied the minutes by */
function bucketColumn(slots: Slots, aligner: Aligner, grid: Grid, factor: number): Column {
  const column = emptyColumn(grid);
  const { scale, offset } = slots.signal;
  const tally = new Tally();
  const start = gridStart(grid);
  for (let bucket = 0; bucket < grid.count; bucket++) {
    const from = Math.max(slots.from, Math.floor((start + bucket * grid.period) / 60));
    const to = Math.min(slots.to, Math.floor((start + (bucket + 1) * grid.period) / 60));
    if (from >= to) continue;
    tally.clear();
    addMinutes(tally, slots, from, to);
    column[bucket] = tally.result(aligner, grid.period, scale * factor, offset * factor);
  }
  return column;
}

/** Adds the minutes `[from, to)`: whole slots at once, and those that stand out at either end one by one. */
function addMinutes(tally: Tally, slots: Slots, from: number, to: number): void {
  if (from % minutesPerSlot === 0 && to % minutesPerSlot === 0) {
    addWhole(tally, slots, from / minutesPerSlot, to / minutesPerSlot);
    return;
  }
  const firstWhole = Math.ceil(from / minutesPerSlot);
  const endWhole = Math.max(firstWhole, Math.floor(to / minutesPerSlot));
  const headEnd = Math.min(to, firstWhole * minutesPerSlot);
  addOneByOne(tally, slots, from, headEnd);
  addWhole(tally, slots, firstWhole, endWhole);
  addOneByOne(tally, slots, Math.max(headEnd, endWhole * minutesPerSlot), to);
}

function addOneByOne(tally: Tally, { signal, first, values: of }: Slots, from: number, to: number): void {
  for (let minute = from; minute < to; minute++) {
    const slot = Math.floor(minute / minutesPerSlot);
    const value = of[slot - first] ?? -1;
    if (value >= 0) tally.add(minuteAt(signal.channel, slot, value, minute - slot * minutesPerSlot));
  }
}

/** The hot loop: it keeps to local numbers, and takes a slot's extremes from its pattern. */
function addWhole(tally: Tally, { signal: { channel }, first, values: of }: Slots, from: number, to: number): void {
  const { kind } = channel;
  const weight = kind === 'amount' ? 1 : minutesPerSlot;
  let { count, sum, minimum, maximum } = tally;
  for (let slot = from; slot < to; slot++) {
    const value = of[slot - first] ?? -1;
    if (value < 0) continue;
    const pattern = patternAt(channel, slot);
    const high = minuteValue(kind, value, largestOf(pattern));
    const low = minuteValue(kind, value, smallestOf(pattern));
    count += minutesPerSlot;
    sum += value * weight;
    if (high > maximum) maximum = high;
    if (low < minimum) minimum = low;
  }
  tally.count = count;
  tally.sum = sum;
  tally.minimum = minimum;
  tally.maximum = maximum;
}

/** Aligns what was aligned before; both grids end alike. */
export function alignColumn(column: Column, from: Grid, aligner: Aligner, to: Grid): Column {
  const aligned = emptyColumn(to);
  const tally = new Tally();
  let i = 0;
  for (let bucket = 0; bucket < to.count; bucket++) {
    const end = from.count - Math.ceil(((to.count - 1 - bucket) * to.period) / from.period);
    for (tally.clear(); i < end; i++) {
      const value = column[i] ?? Number.NaN;
      if (!Number.isNaN(value)) tally.add(value);
    }
    aligned[bucket] = tally.result(aligner, to.period);
  }
  if (interpolates(aligner)) bridgeGaps(aligned);
  return aligned;
}
