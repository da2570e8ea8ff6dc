import { averageOf, type DayCell, type Days, joinStretches } from '#model/day-cell.ts';
import type { MetricSource } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import {
  type MeasuredInfo,
  type MetricInfo,
  type Monitoring,
  type MonitoringInfo,
  splitKey,
  type Values,
} from '#model/record.ts';
import type { Resource } from '#model/resource.ts';
import { quantile, type Sketch } from '#model/sketch.ts';
import { isPercentile, quantileOf, type Statistic } from '#model/statistic.ts';
import { type DayRange, dayCount, daySeconds, daysOf, isoOf, startOf } from '#model/window.ts';
import type { Wanted } from './missing-days.ts';

export interface Folded {
  readonly monitoring: Monitoring;
  readonly info: MonitoringInfo;
}

export interface FoldContext {
  readonly wanted: Wanted;
  readonly source: (key: MetricKey) => MetricSource;
  /** Keys that the run could not read, or had nothing to ask for. */
  readonly missing: ReadonlyMap<MetricKey, { readonly reason: MissingReason; readonly isFailure: boolean }>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Folds the days of one server into one value per key and statistic, and says where each comes from or why it is not there. */
export function fold(resource: Resource, days: Days, context: FoldContext): Folded {
  const { wanted, now } = context;
  const monitoring: Record<string, Record<string, Values>> = {};
  const metrics: Partial<Record<MetricKey, MetricInfo>> = {};
  for (const key of wanted.keys) {
    if (!resource.metrics.includes(key)) continue;
    const { values, info } = foldKey(resource, key, days, context);
    metrics[key] = info;
    if (values === undefined) continue;
    const [section, name] = splitKey(key);
    monitoring[section] = { ...monitoring[section], [name]: values };
  }
  const window = { start: isoOf(wanted.window.from), end: isoOf(wanted.window.to) };
  return { monitoring, info: { window, collected_at: new Date(now).toISOString(), metrics } };
}

function foldKey(
  resource: Resource,
  key: MetricKey,
  days: Days,
  context: FoldContext,
): { values?: Values; info: MetricInfo } {
  const { wanted, source, missing } = context;
  const constant = resource.constants[key];
  if (constant !== undefined) {
    const values = Object.fromEntries(wanted.statistics.map((statistic) => [statistic, constant]));
    return { values, info: { ...source(key), coverage: 1 } };
  }
  const cell = windowCell(key, days, wanted.window);
  const gap = missing.get(key);
  if (cell.seconds === 0) return { info: { missing: gap?.reason ?? whyEmpty(resource, wanted.window) } };
  return {
    values: valuesOf(cell, wanted.statistics),
    info: infoOf(cell, wanted, source(key), gap?.isFailure ? gap.reason : undefined),
  };
}

/** The window as one cell. */
export function windowCell(key: MetricKey, days: Days, window: DayRange): DayCell {
  const cells: DayCell[] = [];
  for (const day of daysOf(window)) {
    const cell = days.get(day)?.get(key);
    if (cell !== undefined) cells.push(cell);
  }
  return joinStretches(cells);
}

/** The values of a cell; percentiles only where every observed day has its points. */
export function valuesOf(cell: DayCell, statistics: readonly Statistic[]): Values {
  const values: Partial<Record<Statistic, number>> = {};
  for (const statistic of statistics) {
    const value = statisticOf(cell, statistic);
    if (value !== undefined) values[statistic] = tidy(value);
  }
  return values;
}

function statisticOf(cell: DayCell, statistic: Statistic): number | undefined {
  if (isPercentile(statistic))
    return cell.sketch === undefined ? undefined : quantile(cell.sketch, quantileOf(statistic));
  if (statistic === 'avg') return averageOf(cell);
  return statistic === 'max' ? cell.max : cell.min;
}

function infoOf(
  cell: DayCell,
  wanted: Wanted,
  source: MetricSource,
  incomplete: MissingReason | undefined,
): MeasuredInfo {
  const coverage = Math.min(1, cell.seconds / (dayCount(wanted.window) * daySeconds));
  return {
    ...source,
    coverage: Math.round(coverage * 10_000) / 10_000,
    ...(cell.sketch !== undefined && wanted.statistics.some(isPercentile)
      ? { resolution: resolutionOf(cell.seconds, cell.sketch) }
      : {}),
    ...(incomplete === undefined ? {} : { incomplete }),
    ...(cell.maxIsUpperBound ? { max_is: 'upper_bound' as const } : {}),
  };
}

/** The length of the points that a sketch was made of: observed time over points, to the next usual length. Seconds. */
function resolutionOf(seconds: number, sketch: Sketch): number {
  let points = sketch.zeros;
  for (const count of sketch.buckets.values()) points += count;
  const length = seconds / points;
  return [60, 300, 600, 900, 1200, 1800, 3600, daySeconds].reduce(
    (best, usual) => (Math.abs(Math.log(usual / length)) < Math.abs(Math.log(best / length)) ? usual : best),
    60,
  );
}

/** Asked, answered, and nothing there. */
function whyEmpty(resource: Resource, window: DayRange): MissingReason {
  if (resource.state === 'TERMINATED') return 'terminated';
  if (resource.state === 'STOPPED') return 'stopped';
  const wholeDayInWindow = startOf(window.to - 1);
  return resource.createdAt !== undefined && resource.createdAt >= wholeDayInWindow ? 'too_new' : 'no_data';
}

/** Ten significant digits: what addition of doubles leaves behind is noise, small values stay. */
function tidy(value: number): number {
  return Number(value.toPrecision(10));
}
