import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DayCell, type Days, emptyCell } from '#model/day-cell.ts';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import type { Resource } from '#model/resource.ts';
import { sketchOf } from '#model/sketch.ts';
import { type Day, daysOf } from '#model/window.ts';
import { missingDays } from './missing-days.ts';

const server: Resource = {
  provider: 'test',
  group: 'g',
  type: 't',
  account: 'a',
  region: 'r',
  id: 'i',
  name: 'n',
  state: 'RUNNING',
  instanceType: 'm',
  metrics: serverMetricKeys,
  tags: {},
  constants: { 'memory.total': 1 },
};
const window = { from: 100, to: 114 };
const keys: MetricKey[] = ['cpu.utilization', 'disk.read_iops', 'memory.total'];
const plain: DayCell = { sum: 1, seconds: 60, max: 1 };

const knownDays = fc
  .array(fc.tuple(fc.integer({ min: 95, max: 118 }), fc.constantFrom<MetricKey>('cpu.utilization', 'disk.read_iops')))
  .map((pairs): Days => {
    const days = new Map<Day, Map<MetricKey, DayCell>>();
    for (const [day, key] of pairs) days.set(day, (days.get(day) ?? new Map<MetricKey, DayCell>()).set(key, plain));
    return days;
  });

describe('the days still to be asked for', () => {
  it('with those that are known make up the window, key by key', () => {
    fc.assert(
      fc.property(knownDays, (known) => {
        const wants = missingDays(server, known, { keys, statistics: ['avg', 'max'], window });
        for (const key of ['cpu.utilization', 'disk.read_iops'] as const) {
          const asked = new Set(
            wants.filter((want) => want.keys.includes(key)).flatMap((want) => [...daysOf(want.days)]),
          );
          for (const day of daysOf(window)) expect(asked.has(day) || known.get(day)?.has(key)).toBe(true);
          if ([...daysOf(window)].every((day) => known.get(day)?.has(key))) expect(asked.size).toBe(0);
          expect([...asked].every((day) => day >= window.from && day < window.to)).toBe(true);
        }
      }),
    );
  });

  it('name each key once', () => {
    fc.assert(
      fc.property(knownDays, (known) => {
        const asked = missingDays(server, known, { keys, statistics: ['avg'], window }).flatMap((want) => want.keys);
        expect(new Set(asked).size).toBe(asked.length);
        expect(asked).not.toContain('memory.total');
      }),
    );
  });

  it.each([
    { name: 'percentiles ask again for days without points', cell: plain, statistics: ['p95'] as const, asks: true },
    {
      name: 'but not for days with them',
      cell: { ...plain, sketch: sketchOf([1]) },
      statistics: ['p95'] as const,
      asks: false,
    },
    { name: 'nor for days that had no data', cell: emptyCell, statistics: ['p95', 'min'] as const, asks: false },
    { name: 'the minimum asks for days without it', cell: plain, statistics: ['min'] as const, asks: true },
    { name: 'average and maximum are always there', cell: plain, statistics: ['avg', 'max'] as const, asks: false },
  ])('$name', ({ cell, statistics, asks }) => {
    const known: Days = new Map([...daysOf(window)].map((day) => [day, new Map([['cpu.utilization' as const, cell]])]));
    const wants = missingDays(server, known, { keys: ['cpu.utilization'], statistics, window });
    expect(wants.length > 0).toBe(asks);
  });
});
