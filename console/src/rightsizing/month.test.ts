import { describe, expect, it } from 'vitest';
import { formatChange, perMonth, pricesReadOn } from './month.ts';

describe('what a month saves', () => {
  it.each([
    { name: 'a look-back of a month', usd: 74, days: 365 / 12, month: 74 },
    { name: 'of two weeks', usd: 14, days: 14, month: 365 / 12 },
    { name: 'what costs more', usd: -7, days: 7, month: -365 / 12 },
  ])('$name', ({ usd, days, month }) => expect(perMonth(usd, days)).toBeCloseTo(month, 9));

  it.each([
    [74.4, '−$74'],
    [-1234.5, '+$1,235'],
    [0.31, '−$0.31'],
    [0, '$0'],
  ])('%d is written %s', (usd, written) => expect(formatChange(usd)).toBe(written));

  it.each([
    { name: 'all of one day', days: ['2026-07-20', '2026-07-20'], want: '2026-07-20' },
    { name: 'of several', days: ['2026-11-01', '2026-07-20', '2026-11-22'], want: '2026-07-20 – 2026-11-22' },
    { name: 'none', days: [], want: '' },
  ])('says of which days the price lists are: $name', ({ days, want }) => {
    const prices = days.map((read_on) => ({ provider: 'aws', source: 'https://aws.amazon.com/', read_on }));
    expect(pricesReadOn({ prices })).toBe(want);
  });
});
