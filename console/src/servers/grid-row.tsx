import { Link } from '@tanstack/react-router';
import { memo, type ReactNode } from 'react';
import type { ServerRow } from '../../../src/server/api.ts';
import type { CpuStatistic } from '../../../src/store/inventory.ts';
import { formatMetric, units } from '../format.ts';
import { Gauge } from '../parts/gauge.tsx';
import { MissingValue } from '../parts/missing-value.tsx';
import { ServerStateMark } from '../parts/state-mark.tsx';
import type { ServerColumn } from './server-columns.ts';
import { rowHeight } from './use-row-window.ts';

interface GridRowProps {
  readonly index: number;
  /** Undefined until it has come. */
  readonly row: ServerRow | undefined;
  readonly columns: readonly ServerColumn[];
  readonly template: string;
  readonly statistic: CpuStatistic;
  readonly isActive: boolean;
  readonly onFocus: (index: number) => void;
}

export const GridRow = memo(function GridRow({ index, row, columns, template, statistic, ...focus }: GridRowProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      className="grid-row"
      tabIndex={focus.isActive ? 0 : -1}
      onFocus={() => focus.onFocus(index)}
      style={{ gridTemplateColumns: template, transform: `translateY(${index * rowHeight}px)` }}
    >
      {row === undefined ? (
        <td aria-busy="true" className="waiting">
          <i />
        </td>
      ) : (
        <Cells row={row} columns={columns} statistic={statistic} />
      )}
    </tr>
  );
});

type CellsProps = Pick<GridRowProps, 'columns' | 'statistic'> & { readonly row: ServerRow };

function Cells({ row, columns, statistic }: CellsProps) {
  return columns.map(({ sort, metric }) =>
    sort === 'name' ? (
      <th key={sort} scope="row" className="pinned">
        <Link to="/servers/$id" params={{ id: String(row.id) }} title={row.name} tabIndex={-1}>
          {row.name || row.resource_id}
        </Link>
      </th>
    ) : (
      <td key={sort} className={metric === undefined ? undefined : 'number'}>
        {metric === undefined ? factOf(row, sort) : <MeasuredValue row={row} metric={metric} statistic={statistic} />}
      </td>
    ),
  );
}

function factOf(row: ServerRow, sort: string): ReactNode {
  if (sort === 'account') return row.account;
  if (sort === 'region') return row.region;
  if (sort === 'instanceType') return row.instance_type;
  return <ServerStateMark state={row.state} />;
}

interface MeasuredValueProps {
  readonly row: ServerRow;
  readonly metric: NonNullable<ServerColumn['metric']>;
  readonly statistic: CpuStatistic;
}

function MeasuredValue({ row, metric, statistic }: MeasuredValueProps) {
  const values = row.values[metric];
  const value = values?.[statistic];
  if (value === undefined) return <MissingValue reason={row.missing[metric]} />;
  return (
    <>
      {units[metric] === 'percent' && <Gauge avg={value} max={statistic === 'avg' ? values?.max : undefined} />}
      {formatMetric(metric, value)}
    </>
  );
}
