import type { KeyboardEvent, PointerEvent } from 'react';
import type { MetricKey } from '../../../src/model/metric.ts';
import type { HistoryChange } from '../../../src/server/api.ts';
import { formatDay, formatMetric, units } from '../format.ts';
import { text } from '../text.ts';
import { kindOf, placeOf, wordOf } from './day-marks.ts';

/** What is known of a day: its minimum and percentile only where they were read. */
export interface DayPoint {
  readonly avg: number;
  readonly max: number;
  readonly min?: number | null;
  readonly p95?: number | null;
  readonly seconds: number;
}

export interface DayHistory {
  readonly days: readonly string[];
  readonly series: Readonly<Partial<Record<string, readonly (DayPoint | null)[]>>>;
  /** What became of the server meanwhile, oldest first, where that was asked. */
  readonly changes?: readonly HistoryChange[];
}

interface DayChartProps {
  readonly metric: MetricKey;
  readonly history: DayHistory;
  /** The day that is looked at, in all charts alike. */
  readonly pointed: number | undefined;
  readonly onPoint: (day: number | undefined) => void;
}

const height = 100;

/**
 * The day's average as a line as wide as the day, the band from its minimum, or where nobody asked for one from there, to its
 * maximum, the percentile dashed. A day without data stays open, and is marked below.
 */
export function DayChart({ metric, history: { days, series, changes = [] }, pointed, onPoint }: DayChartProps) {
  const points = series[metric] ?? [];
  const top = topOf(metric, points);
  const label = text.metrics[metric];
  const latest = points.findLastIndex((point) => point !== null);
  const move = (event: KeyboardEvent) => {
    const next = stepOf(event.key, pointed ?? latest, days.length);
    if (next === undefined) return;
    event.preventDefault();
    onPoint(next);
  };
  const point = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    onPoint(Math.min(days.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * days.length))));
  };
  return (
    <figure className="day-chart">
      <figcaption>
        <span>{label}</span>
        <Readout metric={metric} day={days[pointed ?? latest]} point={points[pointed ?? latest]} />
      </figcaption>
      <div className="plot">
        <span className="top">{formatMetric(metric, top)}</span>
        <svg
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the cursor of the chart
          tabIndex={0}
          role="img"
          aria-label={[sentence(metric, points), ...changesSaid(changes)].join(' ')}
          viewBox={`0 0 ${days.length} ${height}`}
          preserveAspectRatio="none"
          onPointerMove={point}
          onPointerLeave={() => onPoint(undefined)}
          onKeyDown={move}
          onBlur={() => onPoint(undefined)}
        >
          <path className="grid" d={`M0 ${height / 2}H${days.length}M0 0H${days.length}`} />
          {pointed !== undefined && <rect className="cursor" x={pointed} width="1" height={height} />}
          {points.map((one, day) => one && <Band key={days[day]} day={day} point={one} top={top} />)}
          <path className="line p95" d={lineOf(points, top, 'p95')} />
          <path className="line" d={lineOf(points, top, 'avg')} />
          <path className="gap" d={gapsOf(points)} />
        </svg>
        {changes.map((change) => (
          <i
            key={`${change.at} ${change.what}`}
            className={`change ${kindOf(change)}`}
            style={{ insetInlineStart: `${100 * placeOf(change, days)}%` }}
          />
        ))}
      </div>
      <div className="axis" aria-hidden="true">
        <span>{days[0] && formatDay(days[0])}</span>
        <span>{formatDay(days.at(-1) ?? '')}</span>
      </div>
    </figure>
  );
}

function Readout({
  metric,
  day,
  point,
}: {
  metric: MetricKey;
  day: string | undefined;
  point: DayPoint | null | undefined;
}) {
  if (day === undefined) return null;
  return (
    <small>
      {formatDay(day)}{' '}
      <b>
        {point
          ? text.history.point(formatMetric(metric, point.avg), formatMetric(metric, point.max))
          : text.history.noPoint}
        {typeof point?.p95 === 'number' && ` · p95 ${formatMetric(metric, point.p95)}`}
        {typeof point?.min === 'number' && ` · ${text.history.least(formatMetric(metric, point.min))}`}
      </b>
    </small>
  );
}

const inset = 0.08;

function Band({ day, point, top }: { day: number; point: DayPoint; top: number }) {
  const y = heightOf(point.max, top);
  const bottom = heightOf(point.min ?? point.avg, top);
  return <rect className="band" x={day + inset} width={1 - 2 * inset} y={y} height={Math.max(0, bottom - y)} />;
}

/** Days side by side are joined; a gap lifts the pen. */
function lineOf(points: readonly (DayPoint | null)[], top: number, name: 'avg' | 'p95'): string {
  const values = points.map((point) => point?.[name] ?? null);
  return values
    .map((value, day) => {
      if (value === null) return '';
      const isJoined = day > 0 && values[day - 1] !== null;
      return `${isJoined ? 'L' : 'M'}${day} ${heightOf(value, top).toFixed(2)}H${day + 1}`;
    })
    .join('');
}

/** A stroke along the bottom for each day without data, between days that have some: before the first one there was nothing. */
function gapsOf(points: readonly (DayPoint | null)[]): string {
  const first = points.findIndex((point) => point !== null);
  return points
    .map((point, day) => (point === null && day > first && first >= 0 ? `M${day} ${height}h1` : ''))
    .join('');
}

function heightOf(value: number, top: number): number {
  return height - Math.min(1, value / top) * height;
}

/** Shares are of 100 %, so that 1 % never looks like 90 %; all else ends at a round number above the peak. */
function topOf(metric: MetricKey, points: readonly (DayPoint | null)[]): number {
  if (units[metric] === 'percent') return 100;
  const peak = Math.max(0, ...points.map((point) => point?.max ?? 0));
  if (peak === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(peak));
  return ([1, 2, 5, 10].find((step) => step * power >= peak) ?? 10) * power;
}

function sentence(metric: MetricKey, points: readonly (DayPoint | null)[]): string {
  const known = points.filter((point) => point !== null);
  const seconds = known.reduce((sum, point) => sum + point.seconds, 0);
  const avg = known.reduce((sum, point) => sum + point.avg * point.seconds, 0) / (seconds || 1);
  const max = Math.max(0, ...known.map((point) => point.max));
  return text.history.summary(
    text.metrics[metric],
    formatMetric(metric, avg),
    formatMetric(metric, max),
    known.length,
    points.length,
  );
}

const mostSaid = 3;

function changesSaid(changes: readonly HistoryChange[]): readonly string[] {
  if (changes.length === 0) return [];
  const newest = changes.slice(-mostSaid).map((change) => `${formatDay(change.at)} ${wordOf(change)}`);
  return [text.history.changes.marked(String(changes.length), newest.join('; '))];
}

/** Where the keys of a chart lead its cursor; undefined for others. */
export function stepOf(key: string, from: number, days: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'ArrowRight':
      return Math.min(days - 1, from + 1);
    case 'Home':
      return 0;
    case 'End':
      return days - 1;
    default:
      return undefined;
  }
}
