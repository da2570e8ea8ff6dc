import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignWindow, parseWindow, periodOf } from './window.ts';

const at = (text: string) => Date.parse(text) / 1000;
const hours = (count: number) => ({ start: 0, end: count * 3600 });

describe('a window', () => {
  it.each([
    { name: 'in UTC', text: '2026-11-22T10:00:00.500Z', want: '2026-11-22T10:00:00.500Z' },
    { name: 'without a zone', text: '2026-11-22T10:00:00', want: '2026-11-22T10:00:00Z' },
    { name: 'with a blank', text: '2026-11-22 10:00:00', want: '2026-11-22T10:00:00Z' },
    { name: 'in another zone', text: '2026-11-22T19:00:00+09:00', want: '2026-11-22T10:00:00Z' },
    { name: 'in another zone, without a colon', text: '2026-11-22T19:00:00+0900', want: '2026-11-22T10:00:00Z' },
    { name: 'by a day', text: '2026-11-22', want: '2026-11-22T00:00:00Z' },
  ])('$name', ({ text, want }) => {
    expect(parseWindow(text, '2030-01-01T00:00:00Z').start).toBe(at(want));
  });

  it.each([
    { name: 'no time', start: 'yesterday', end: '2026-11-22', where: 'start' },
    { name: 'a day that is none', start: '2026-11-22', end: '2026-13-45', where: 'end' },
    { name: 'nothing in it', start: '2026-11-22', end: '2026-11-22', where: 'end' },
  ])('is refused: $name', ({ start, end, where }) => {
    expect(() => parseWindow(start, end)).toThrow(expect.objectContaining({ code: 'invalid_input', where }));
  });

  it('becomes whole minutes, and begins where its age has points', () => {
    const window = { start: at('2026-11-22T10:02:30.5Z'), end: at('2026-11-22T11:02:30.5Z') };
    expect(alignWindow(window, 60)).toEqual({ start: at('2026-11-22T10:02Z'), end: at('2026-11-22T11:03Z') });
    expect(alignWindow(window, 300)).toEqual({ start: at('2026-11-22T10:00Z'), end: at('2026-11-22T11:03Z') });
  });
});

describe('a period', () => {
  it.each([
    { of: 1, want: 60 },
    { of: 1.0002, want: 60 },
    { of: 1.001, want: 600 },
    { of: 6, want: 600 },
    { of: 12, want: 1200 },
    { of: 24, want: 1800 },
    { of: 72, want: 3600 },
    { of: 168, want: 10_800 },
    { of: 336, want: 21_600 },
    { of: 337, want: 86_400 },
  ])('that is usual for $of hours is $want seconds', ({ of, want }) => {
    expect(periodOf(0, hours(of), 60)).toBe(want);
  });

  it('that is usual fits what is kept, and a chart', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 336 * 60 }), fc.constantFrom(60, 300, 3600), (minutes, finestSeconds) => {
        const period = periodOf(0, { start: 0, end: minutes * 60 }, finestSeconds);
        expect(period % finestSeconds).toBe(0);
        expect((minutes * 60) / period).toBeLessThanOrEqual(72);
      }),
      { seed: 1 },
    );
  });

  it.each([
    { name: 'finer than what is kept', period: 60, says: 'multiple of 300' },
    { name: 'no multiple of what is kept', period: 400, says: 'multiple of 300' },
  ])('is refused: $name', ({ period, says }) => {
    const ask = () => periodOf(period, hours(1), 300);
    expect(ask).toThrow(expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }));
  });

  it.each([300, 86_400, 90_000, 14 * 86_400])('of %i is taken as it is', (period) => {
    expect(periodOf(period, hours(1), 300)).toBe(period);
  });
});
