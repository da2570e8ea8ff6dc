import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DayCell, Days } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import { dayOfPoints, daysOf, plainDay, windowOf } from './days.fixture.ts';
import { presets } from './policy.ts';
import { ratedMetrics, type Series, type SeriesDay, seriesOf } from './series.ts';
import { rate } from './verdict.ts';

const window = windowOf(14);

/** Reads the days back from what is shown of them, as somebody would who checks a verdict. */
function daysOfSeries({ days, metrics }: Series): Days {
  const cellOf = ({ avg, max, seconds, points }: SeriesDay): DayCell => ({
    sum: avg * seconds,
    seconds,
    max,
    ...(points === undefined ? {} : { sketch: { zeros: zerosOf(points), buckets: bucketsOf(points) } }),
  });
  return new Map(
    days.map((day, at) => {
      const cells = ratedMetrics.flatMap((key): [MetricKey, DayCell][] => {
        const shown = metrics[key]?.[at];
        return shown == null ? [] : [[key, cellOf(shown)]];
      });
      return [Date.parse(day) / 86_400_000, new Map(cells)];
    }),
  );
}

const zerosOf = (points: NonNullable<SeriesDay['points']>) => points.find(([value]) => value === 0)?.[1] ?? 0;
const bucketsOf = (points: NonNullable<SeriesDay['points']>) =>
  new Map(
    points
      .filter(([value]) => value > 0)
      .map(([value, count]) => [Math.ceil(Math.log(value) / Math.log(1.005 / 0.995)), count] as const),
  );

it('is all that the verdict was made of', () => {
  const percents = () =>
    fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 20 }).map((points) => dayOfPoints(points));
  const series = () => fc.array(percents(), { minLength: 13, maxLength: 14 });
  fc.assert(
    fc.property(series(), series(), series(), (cpu, memory, network) => {
      const server = { provider: 'aws', region: 'us-east-1', instanceType: 'm7i.2xlarge', state: 'RUNNING' } as const;
      const days = daysOf({ cpu, memory, network });
      const shown = JSON.parse(JSON.stringify(seriesOf(days, window)));
      const [given, again] = [days, daysOfSeries(shown)].map((each) => rate(server, each, window, presets.standard));
      expect({ ...again, cpu: again?.cpu?.peak, memory: again?.memory?.peak, savings: null, network: null }).toEqual({
        ...given,
        cpu: given?.cpu?.peak,
        memory: given?.memory?.peak,
        savings: null,
        network: null,
      });
      expect(again?.savings?.usd ?? 0).toBeCloseTo(given?.savings?.usd ?? 0, 6);
    }),
    { seed: 4711, numRuns: 200 },
  );
});

it('shows a day without data as null, and leaves out a metric without any', () => {
  const { days, metrics } = seriesOf(
    daysOf({ cpu: [plainDay(3, 9), dayOfPoints([]), dayOfPoints([0, 4])] }),
    windowOf(3),
  );
  expect(days).toEqual(['2024-10-04', '2024-10-05', '2024-10-06']);
  expect(metrics['memory.usage']).toBeUndefined();
  expect(metrics['cpu.utilization']).toEqual([
    { avg: 3, max: 9, seconds: 86_400 },
    null,
    {
      avg: 2,
      max: 4,
      seconds: 86_400,
      points: [
        [0, 1],
        [expect.closeTo(4, 1), 1],
      ],
    },
  ]);
});
