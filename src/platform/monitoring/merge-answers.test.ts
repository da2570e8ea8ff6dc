import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeAnswers } from './merge-answers.ts';

const hours = fc
  .uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 8 })
  .map((each) => each.toSorted((a, b) => a - b));
const isoOf = (hour: number) => new Date(hour * 3_600_000).toISOString();

it('keeps every point at its time, and has no others', () =>
  fc.assert(
    fc.property(fc.array(hours, { maxLength: 4 }), (parts) => {
      const answers = parts.map((part, at) => ({
        labels: part.map(isoOf),
        values: { [`id-${at}`]: part.map((hour) => hour + at * 100) },
      }));
      const { labels, values } = mergeAnswers(answers);
      expect(labels).toEqual([...new Set(parts.flat())].toSorted((a, b) => a - b).map(isoOf));
      for (const [at, part] of parts.entries()) {
        const points = (values[`id-${at}`] ?? []).flatMap((value, place) =>
          value === null ? [] : [[labels[place], value]],
        );
        expect(points).toEqual(part.map((hour) => [isoOf(hour), hour + at * 100]));
      }
    }),
  ));
