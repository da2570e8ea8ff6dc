import { useQuery } from '@tanstack/react-query';
import type { MetricKey } from '../../../src/model/metric.ts';
import type { ServerRow } from '../../../src/server/api.ts';
import { serverStatistics } from '../addresses.ts';
import { serverCountQuery, serverRowQuery } from '../api.ts';
import { formatCount, formatMetric } from '../format.ts';
import { text } from '../text.ts';
import type { ServerColumn } from './server-columns.ts';

interface SortSummaryProps {
  readonly asked: { readonly q: string; readonly type: string; readonly sort: string };
  readonly total: number;
  /** Of the metric that the list is sorted by. */
  readonly column: ServerColumn & { readonly metric: MetricKey };
}

/** Of what the list is sorted by: the values at its middle and at its upper tenth, and how many servers have none. */
export function SortSummary({ asked, total, column }: SortSummaryProps) {
  const by = asked.sort.replace(/^-/, '');
  const statistic = by.slice(by.lastIndexOf('.') + 1);
  const none = useQuery(serverCountQuery(`${asked.q} ${by}:none`.trim(), asked.type)).data;
  const measured = none === undefined ? undefined : total - none;
  const p50 = useQuantile(asked, measured, 50);
  const p90 = useQuantile(asked, measured, 90);
  const shownOf = (row: ServerRow | undefined | null) => {
    const values: Readonly<Record<string, number | undefined>> = row?.values[column.metric] ?? {};
    const value = values[statistic];
    return value === undefined ? undefined : formatMetric(column.metric, value);
  };
  const name = serverStatistics.find((each) => each === statistic);
  const [middle, high] = [shownOf(p50), shownOf(p90)];
  return (
    <p className="grid-summary">
      {text.list.summary}: <b>{name === undefined ? column.label : `${column.label} ${text.statistics[name]}`}</b>
      {middle !== undefined && ` · p50 ${middle}`}
      {high !== undefined && ` · p90 ${high}`}
      {none !== undefined && ` · ${text.list.unmeasured(formatCount(none))}`}
    </p>
  );
}

/** Servers without a value come last in either order. */
function useQuantile(asked: SortSummaryProps['asked'], measured: number | undefined, percent: number) {
  const last = (measured ?? 0) - 1;
  const rank = Math.floor((last * percent) / 100);
  const at = asked.sort.startsWith('-') ? last - rank : rank;
  return useQuery({ ...serverRowQuery(asked, Math.max(0, at)), enabled: last >= 0 }).data;
}
