import { mix, mixFast } from './hash.ts';
import { off, type Shape, slotsPerWeek, weekIndexOf } from './shapes.ts';

/** One physical quantity of one server, ready to be computed for any five minutes since 1970. */
export interface Channel {
  /** The server's: its quantities rise and fall together. */
  readonly seed: number;
  /** The quantity's own. */
  readonly salt: number;
  readonly shape: Shape;
  readonly utcOffsetHours: number;
  /** Value at rest and what full load adds: percent, or a count per five minutes. */
  readonly floor: number;
  readonly span: number;
  readonly cap: number;
  /** Of 65,536 samples, how many spike. */
  readonly spikes: number;
  /** Values are multiples of one over it, a power of two: sums in any order are then exact. */
  readonly stepsPerUnit: number;
  /** Values below it are rounded to whole numbers, as Nitro does with tiny CPU loads. */
  readonly wholeBelow: number;
  /** Bytes of one operation (doubled in some samples), or 0 where the count itself is wanted. */
  readonly unitBytes: number;
  /** One step, times the part of the server's operations that one volume takes: 1, 1/4 or 3/4. */
  readonly shareOfStep: number;
  /** How far the five minutes of a sample differ: 0 to 1 for a percentage; amounts are dealt out instead. */
  readonly kind: 'amount' | 'percent' | 'calm-percent';
}

/** Five-minute amounts are dealt to five minutes in sixteenths, after one of 64 (two to the sixth) patterns. */
const patternCount = 64;
const deals = makeDeals();
const largestDeal = Float64Array.from({ length: patternCount }, (_, p) =>
  Math.max(...deals.subarray(p * 5, p * 5 + 5)),
);
const smallestDeal = Float64Array.from({ length: patternCount }, (_, p) =>
  Math.min(...deals.subarray(p * 5, p * 5 + 5)),
);

/** Each minute gets two sixteenths, and six more fall where they may, at most four on one minute. */
function makeDeals(): Float64Array {
  const dealt = new Float64Array(patternCount * 5).fill(2);
  for (let pattern = 0; pattern < patternCount; pattern++) {
    for (let given = 0, roll = 0; given < 6; roll++) {
      const at = pattern * 5 + (mix(pattern, roll) % 5);
      const now = dealt[at] ?? 0;
      if (now < 6) {
        dealt[at] = now + 1;
        given++;
      }
    }
  }
  return dealt;
}

/**
 * Computes the values of the `count` slots from `from` on into the beginning of `into`; {@link off} where there is none.
 * This is the hot loop of the simulation: it keeps to local numbers, and the loops over its output are separate.
 */
export function fillValues(channel: Channel, from: number, count: number, into: Float64Array): void {
  const { seed, salt, shape, floor, span, cap, spikes, wholeBelow, stepsPerUnit, shareOfStep, unitBytes } = channel;
  let weekIndex = weekIndexOf(from, channel.utcOffsetHours);
  for (let i = 0; i < count; i++) {
    const level = shape[weekIndex] ?? off;
    if (++weekIndex === slotsPerWeek) weekIndex = 0;
    if (level < 0) {
      into[i] = off;
      continue;
    }
    const shared = mixFast(seed, from + i);
    const own = Math.imul(shared ^ salt, 0x85ebca6b) >>> 0;
    let value = (floor + span * level) * (0.62 + (shared >>> 16) * 8.4e-6 + (own >>> 20) * 6e-5);
    if ((own & 0xffff) < spikes) value = value * 1.5 + span * 0.5;
    if (value > cap) value = cap;
    if (value < wholeBelow) value = Math.round(value);
    value = Math.floor(value * stepsPerUnit) * shareOfStep;
    into[i] = unitBytes === 0 ? value : value * operationBytes(channel, from + i);
  }
}

/** Bytes of each operation in a slot. */
export function operationBytes(channel: Channel, slot: number): number {
  return channel.unitBytes << ((Math.imul(slot, channel.salt | 1) >>> 19) & 1);
}

/** Which of the patterns deals out a slot's value. All quantities of a server share it. */
export function patternAt(channel: Channel, slot: number): number {
  return Math.imul(slot ^ channel.seed, 0x9e3779b1) >>> 26;
}

/** The largest and the smallest sixteenths that a pattern deals. */
export function largestOf(pattern: number): number {
  return largestDeal[pattern] ?? 0;
}

/** See {@link largestOf}. */
export function smallestOf(pattern: number): number {
  return smallestDeal[pattern] ?? 0;
}

/** The one-minute sample number `part`, 0 to 4, of a slot's value. */
export function minuteAt(channel: Channel, slot: number, value: number, part: number): number {
  return minuteValue(channel.kind, value, deals[patternAt(channel, slot) * 5 + part] ?? 0);
}

/** What a minute with so many sixteenths gets of a value: its part of an amount, its own height of a percentage. */
export function minuteValue(kind: Channel['kind'], value: number, deal: number): number {
  if (kind === 'amount') return (value * deal) / 16;
  const room = (value < 50 ? value : 100 - value) * (kind === 'percent' ? 1 / 16 : 1 / 256);
  return value + room * (deal * 5 - 16);
}

/** The value of one slot, or {@link off}. */
export function valueAt(channel: Channel, slot: number): number {
  fillValues(channel, slot, 1, oneValue);
  return oneValue[0] ?? off;
}

const oneValue = new Float64Array(1);

/** Calls `each` with every slot in `[from, to)` (slot numbers) in which the quantity exists. */
export function forEachSlot(
  channel: Channel,
  from: number,
  to: number,
  each: (value: number, slot: number) => void,
): void {
  const values = new Float64Array(Math.max(0, to - from));
  fillValues(channel, from, values.length, values);
  for (const [i, value] of values.entries()) if (value >= 0) each(value, from + i);
}
