import type { KeyboardEvent, PointerEvent } from 'react';
import { formatDay, formatMetric } from '../format.ts';
import { type DayPoint, stepOf } from '../server/day-chart.tsx';
import { text } from '../text.ts';

/** Another size, and how many times the percent of the own size the same load is of it. */
export interface Projection {
  readonly name: string;
  readonly factor: number;
}

interface SizeSeries {
  readonly metric: 'cpu.utilization' | 'memory.usage';
  readonly days: readonly string[];
  /** As long as `days`; null where there is no data. */
  readonly points: readonly (DayPoint | null)[];
  readonly name: string;
  readonly projection: Projection | undefined;
}

interface SizeChartProps extends SizeSeries {
  readonly line: { readonly value: number; readonly word: string };
  /** The chart in words. */
  readonly summary: string;
  readonly pointed: number | undefined;
  readonly onPoint: (day: number | undefined) => void;
}

const height = 100;
const inset = 0.08;

/**
 * Percent of a size, by day: the band is from the average to the maximum of the own size, a dot is the same maximum on the suggested
 * one. What is above the line of 100 % would have been clipped.
 */
export function SizeChart({ metric, days, points, name, projection, line, summary, pointed, onPoint }: SizeChartProps) {
  const top = topOf(points, projection);
  const y = (percent: number) => (height - (percent / top) * height).toFixed(2);
  const at = pointed ?? points.findLastIndex((point) => point !== null);
  const point = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    onPoint(Math.min(days.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * days.length))));
  };
  const move = (event: KeyboardEvent) => {
    const next = stepOf(event.key, at, days.length);
    if (next === undefined) return;
    event.preventDefault();
    onPoint(next);
  };
  return (
    <figure className="day-chart size-chart">
      <figcaption>
        <span>{text.metrics[metric]}</span>
        <Readout metric={metric} day={days[at]} point={points[at]} projection={projection} />
      </figcaption>
      <div className="plot">
        <span className="top">{formatMetric(metric, top)}</span>
        <svg
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the cursor of the chart
          tabIndex={0}
          role="img"
          aria-label={summary}
          viewBox={`0 0 ${days.length} ${height}`}
          preserveAspectRatio="none"
          onPointerMove={point}
          onPointerLeave={() => onPoint(undefined)}
          onKeyDown={move}
          onBlur={() => onPoint(undefined)}
        >
          {pointed !== undefined && <rect className="cursor" x={pointed} width="1" height={height} />}
          {points.map(
            (each, day) =>
              each && (
                <rect
                  key={days[day]}
                  className="band"
                  x={day + inset}
                  width={1 - 2 * inset}
                  y={y(each.max)}
                  height={((Math.max(0, each.max - each.avg) / top) * height).toFixed(2)}
                />
              ),
          )}
          <path className="line" d={lineOf(points, y)} />
          <path className="whole" d={`M0 ${y(100)}H${days.length}`} />
          <path className="threshold" d={`M0 ${y(line.value)}H${days.length}`} />
          {projection !== undefined && (
            <path className="dots" d={dotsOf(points, (max) => y(max * projection.factor))} />
          )}
        </svg>
      </div>
      <div className="axis" aria-hidden="true">
        <span>{days[0] && formatDay(days[0])}</span>
        <span>{formatDay(days.at(-1) ?? '')}</span>
      </div>
      <ul className="key">
        <li>
          <i className="now" aria-hidden="true" /> {text.rightsizing.seriesNow(name)}
        </li>
        {projection !== undefined && (
          <li>
            <i className="dot" aria-hidden="true" /> {text.rightsizing.seriesThen(projection.name)}
          </li>
        )}
        <li>
          <i className="threshold" aria-hidden="true" /> {line.word}
        </li>
        {top > 100 && (
          <li>
            <i className="whole" aria-hidden="true" /> {text.rightsizing.limitLine}
          </li>
        )}
      </ul>
    </figure>
  );
}

interface ReadoutProps extends Pick<SizeSeries, 'metric' | 'projection'> {
  readonly day: string | undefined;
  readonly point: DayPoint | null | undefined;
}

function Readout({ metric, day, point, projection }: ReadoutProps) {
  if (day === undefined) return null;
  if (!point) {
    return (
      <small>
        {formatDay(day)} <b>{text.history.noPoint}</b>
      </small>
    );
  }
  const now = text.history.point(formatMetric(metric, point.avg), formatMetric(metric, point.max));
  const then = projection && formatMetric(metric, point.max * projection.factor);
  return (
    <small>
      {formatDay(day)} <b>{then === undefined ? now : text.rightsizing.dayPoint(now, then)}</b>
    </small>
  );
}

/** The chart as numbers, newest day first. */
export function SizeTable({ metric, days, points, name, projection }: SizeSeries) {
  const written = (value: number | undefined) => (value === undefined ? '–' : formatMetric(metric, value));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.history.day}</th>
            <th scope="col" className="number">
              {text.rightsizing.avgNow(name)}
            </th>
            <th scope="col" className="number">
              {text.rightsizing.maxNow(name)}
            </th>
            {projection !== undefined && (
              <th scope="col" className="number">
                {text.rightsizing.maxNow(projection.name)}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {days
            .map((day, index) => {
              const point = points[index] ?? undefined;
              return (
                <tr key={day}>
                  <th scope="row">{formatDay(day)}</th>
                  <td className="number">{written(point?.avg)}</td>
                  <td className="number">{written(point?.max)}</td>
                  {projection !== undefined && (
                    <td className="number">{written(point && point.max * projection.factor)}</td>
                  )}
                </tr>
              );
            })
            .toReversed()}
        </tbody>
      </table>
    </div>
  );
}

/** 100 %, so that 1 % never looks like 90 %, or what the load would be of a size that is too small. */
function topOf(points: readonly (DayPoint | null)[], projection: Projection | undefined): number {
  const peak = Math.max(0, ...points.map((point) => point?.max ?? 0)) * Math.max(1, projection?.factor ?? 1);
  return Math.max(100, Math.ceil(peak / 20) * 20);
}

/** Days side by side are joined; a gap lifts the pen. */
function lineOf(points: readonly (DayPoint | null)[], y: (percent: number) => string): string {
  return points
    .map((point, day) => (point === null ? '' : `${points[day - 1] ? 'L' : 'M'}${day} ${y(point.avg)}H${day + 1}`))
    .join('');
}

/** Lines without length: round caps make dots of them that no scale flattens. */
function dotsOf(points: readonly (DayPoint | null)[], y: (max: number) => string): string {
  return points.map((point, day) => (point === null ? '' : `M${day + 0.5} ${y(point.max)}h0`)).join('');
}
