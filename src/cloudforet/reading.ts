import { addParts, type DayCell, emptyCell, joinStretches } from '#model/day-cell.ts';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { type DayRange, daySeconds, isoOf } from '#model/window.ts';
import type { NativeMetric, PlatformProvider } from './catalog/platform-provider.ts';
import { type CellContext, nativeCells, type Points, type Stat, statsOf } from './native-cell.ts';

/** What a data source is asked for. */
export interface Span {
  /** ISO 8601. */
  readonly start: string;
  readonly end: string;
  readonly periodSeconds: number;
}

/** Which metrics are asked for a key, and how their points become its value. */
export interface Reading {
  /** What can be measured of a provider's servers. */
  keysOf(provider: PlatformProvider): readonly MetricKey[];
  /** Whether a server's memory is told as its record has it. */
  readonly knowsMemory: boolean;
  nativesOf(key: MetricKey, provider: PlatformProvider): readonly NativeMetric[];
  span(days: DayRange): Span;
  statsOf(native: NativeMetric, wantsMin: boolean): readonly Stat[];
  /** The metric that tells how long a server was observed; undefined where that is not asked. */
  counterOf(native: NativeMetric): string | undefined;
  cellOf(parts: readonly Part[], days: DayRange): DayCell;
}

export interface Part extends CellContext {
  readonly native: NativeMetric;
  readonly points: Points;
}

/** The same meaning on every cloud: per second where the name says so, days weighted by the time observed, parts added. */
export const measured: Reading = {
  keysOf: ({ keys }) => serverMetricKeys.filter((key) => key === 'memory.total' || keys[key] !== undefined),
  knowsMemory: true,
  nativesOf: (key, { keys }) => keys[key] ?? [],
  span: ({ from, to }) => ({ start: isoOf(from), end: isoOf(to), periodSeconds: daySeconds }),
  statsOf,
  counterOf: ({ counter }) => counter,
  cellOf(parts) {
    const series = parts
      .map((part) => nativeCells(part.native, part.points, part))
      .filter((cells, at) => {
        const { seconds, sum, max } = joinStretches(cells);
        return seconds > 0 && !(parts[at]?.native.zeroSaysNothing && sum === 0 && max === 0);
      });
    const [first = []] = series;
    const areParallel = series.every((cells) => cells.length === first.length);
    // What is added day by day has a closer maximum than what is added as a whole.
    return areParallel
      ? joinStretches(first.map((_, at) => addParts(series.map((cells) => cells[at] ?? emptyCell))))
      : addParts(series.map(joinStretches));
  },
};
