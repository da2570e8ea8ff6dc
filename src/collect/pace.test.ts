import { expect, it } from 'vitest';
import { LocalPace } from './pace.ts';

const never = new AbortController().signal;
const limit = { perSecond: 10, timeoutMs: 1000 };

/** A clock that the test sets, and that sleeps by moving on. */
function settableClock() {
  let time = Date.parse('2026-11-22T12:00:00Z');
  return {
    now: () => time,
    sleep: async (ms: number) => {
      time += ms;
    },
    random: () => 0.5,
    set: (by: number) => {
      time += by;
    },
  };
}

it.each([
  { name: 'an hour ahead', by: 3_600_000 },
  { name: 'an hour back', by: -3_600_000 },
])('keeps to its rate where the clock is set $name', async ({ by }) => {
  const clock = settableClock();
  const pace = new LocalPace(limit, clock);
  for (let call = 0; call < 50; call++) await pace.take(0, never);
  clock.set(by);
  const begun = clock.now();
  for (let call = 0; call < 50; call++) await pace.take(0, never);
  const seconds = (clock.now() - begun) / 1000;
  expect(seconds).toBeLessThan(5.5);
  expect(seconds).toBeGreaterThan(4.5);
});
