import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DayCell } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import { sketchOf } from '#model/sketch.ts';
import { CellColumns } from './cell-columns.ts';

const amount = fc.double({ noNaN: true });
const cell: fc.Arbitrary<DayCell> = fc
  .record(
    {
      sum: amount,
      seconds: amount,
      max: amount,
      min: amount,
      events: amount,
      sketch: fc.array(fc.nat(), { maxLength: 4 }).map(sketchOf),
      maxIsUpperBound: fc.constant(true),
    },
    { requiredKeys: ['sum', 'seconds', 'max'] },
  )
  .map((made) => ({ ...made }));
const answer = fc.record({
  id: fc.constantFrom('a', 'b'),
  key: fc.constantFrom<MetricKey>('cpu.utilization', 'memory.usage'),
  cells: fc.array(fc.tuple(fc.integer({ min: 20_000, max: 20_006 }), cell)).map((entries) => new Map(entries)),
});

it('gives back what was added, the last of a day winning', () => {
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 12 }), (answers) => {
      const columns = new CellColumns();
      const expected = new Map<string, Map<number, Map<MetricKey, DayCell>>>();
      for (const { id, key, cells } of answers) {
        columns.add(id, key, cells);
        const days = expected.get(id) ?? new Map<number, Map<MetricKey, DayCell>>();
        for (const [day, value] of cells)
          days.set(day, (days.get(day) ?? new Map<MetricKey, DayCell>()).set(key, value));
        expected.set(id, days);
      }
      for (const id of ['a', 'b', 'c']) {
        const days = columns.daysOf(id);
        expect(new Map(days)).toEqual(expected.get(id) ?? new Map());
        expect(days.size).toBe(expected.get(id)?.size ?? 0);
      }
    }),
  );
});

it('grows', () => {
  const columns = new CellColumns();
  for (let n = 0; n < 10_000; n++)
    columns.add(`i-${n}`, 'cpu.utilization', new Map([[n, { sum: n, seconds: 1, max: n }]]));
  expect(columns.daysOf('i-9999').get(9999)?.get('cpu.utilization')).toEqual({ sum: 9999, seconds: 1, max: 9999 });
  expect(columns.daysOf('i-0').get(0)?.get('cpu.utilization')).toEqual({ sum: 0, seconds: 1, max: 0 });
});
