import type { Clock } from '#collect/clock.ts';

/** A clock that stands still until it is moved. */
export interface SteppedClock extends Clock {
  /** Lets run what can, moves on, wakes those whose time has come, and lets run what follows. */
  advance(ms: number): Promise<void>;
}

export function steppedClock(): SteppedClock {
  let time = Date.parse('2026-11-22T12:00:00Z');
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();
  return {
    now: () => time,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { due: time + ms, wake: resolve };
        sleepers.add(sleeper);
        const breakOff = () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        if (signal.aborted) breakOff();
        else signal.addEventListener('abort', breakOff, { once: true });
      }),
    async advance(ms) {
      await settled();
      time += ms;
      for (const sleeper of sleepers) {
        if (sleeper.due > time) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await settled();
    },
  };
}

/** Everything that waits for nothing outside has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
