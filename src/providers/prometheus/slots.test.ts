import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrapeInterval, slotFor } from './slots.ts';

describe('a slot', () => {
  it.each([
    { scraped: 1, slot: 300 },
    { scraped: 15, slot: 300 },
    { scraped: 60, slot: 300 },
    { scraped: 45, slot: 900 },
    { scraped: 120, slot: 600 },
    { scraped: 300, slot: 1200 },
    { scraped: 7, slot: 300 },
  ])('of a server that is scraped every $scraped s has $slot s', ({ scraped, slot }) => {
    expect(slotFor(scraped)).toEqual({ seconds: slot, scrapeSeconds: scraped });
  });

  it('holds at least four scrapes, and tiles the day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), (scraped) => {
        const { seconds } = slotFor(scraped);
        expect(seconds).toBeGreaterThanOrEqual(4 * scraped);
        expect(86_400 % seconds).toBe(0);
      }),
    );
  });
});

describe('the interval of scrapes', () => {
  it.each([
    { perHour: 240, seconds: 15 },
    { perHour: 241, seconds: 15 },
    { perHour: 60, seconds: 60 },
    { perHour: 12, seconds: 300 },
    { perHour: 515, seconds: 7 },
  ])('is $seconds s where an hour has $perHour', ({ perHour, seconds }) => {
    expect(scrapeInterval(perHour)).toBe(seconds);
  });
});
