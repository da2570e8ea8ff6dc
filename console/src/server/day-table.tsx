import type { MetricKey } from '../../../src/model/metric.ts';
import { formatDay, formatMetric } from '../format.ts';
import { text } from '../text.ts';
import type { DayHistory, DayPoint } from './day-chart.tsx';
import { wordOf } from './day-marks.ts';

const columns = [
  { name: 'avg', label: text.history.avgOf },
  { name: 'max', label: text.history.maxOf },
  { name: 'min', label: text.history.minOf },
  { name: 'p95', label: text.history.p95Of },
] as const;

interface DayTableProps {
  readonly keys: readonly MetricKey[];
  readonly history: DayHistory;
}

/** The charts of a section as numbers, newest day first. What no day has is no column. */
export function DayTable({ keys, history: { days: measured, series, changes = [] } }: DayTableProps) {
  const changed = Map.groupBy(changes, ({ at }) => at.slice(0, 10));
  // What was found since the last whole day has a row, too.
  const days = [...measured, ...[...changed.keys()].filter((day) => !measured.includes(day))];
  const shown = keys.flatMap((key) =>
    columns
      .filter(({ name }) => name === 'avg' || name === 'max' || series[key]?.some((point) => isNumber(point?.[name])))
      .map((column) => ({ key, ...column })),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.history.day}</th>
            {shown.map(({ key, name, label }) => (
              <th key={`${key} ${name}`} scope="col" className="number">
                {label(text.metrics[key])}
              </th>
            ))}
            {changes.length > 0 && <th scope="col">{text.history.changes.title}</th>}
          </tr>
        </thead>
        <tbody>
          {days
            .map((day, index) => (
              <tr key={day}>
                <th scope="row">{formatDay(day)}</th>
                {shown.map(({ key, name }) => (
                  <td key={`${key} ${name}`} className="number">
                    {cellOf(key, series[key]?.[index]?.[name])}
                  </td>
                ))}
                {changes.length > 0 && <td>{changed.get(day)?.map(wordOf).join('; ')}</td>}
              </tr>
            ))
            .toReversed()}
        </tbody>
      </table>
    </div>
  );
}

function isNumber(value: DayPoint['min']): value is number {
  return typeof value === 'number';
}

function cellOf(key: MetricKey, value: DayPoint['min']): string {
  return isNumber(value) ? formatMetric(key, value) : '–';
}
