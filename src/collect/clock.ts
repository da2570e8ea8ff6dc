import { setTimeout as wait } from 'node:timers/promises';

/** Time and chance, handed in so that tests decide both. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves early, by throwing, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 to 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
  random: Math.random,
};
