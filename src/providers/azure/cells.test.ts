import { describe, expect, it } from 'vitest';
import { cellsOf, clockOf, sketchesOf, valuesOf } from './cells.ts';
import { serverKind } from './types.ts';

const day = 20_000;
const at = (seconds: number) => new Date((day * 86_400 + seconds) * 1000).toISOString().replace('.000', '');

const series = { whole: 100, clock: undefined, wantsMin: true };

describe('a day', () => {
  it.each([
    {
      name: 'of an amount: its total is the integral, its peak that of a minute',
      native: serverKind.native['network.received_throughput'],
      point: { total: 86_400_000, maximum: 120_000, minimum: 600, count: 1440 },
      cell: { sum: 86_400_000, seconds: 86_400, max: 2000, min: 10 },
    },
    {
      name: 'of an amount, of which the machine ran six hours',
      native: serverKind.native['disk.write_throughput'],
      point: { total: 36_000, maximum: 600, minimum: 0, count: 360 },
      cell: { sum: 36_000, seconds: 21_600, max: 10, min: 0 },
    },
    {
      name: 'of an amount with samples every half minute',
      native: serverKind.native['disk.write_throughput'],
      point: { total: 2_880_000, maximum: 3000, minimum: 300, count: 2880 },
      cell: { sum: 2_880_000, seconds: 86_400, max: 100, min: 10 },
    },
    {
      name: 'of a level: its average over the observed time',
      native: serverKind.native['disk.read_iops'],
      point: { average: 12.5, maximum: 80, minimum: 1, count: 720 },
      cell: { sum: 12.5 * 43_200, seconds: 43_200, max: 80, min: 1 },
    },
    {
      name: 'of what is left: the peak of the rest is where least was left',
      native: serverKind.native['memory.usage'],
      point: { average: 40, maximum: 90, minimum: 25, count: 1440 },
      cell: { sum: 60 * 86_400, seconds: 86_400, max: 75, min: 10 },
    },
    {
      name: 'of what is left of the memory',
      native: serverKind.native['memory.used'],
      whole: 1000,
      point: { average: 400, maximum: 1001, minimum: 250, count: 1440 },
      cell: { sum: 600 * 86_400, seconds: 86_400, max: 750, min: 0 },
    },
  ])('$name', ({ native, point, cell, whole = 100 }) => {
    expect(cellsOf({ ...series, whole, native, points: [{ timeStamp: at(0), ...point }] })).toEqual(
      new Map([[day, cell]]),
    );
  });

  it('of CPU is as long as the clock says, and by its own samples without one', () => {
    const points = [{ timeStamp: at(0), average: 10, maximum: 20, minimum: 5, count: 1000 }];
    const native = serverKind.native['cpu.utilization'];
    const clock = clockOf(
      [{ timeStamp: at(0), count: 360 }, { timeStamp: at(86_400) }],
      serverKind.native['network.received_throughput'],
    );
    expect(cellsOf({ ...series, native, points, clock }).get(day)).toMatchObject({ sum: 216_000, seconds: 21_600 });
    expect(cellsOf({ ...series, native, points, clock: new Map() }).get(day)).toMatchObject({ seconds: 15_000 });
    expect(cellsOf({ ...series, native, points }).get(day)).toMatchObject({ seconds: 15_000 });
  });

  it.each([{}, { count: 0, average: 0, maximum: 0, minimum: 0 }, { count: null, average: null }])(
    'without a sample is none: %o',
    (point) => {
      const native = serverKind.native['disk.read_iops'];
      expect(cellsOf({ ...series, native, points: [{ timeStamp: at(0), ...point }] }).size).toBe(0);
    },
  );

  it.each([
    { name: 'lacks what was asked for', point: { timeStamp: at(0), average: 3, count: 5 } },
    {
      name: 'begins in the middle of a day',
      point: { timeStamp: at(3600), average: 3, maximum: 3, minimum: 3, count: 5 },
    },
    { name: 'has no time', point: { timeStamp: 'yesterday', average: 3, maximum: 3, minimum: 3, count: 5 } },
  ])('that $name is malformed, and never a number', ({ point }) => {
    expect(() => cellsOf({ ...series, native: serverKind.native['disk.read_iops'], points: [point] })).toThrow(
      expect.objectContaining({ code: 'malformed_reply' }),
    );
  });
});

it('points are in the unit of the key, and those without samples are none', () => {
  const points = [{ timeStamp: at(0), average: 600 }, { timeStamp: at(300) }, { timeStamp: at(600), average: 60 }];
  const rates = valuesOf(points, { native: serverKind.native['network.sent_throughput'], whole: 100 });
  expect([...rates.values()]).toEqual([10, 1]);
  const used = valuesOf(points, { native: serverKind.native['memory.used'], whole: 1000 });
  expect([...used.values()]).toEqual([400, 940]);
  const { zeros, buckets } = sketchesOf(rates).get(day) ?? { zeros: 9, buckets: new Map<number, number>() };
  expect([zeros, [...buckets.values()]]).toEqual([0, [1, 1]]);
});
