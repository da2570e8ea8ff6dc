import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Points } from '#model/metric-reader.ts';
import { alignSeries } from './align.ts';
import { planReads } from './long-periods.ts';

const day = 86_400;

describe('series on one axis', () => {
  it('have null where they have no point, and nothing where they have none', () => {
    const series = new Map([
      ['whole', { timestamps: [0, 60, 120], values: [1, 2, 3] }],
      ['late', { timestamps: [60, 120], values: [0, 5] }],
      ['never', { timestamps: [], values: [] }],
      ['__proto__', { timestamps: [0], values: [7] }],
    ]);
    const { labels, values } = alignSeries(series);
    expect(labels).toEqual(['1970-01-01T00:00:00.000Z', '1970-01-01T00:01:00.000Z', '1970-01-01T00:02:00.000Z']);
    expect(Object.entries(values)).toEqual([
      ['whole', [1, 2, 3]],
      ['late', [null, 0, 5]],
      ['never', []],
      ['__proto__', [7, null, null]],
    ]);
  });

  it('keep each point at its time, and gain none', () => {
    const points = fc
      .uniqueArray(fc.integer({ min: 0, max: 30 }))
      .map((times) => times.toSorted((a, b) => a - b).map((time) => time * 60))
      .map((timestamps): Points => ({ timestamps, values: timestamps.map((time) => time / 7) }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), points), (series) => {
        const { labels, values } = alignSeries(new Map(Object.entries(series)));
        for (const [id, { timestamps, values: own }] of Object.entries(series)) {
          const back = (values[id] ?? []).flatMap((value, at) =>
            value === null ? [] : [[Date.parse(labels[at] ?? '') / 1000, value]],
          );
          expect(back).toEqual(timestamps.map((time, at) => [time, own[at]]));
        }
      }),
      { seed: 1 },
    );
  });
});

describe('a period that the cloud has not got', () => {
  const samples = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 20 * day - 1 }), value: fc.double({ min: 0, max: 9, noNaN: true }) }),
  );
  const start = 300;

  /** What a cloud would say: buckets of a length, from the start of the window on. */
  function bucketsOf(all: readonly { at: number; value: number }[], stat: string, periodSeconds: number): Points {
    const buckets = Map.groupBy(all, ({ at }) => start + Math.floor(at / periodSeconds) * periodSeconds);
    const ordered = [...buckets].toSorted(([a], [b]) => a - b);
    const of: Record<string, (values: number[]) => number> = {
      sum: (values) => values.reduce((sum, value) => sum + value, 0),
      count: (values) => values.length,
      max: (values) => Math.max(...values),
      min: (values) => Math.min(...values),
      avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
    };
    return {
      timestamps: ordered.map(([time]) => time),
      values: ordered.map(([, inside]) => of[stat]?.(inside.map(({ value }) => value)) ?? Number.NaN),
    };
  }

  it.each(['avg', 'max', 'min', 'sum', 'count'] as const)('is folded without loss: %s', (stat) => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 2, max: 14 }), (all, days) => {
        const plan = planReads(stat, days * day, day);
        expect(plan.periodSeconds).toBe(day);
        const parts = plan.stats.map((each) => bucketsOf(all, each, day));
        const folded = plan.fold(parts, { start, end: start + 20 * day });
        const want = bucketsOf(all, stat, days * day);
        expect(folded.timestamps).toEqual(want.timestamps);
        folded.values.forEach((value, at) => {
          expect(value).toBeCloseTo(want.values[at] ?? Number.NaN, 9);
        });
      }),
      { seed: 1 },
    );
  });

  it('is not folded where the cloud has it', () => {
    const points = { timestamps: [0], values: [1] };
    const plan = planReads('avg', day, day);
    expect([plan.stats, plan.periodSeconds, plan.fold([points], { start: 0, end: day })]).toEqual([
      ['avg'],
      day,
      points,
    ]);
  });
});
