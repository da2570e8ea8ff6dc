import { type DayCell, emptyCell } from '#model/day-cell.ts';
import { daySeconds } from '#model/window.ts';
import type { NativeMetric, PlatformProvider } from './catalog/platform-provider.ts';
import type { ObservedTime } from './observed-time.ts';

/** What a data source is asked for, whatever it calls them. */
export type Stat = 'mean' | 'max' | 'min' | 'sum';

/** One metric of one server: of each statistic a point a day. Which day a point is of cannot be told where days are missing. */
export type Points = Readonly<Record<Stat, readonly number[]>>;

/** The statistics that a metric has to be asked for. */
export function statsOf({ sampling, isRest }: NativeMetric, wantsMin: boolean): readonly Stat[] {
  const middle = sampling === 'level' ? 'mean' : 'sum';
  return wantsMin ? [middle, 'max', 'min'] : [middle, isRest ? 'min' : 'max'];
}

export interface CellContext {
  readonly provider: PlatformProvider;
  readonly time: ObservedTime | undefined;
  /** Bytes of the server's memory, for metrics that are told against it. */
  readonly memory: number | undefined;
  readonly wantsMin: boolean;
}

/** A cell for each point, in their order; empty where the server was not observed. */
export function nativeCells(native: NativeMetric, points: Points, context: CellContext): DayCell[] {
  const { memory, wantsMin } = context;
  const isLevel = native.sampling === 'level';
  const middle = isLevel ? points.mean : points.sum;
  const told = toldBy(native, memory);
  const [highest, lowest] = native.isRest ? [points.min, points.max] : [points.max, points.min];
  const time = timeOf(middle.length, isLevel, context);
  return middle.map((value, at) => {
    const { seconds = 0, distance = 1 } = time[at] ?? {};
    const extreme = (of: readonly number[]) => told((of[of.length - middle.length + at] ?? Number.NaN) / distance);
    const max = extreme(highest);
    const min = extreme(lowest);
    if (seconds === 0 || !Number.isFinite(value) || !Number.isFinite(max)) return emptyCell;
    const average = told(isLevel ? value : value / seconds);
    return {
      sum: average * seconds,
      seconds,
      max,
      ...(wantsMin && Number.isFinite(min) ? { min } : {}),
    };
  });
}

interface DayTime {
  readonly seconds: number;
  /** What an extreme is divided by. */
  readonly distance: number;
}

/**
 * Day by day where the counter has as many points, else as if every day had been like the others. Amounts of days whose samples
 * are of unknown length are left out, unless there are no others.
 */
function timeOf(points: number, isLevel: boolean, { time, provider }: CellContext): DayTime[] {
  const known = time?.distances.find((distance) => distance !== undefined);
  const usual = known ?? provider.sampleDistances[0] ?? daySeconds;
  if (time?.seconds.length === points) {
    return time.seconds.map((seconds, at) => {
      if (isLevel) return { seconds, distance: 1 };
      const distance = time.distances[at] ?? (known === undefined ? usual : undefined);
      return distance === undefined ? { seconds: 0, distance: 1 } : { seconds, distance };
    });
  }
  const days = time?.seconds.filter((seconds) => seconds > 0) ?? [];
  const seconds = days.length === 0 ? daySeconds : days.reduce((sum, each) => sum + each, 0) / days.length;
  return Array.from({ length: points }, () => ({ seconds, distance: isLevel ? 1 : usual }));
}

/** As the key has it: used instead of free, percent instead of bytes. */
function toldBy({ isRest, isShare }: NativeMetric, memory = Number.NaN): (value: number) => number {
  return (value) => {
    const used = isRest ? memory - value : value;
    return isShare ? (100 * used) / memory : used;
  };
}
