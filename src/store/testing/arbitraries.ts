import fc from 'fast-check';
import type { DayCell, Days } from '#model/day-cell.ts';
import { type MetricKey, metricKeys } from '#model/metric.ts';
import type { Sketch } from '#model/sketch.ts';
import type { Day } from '#model/window.ts';

/** JSON and SQLite know neither NaN nor the sign of zero; the codec keeps both, so only some tests leave them out. */
const number = () => fc.double();

const sketches = (): fc.Arbitrary<Sketch> =>
  fc.record({
    zeros: fc.maxSafeNat(),
    buckets: fc
      .uniqueArray(fc.tuple(fc.integer({ min: -80_000, max: 80_000 }), fc.maxSafeNat()), {
        selector: ([bucket]) => bucket,
      })
      .map((entries) => new Map(entries)),
  });

export const cells = (): fc.Arbitrary<DayCell> =>
  fc.oneof(
    fc.constant<DayCell>({ sum: 0, seconds: 0, max: 0 }),
    fc
      .record({
        sum: number(),
        seconds: fc.oneof(fc.nat({ max: 86_400 }), fc.double({ min: 0, max: 86_400, noNaN: true })),
        max: number(),
        min: fc.option(number(), { nil: undefined }),
        sketch: fc.option(sketches(), { nil: undefined }),
        bound: fc.boolean(),
        events: fc.option(number(), { nil: undefined }),
      })
      .map(({ sum, seconds, max, min, sketch, bound, events }) => ({
        sum,
        seconds,
        max,
        ...(min === undefined ? {} : { min }),
        ...(sketch === undefined ? {} : { sketch }),
        ...(bound ? { maxIsUpperBound: true } : {}),
        ...(events === undefined ? {} : { events }),
      })),
  );

export const dayOfCells = (): fc.Arbitrary<ReadonlyMap<MetricKey, DayCell>> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...metricKeys), cells()), { selector: ([key]) => key })
    .map((entries) => new Map(entries));

export const days = (from: Day, to: Day): fc.Arbitrary<Days> =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: from, max: to - 1 }), dayOfCells()), { selector: ([day]) => day })
    .map((entries) => new Map(entries));
