import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startOf } from '#model/window.ts';
import {
  agentDistances,
  distanceOfHours,
  distancesInDay,
  fineDistances,
  sampleDistances,
  samplesApart,
} from './sample-distance.ts';

describe('sampleDistances', () => {
  it.each([
    { name: 'whole days tell', counts: [288, 288, 1440], want: [300, 300, 60] },
    { name: 'lost samples do not matter', counts: [285, 288, 283], want: [300, 300, 300] },
    { name: 'a part of a day is told by whole days around it', counts: [288, 100, 288], want: [300, 300, 300] },
    { name: 'the first day in part by the next whole one', counts: [700, 1440], want: [60, 60] },
    { name: 'the day of a change is not told', counts: [288, 864, 1440], want: [300, undefined, 60] },
    {
      name: 'nor is one that was nearly whole beside the other kind',
      counts: [288, 1412, 1440],
      want: [300, undefined, 60],
    },
    {
      name: 'a part of a day among others is not told by whole days long before',
      counts: [288, 240, 240, 240],
      want: [300, undefined, undefined, undefined],
    },
    {
      name: 'nor is one that happens to count as much as a whole day, where there are none',
      counts: [132, 284, 660],
      want: [undefined, undefined, undefined],
    },
    {
      name: 'and nightly runs of some five hours are no whole days',
      counts: [285, 285, 285],
      want: [undefined, undefined, undefined],
    },
    { name: 'days in part alone are not told', counts: [132, 132, 132], want: [undefined, undefined, undefined] },
    {
      name: 'a whole count between days of the other kind is doubted',
      counts: [1440, 288, 1440],
      want: [60, undefined, 60],
    },
    {
      name: 'more samples than the distance allows are not told',
      counts: [288, 600, 288],
      want: [300, undefined, 300],
    },
  ])('$name', ({ counts, want }) => {
    const told = sampleDistances(new Map(counts.map((count, day) => [day, count])));
    expect(counts.map((_, day) => told.get(day))).toEqual(want);
  });
});

describe('distanceOfHours', () => {
  const hours = (counts: Record<number, number>) =>
    new Map(Object.entries(counts).map(([hour, count]) => [startOf(100) + Number(hour) * 3600, count]));
  it.each([
    { name: 'office hours at five minutes', counts: { 8: 6, 9: 12, 10: 12, 11: 12, 12: 3 }, want: 300 },
    { name: 'office hours by the minute', counts: { 8: 30, 9: 60, 10: 60, 11: 14 }, want: 60 },
    { name: 'a change inside', counts: { 8: 12, 9: 12, 10: 36, 11: 60, 12: 60 }, want: undefined },
    { name: 'a change in the first hour of the day', counts: { 0: 32, 1: 60, 2: 60 }, want: undefined },
    { name: 'too short to tell', counts: { 8: 11 }, want: undefined },
    { name: 'one hour of twelve may be twelve minutes', counts: { 8: 12 }, want: undefined },
  ])('$name', ({ counts, want }) => {
    expect(distanceOfHours(hours(counts))).toBe(want);
  });
});

describe('distancesInDay', () => {
  const hours = (counts: readonly number[]) =>
    new Map(counts.map((count, hour) => [startOf(100) + hour * 3600, count]));
  it('tells after how many five-minute samples the change came', () => {
    const distances = [...(distancesInDay(hours([12, 40, 60])) ?? []).values()];
    expect(distances).toEqual([
      ...Array(12).fill(300),
      ...Array(5).fill(300),
      ...Array(7).fill(60),
      ...Array(12).fill(60),
    ]);
  });
  it('and before how many it came, the other way round', () => {
    const distances = [...(distancesInDay(hours([60, 40, 12])) ?? []).values()];
    expect(distances).toEqual([
      ...Array(12).fill(60),
      ...Array(7).fill(60),
      ...Array(5).fill(300),
      ...Array(12).fill(300),
    ]);
  });
  it.each([{ counts: [12, 41, 60] }, { counts: [60, 40, 60] }, { counts: [5, 12, 60] }, { counts: [12, 61, 60] }])(
    'does not guess at $counts',
    ({ counts }) => {
      expect(distancesInDay(hours(counts))).toBeUndefined();
    },
  );
});

describe('samplesApart', () => {
  it('tells each sample by the next, and the last before a pause by the one before', () => {
    const times = [0, 300, 600, 660, 720, 5000, 5300];
    expect(samplesApart(times, 300)).toEqual([300, 300, 60, 60, 60, 300, 300]);
  });

  it('takes what is declared for a sample alone', () => {
    expect(samplesApart([0], 60)).toEqual([60]);
  });

  it('never makes more time than there is between two samples', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 2 }), (minutes) => {
        const times = minutes.toSorted((a, b) => a - b).map((minute) => minute * 300);
        const apart = samplesApart(times, 300);
        for (const [at, seconds] of apart.slice(0, -1).entries())
          expect(seconds).toBeLessThanOrEqual((times[at + 1] ?? 0) - (times[at] ?? 0));
      }),
    );
  });
});

it('tells five-minute samples from minutes by the neighbours of a bucket', () => {
  expect(
    fineDistances(
      new Map([
        [0, 1],
        [300, 1],
        [600, 5],
        [900, 2],
        [5000, 1],
      ]),
      300,
    ),
  ).toEqual(
    new Map([
      [0, 300],
      [300, 60],
      [600, 60],
      [900, 60],
      [5000, 300],
    ]),
  );
});

describe('agentDistances', () => {
  it.each([
    { name: 'whole days tell', counts: [288, 1440, 8640], want: [300, 60, 10] },
    { name: 'a part is like the whole day before', counts: [288, 100, 1440], want: [300, 300, 60] },
    { name: 'or else after', counts: [100, 288], want: [300, 300] },
    { name: 'the usual one where no day is whole', counts: [500], want: [60] },
    { name: 'a shorter one where that would be more than a day', counts: [3000], want: [20] },
  ])('$name', ({ counts, want }) => {
    expect([...agentDistances(new Map(counts.map((count, day) => [day, count])), 60).values()]).toEqual(want);
  });
});
