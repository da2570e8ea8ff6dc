import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAt, dayCount, daysOf, isoOf, lastDays, rangesOf, startOf } from './window.ts';

const at = (iso: string) => Date.parse(iso);

describe('lastDays', () => {
  it.each([
    { name: 'leaves the running day out', now: '2026-11-22T12:00:00Z', last: '2026-11-21T00:00:00Z' },
    { name: 'waits until yesterday has settled', now: '2026-11-22T00:14:59Z', last: '2026-11-20T00:00:00Z' },
    { name: 'takes yesterday once it has', now: '2026-11-22T00:15:00Z', last: '2026-11-21T00:00:00Z' },
  ])('$name', ({ now, last }) => {
    const { from, to } = lastDays(14, at(now));
    expect(isoOf(to - 1)).toBe(last);
    expect(to - from).toBe(14);
  });
});

it('tells the day that an instant lies in', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      const day = dayAt(seconds);
      expect(startOf(day)).toBeLessThanOrEqual(seconds);
      expect(startOf(day + 1)).toBeGreaterThan(seconds);
    }),
  );
});

it('makes ranges that hold exactly the given days', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 60 })), (days) => {
      const ranges = rangesOf(days);
      expect(ranges.flatMap((range) => [...daysOf(range)])).toEqual(days.toSorted((a, b) => a - b));
      for (const [n, range] of ranges.entries()) {
        expect(dayCount(range)).toBeGreaterThan(0);
        expect(range.from).toBeGreaterThan(ranges[n - 1]?.to ?? -1);
      }
    }),
  );
});
