import type { Clock } from './clock.ts';

/** A clock that sleeps by moving on at once. */
export interface ManualClock extends Clock {
  /** Every sleep asked for, in milliseconds. */
  readonly slept: number[];
}

export function manualClock(random = 0.5): ManualClock {
  let time = Date.parse('2026-11-22T12:00:00Z');
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      slept.push(ms);
      time += ms;
    },
    random: () => random,
  };
}
