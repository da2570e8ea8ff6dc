import type { MetricKey } from '../../../src/model/metric.ts';
import type { ServerHistory } from '../../../src/server/api.ts';
import { formatDay, formatMetric } from '../format.ts';
import { text } from '../text.ts';

/** The charts of a section as numbers, newest day first. */
export function DayTable({ keys, history: { days, series } }: { keys: readonly MetricKey[]; history: ServerHistory }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.history.day}</th>
            {keys.flatMap((key) => [
              <th key={`${key} avg`} scope="col" className="number">
                {text.history.avgOf(text.metrics[key])}
              </th>,
              <th key={`${key} max`} scope="col" className="number">
                {text.history.maxOf(text.metrics[key])}
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {days
            .map((day, index) => (
              <tr key={day}>
                <th scope="row">{formatDay(day)}</th>
                {keys.flatMap((key) => {
                  const point = series[key]?.[index];
                  return [
                    <td key={`${key} avg`} className="number">
                      {point ? formatMetric(key, point.avg) : '–'}
                    </td>,
                    <td key={`${key} max`} className="number">
                      {point ? formatMetric(key, point.max) : '–'}
                    </td>,
                  ];
                })}
              </tr>
            ))
            .toReversed()}
        </tbody>
      </table>
    </div>
  );
}
