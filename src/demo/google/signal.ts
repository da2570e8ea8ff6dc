import { type Channel, fillValues } from '../fleet/channel.ts';
import { off, slotSeconds } from '../fleet/shapes.ts';

/** What is sampled each minute: `scale × channel + offset`, while its host runs. */
export interface Signal {
  readonly channel: Channel;
  /** Starts and ends in turn, epoch seconds on the five-minute grid. */
  readonly runs: readonly number[];
  readonly scale: number;
  readonly offset: number;
}

/** A signal that is its channel, as it is. */
export function plainSignal(channel: Channel, runs: readonly number[], scale = 1, offset = 0): Signal {
  return { channel, runs, scale, offset };
}

/** Computes a channel's slots `[from, to)` into the beginning of `into`; {@link off} where there is none. */
export function fillSlots({ channel, runs }: Signal, from: number, to: number, into: Float64Array): void {
  into.fill(off, 0, to - from);
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const start = Math.max(from, (runs[i] ?? 0) / slotSeconds);
    const end = Math.min(to, (runs[i + 1] ?? 0) / slotSeconds);
    if (start < end) fillValues(channel, start, end - start, into.subarray(start - from));
  }
}

/** Whether its host runs at any moment of `[start, end)`, epoch seconds, as far as its runs tell. */
export function runsWithin(runs: readonly number[], start: number, end: number): boolean {
  for (let i = 0; i + 1 < runs.length; i += 2) {
    if ((runs[i] ?? 0) < end && (runs[i + 1] ?? 0) > start) return true;
  }
  return false;
}
