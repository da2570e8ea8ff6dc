import { averageOf, type Days } from '#model/day-cell.ts';
import type { MetricKey } from '#model/metric.ts';
import { type Day, type DayRange, daysOf, isoOf } from '#model/window.ts';
import { type ValueCount, valuesOf } from './points.ts';

/** The metrics that a verdict is made of. */
export const ratedMetrics = [
  'cpu.utilization',
  'memory.usage',
  'network.received_throughput',
  'network.sent_throughput',
] as const satisfies readonly MetricKey[];
type RatedMetric = (typeof ratedMetrics)[number];

/** All that a verdict was made of: who has it can work out the same one. */
export interface Series {
  /** `2026-11-08`, UTC, oldest first. */
  readonly days: readonly string[];
  /** As long as `days`; a day without data is null. A metric without any is absent. */
  readonly metrics: Readonly<Partial<Record<RatedMetric, readonly (SeriesDay | null)[]>>>;
}

export interface SeriesDay {
  readonly avg: number;
  readonly max: number;
  /** Observed time. */
  readonly seconds: number;
  /** Values, each within 0.5 %, and how many points had them, lowest first; absent where points were not read. */
  readonly points?: readonly ValueCount[];
}

export function seriesOf(days: Days, window: DayRange): Series {
  const all = [...daysOf(window)];
  const metrics = ratedMetrics.flatMap((key) => {
    const series = all.map((day) => seriesDay(days, day, key));
    return series.some((each) => each !== null) ? [[key, series] as const] : [];
  });
  return { days: all.map((day) => isoOf(day).slice(0, 10)), metrics: Object.fromEntries(metrics) };
}

function seriesDay(days: Days, day: Day, key: MetricKey): SeriesDay | null {
  const cell = days.get(day)?.get(key);
  if (cell === undefined || cell.seconds === 0) return null;
  const { sketch, max, seconds } = cell;
  return { avg: averageOf(cell), max, seconds, ...(sketch === undefined ? {} : { points: valuesOf(sketch) }) };
}
