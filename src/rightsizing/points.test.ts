import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeSketches, quantile, sketchOf } from '#model/sketch.ts';
import { countAbove, joinPoints, quantileOf, valuesOf } from './points.ts';

const days = () =>
  fc.array(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 30 }), { maxLength: 15 });

it('gives the quantiles of the merged sketches', () => {
  fc.assert(
    fc.property(days(), fc.double({ min: 0, max: 1, noNaN: true }), (values, at) => {
      const sketches = values.map(sketchOf);
      expect(quantileOf(joinPoints(sketches), at)).toBe(quantile(mergeSketches(sketches), at));
    }),
    { seed: 4711, numRuns: 500 },
  );
});

it('counts what is above a level, but for what is within half a percent of it', () => {
  fc.assert(
    fc.property(days(), fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (values, level) => {
      const above = countAbove(joinPoints(values.map(sketchOf)), level);
      const all = values.flat();
      expect(above).toBeGreaterThanOrEqual(all.filter((value) => value > level * 1.0051).length);
      expect(above).toBeLessThanOrEqual(all.filter((value) => value > level * 0.9949).length);
    }),
    { seed: 4711, numRuns: 500 },
  );
});

it('shows the points of a day so that the same sketch can be made of them', () => {
  fc.assert(
    fc.property(days(), (values) => {
      const sketch = sketchOf(values.flat());
      expect(
        sketchOf(valuesOf(sketch).flatMap(([value, count]) => Array.from({ length: count }, () => value))),
      ).toEqual(sketch);
    }),
    { seed: 4711, numRuns: 200 },
  );
});
