import { memo } from 'react';

interface SparklineProps {
  /** In percent by day, oldest first; null where a day has no data. */
  readonly days: readonly (number | null)[];
  readonly p95: number | undefined;
}

const height = 100;

/** On one axis from 0 to 100 % in all rows; the pen is lifted where there is no data. The numbers stand beside it. */
export const Sparkline = memo(function Sparkline({ days, p95 }: SparklineProps) {
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${days.length + 1} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className="ground" d={`M0 ${height}H${days.length + 1}`} />
      <path className="line" d={sparkPath(days)} />
      {p95 !== undefined && <path className="tick" d={`M${days.length - 0.6} ${heightOf(p95)}h1.6`} />}
    </svg>
  );
});

/** A day between two gaps is a short stroke, as a point would not be seen. */
export function sparkPath(days: readonly (number | null)[]): string {
  return days
    .map((value, day) => {
      if (value === null) return '';
      const y = heightOf(value);
      const isAlone = (days[day - 1] ?? null) === null;
      const isLast = (days[day + 1] ?? null) === null;
      if (!isAlone) return `L${day + 0.5} ${y}`;
      return isLast ? `M${day + 0.2} ${y}h0.6` : `M${day + 0.5} ${y}`;
    })
    .join('');
}

function heightOf(percent: number): number {
  return height - Math.min(100, Math.max(0, percent));
}
