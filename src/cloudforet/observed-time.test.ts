import { describe, expect, it } from 'vitest';
import { aws } from './catalog/aws.ts';
import { azure } from './catalog/azure.ts';
import { observedTime } from './observed-time.ts';

/** Sums of days with so many samples, at an average of 7.3. */
const sumsOf = (counts: readonly number[]) => counts.map((count) => count * 7.3);
const meansOf = (counts: readonly number[]) => counts.map((count) => (count === 0 ? 0 : 7.3));
const timeOf = (counts: readonly number[], provider = aws) => observedTime(sumsOf(counts), meansOf(counts), provider);

describe('the time that a server was observed', () => {
  it.each([
    { name: 'whole days, every five minutes', counts: [288, 287], seconds: [86_400, 86_400], distances: [300, 300] },
    { name: 'whole days, every minute', counts: [1440, 1439], seconds: [86_400, 86_400], distances: [60, 60] },
    { name: 'a part of a day', counts: [144, 288], seconds: [43_200, 86_400], distances: [300, 300] },
    {
      name: 'a part of a day beside whole ones by the minute',
      counts: [60, 1440],
      seconds: [3600, 86_400],
      distances: [60, 60],
    },
    { name: 'a change to every minute', counts: [288, 1440], seconds: [86_400, 86_400], distances: [300, 60] },
    {
      name: 'a change in the middle of a day, which cannot be told',
      counts: [288, 700, 1440],
      seconds: [86_400, 42_000, 86_400],
      distances: [300, undefined, 60],
    },
    { name: 'hours of work', counts: [132, 132], seconds: [39_600, 39_600], distances: [300, 300] },
    { name: 'hours of work, every minute', counts: [660, 400], seconds: [39_600, 24_000], distances: [60, 60] },
    { name: 'a change between days of work', counts: [132, 660], seconds: [39_600, 39_600], distances: [300, 60] },
  ])('$name', ({ counts, seconds, distances }) => {
    expect(timeOf(counts)).toEqual({ seconds, distances });
  });

  it('a day on which nothing moved is a day where no data is absent, and none where it comes as 0', () => {
    expect(timeOf([288, 0])?.seconds).toEqual([86_400, 86_400]);
    expect(timeOf([1440, 0], azure)?.seconds).toEqual([86_400, 0]);
  });

  it('is not known of series that do not go together', () => {
    expect(observedTime([], [], aws)).toBeUndefined();
    expect(observedTime([1, 2], [1], aws)).toBeUndefined();
  });

  it('is none on days that are none', () => {
    expect(observedTime([Number.NaN, 288], [Number.NaN, 1], aws)?.seconds).toEqual([0, 86_400]);
  });
});
