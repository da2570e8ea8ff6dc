import { describe, expect, it } from 'vitest';
import { averageOf } from '#model/day-cell.ts';
import { averagesOf, daysOfBuckets, eventsOf, hoursOf, instancesOf } from './buckets.ts';
import { databaseKind, scaleSetKind } from './types.ts';

const day = 20_000;
const midnight = day * 86_400;
const at = (seconds: number) => new Date((midnight + seconds) * 1000).toISOString().replace('.000', '');

describe('hours of a state', () => {
  const native = databaseKind.native['cpu.utilization'];

  it('are observed where they have a value', () => {
    const points = [
      { timeStamp: at(0), average: 10, maximum: 30, minimum: 2 },
      { timeStamp: at(3600) },
      { timeStamp: at(7200), average: 20, maximum: 25, minimum: 15 },
      { timeStamp: at(86_400), average: null },
    ];
    expect(daysOfBuckets(hoursOf({ points, native, whole: 100, wantsMin: true }))).toEqual(
      new Map([[day, { sum: 30 * 3600, seconds: 7200, max: 30, min: 2 }]]),
    );
  });

  it('of a database that holds less have more that is free', () => {
    const free = databaseKind.native['storage.free'];
    const points = [{ timeStamp: at(0), average: 40, maximum: 70, minimum: 10 }];
    const [cell] = hoursOf({ points, native: free, whole: 100, wantsMin: true }).values();
    expect(cell).toEqual({ sum: 60 * 3600, seconds: 3600, max: 90, min: 30 });
  });

  it.each([
    { name: 'begins in the middle of one', point: { timeStamp: at(300), average: 1, maximum: 1 } },
    { name: 'lacks its maximum', point: { timeStamp: at(0), average: 1 } },
    { name: 'has no time', point: { timeStamp: 'then', average: 1, maximum: 1 } },
  ])('of which one $name are malformed', ({ point }) => {
    expect(() => hoursOf({ points: [point], native, whole: 100, wantsMin: false })).toThrow(
      expect.objectContaining({ code: 'malformed_reply' }),
    );
  });
});

describe('events', () => {
  const native = databaseKind.native['connections.rate'];
  const points = [
    { timeStamp: at(0), total: 600 },
    { timeStamp: at(300), total: 0 },
    { timeStamp: at(7200), total: 300 },
  ];

  it('are none in the hours in which the clock went and nothing happened', () => {
    const buckets = eventsOf({ points, native, whole: 100, wantsMin: true }, [midnight, midnight + 3600]);
    const cell = daysOfBuckets(buckets).get(day);
    expect(cell).toEqual({ sum: 900, seconds: 2 * 3600 + 300, max: 2, min: 0 });
    expect([...averagesOf(buckets).values()].filter((rate) => rate === 0)).toHaveLength(23);
  });

  it('tell their own time where the clock is not known', () => {
    const cell = daysOfBuckets(eventsOf({ points, native, whole: 100, wantsMin: false }, [])).get(day);
    expect(cell).toEqual({ sum: 900, seconds: 900, max: 2 });
  });
});

describe('instances', () => {
  const native = scaleSetKind.native;
  const series = { whole: 100, wantsMin: true };

  it('are averaged by the time of each, and the busiest makes the peak', () => {
    const points = [
      { timeStamp: at(0), average: 10, maximum: 40, minimum: 5, count: 4 * 20 },
      { timeStamp: at(300), average: 50, maximum: 60, minimum: 45, count: 20 },
      { timeStamp: at(600), count: 0 },
    ];
    const buckets = instancesOf({ ...series, native: native['cpu.utilization'], points });
    const cell = daysOfBuckets(buckets).get(day);
    expect(cell).toEqual({ sum: 10 * 1200 + 50 * 300, seconds: 600, events: 1500, max: 60, min: 5 });
    expect(cell && averageOf(cell)).toBeCloseTo((10 * 4 + 50) / 5, 9);
    expect([...averagesOf(buckets).values()]).toEqual([10, 50]);
  });

  it('are added where the key is what they do together', () => {
    const amounts = [{ timeStamp: at(0), total: 90_000, count: 10 }];
    const moved = instancesOf({ ...series, native: native['disk.read_throughput'], points: amounts });
    expect([...moved.values()]).toEqual([{ sum: 90_000, seconds: 300, max: 300, min: 300 }]);
    // Two at 3 and 5 a second for five minutes.
    const rates = [{ timeStamp: at(0), average: 4, count: 10 }];
    const done = instancesOf({ ...series, native: native['disk.read_iops'], points: rates });
    expect([...done.values()]).toEqual([{ sum: 8 * 300, seconds: 300, max: 8, min: 8 }]);
  });

  it('that lack what was asked for are malformed', () => {
    const points = [{ timeStamp: at(0), count: 5 }];
    for (const key of ['cpu.utilization', 'disk.read_iops', 'disk.read_throughput'] as const)
      expect(() => instancesOf({ ...series, native: native[key], points })).toThrow(
        expect.objectContaining({ code: 'malformed_reply' }),
      );
  });
});
