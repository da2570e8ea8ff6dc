import { memo, type ReactNode } from 'react';
import type { ServerRow } from '../../../src/server/api.ts';
import type { CpuStatistic } from '../../../src/store/inventory.ts';
import { formatMetric, units } from '../format.ts';
import { Gauge } from '../parts/gauge.tsx';
import { MissingValue } from '../parts/missing-value.tsx';
import { ServerStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { nameColumn, type ServerColumn, trendColumn } from './server-columns.ts';
import { Sparkline } from './sparkline.tsx';

interface GridRowProps {
  readonly index: number;
  /** Undefined until it has come. */
  readonly row: ServerRow | undefined;
  readonly columns: readonly ServerColumn[];
  readonly template: string;
  readonly statistic: CpuStatistic;
  /** In pixels. */
  readonly height: number;
  readonly isActive: boolean;
  /** It is looked at beside the list. */
  readonly isPeeked: boolean;
  readonly onFocus: (index: number) => void;
  readonly onPeek: (index: number) => void;
  readonly isSelected: boolean;
  readonly onSelect: (row: ServerRow) => void;
}

export const GridRow = memo(function GridRow({
  index,
  row,
  columns,
  template,
  statistic,
  height,
  ...rest
}: GridRowProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      className="grid-row"
      aria-selected={rest.isSelected}
      aria-current={rest.isPeeked ? 'true' : undefined}
      tabIndex={rest.isActive ? 0 : -1}
      onFocus={() => rest.onFocus(index)}
      style={{ gridTemplateColumns: template, transform: `translateY(${index * height}px)` }}
    >
      {row === undefined ? (
        <td aria-busy="true" className="waiting">
          <i />
        </td>
      ) : (
        <Cells
          row={row}
          columns={columns}
          statistic={statistic}
          isSelected={rest.isSelected}
          onPeek={() => rest.onPeek(index)}
          onSelect={() => rest.onSelect(row)}
        />
      )}
    </tr>
  );
});

interface CellsProps extends Pick<GridRowProps, 'columns' | 'statistic' | 'isSelected'> {
  readonly row: ServerRow;
  readonly onPeek: () => void;
  readonly onSelect: () => void;
}

function Cells({ row, columns, statistic, isSelected, onPeek, onSelect }: CellsProps) {
  return columns.map(({ id, metric }) =>
    id === nameColumn ? (
      <th key={id} scope="row" className="pinned">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={text.selection.select(row.name || row.resource_id)}
          checked={isSelected}
          onChange={onSelect}
        />
        <a href={`/servers/${row.id}`} title={row.name} tabIndex={-1}>
          {row.name || row.resource_id}
        </a>
        <button
          type="button"
          className="peek-open"
          tabIndex={-1}
          aria-label={text.peek.open(row.name || row.resource_id)}
          onClick={onPeek}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2.5 3h11v10h-11zM9.5 3v10" />
          </svg>
        </button>
      </th>
    ) : (
      <td key={id} className={metric === undefined ? undefined : 'number'}>
        {metric === undefined ? factOf(row, id) : <MeasuredValue row={row} metric={metric} statistic={statistic} />}
      </td>
    ),
  );
}

function factOf(row: ServerRow, id: string): ReactNode {
  if (id === 'account') return row.account;
  if (id === 'provider') return row.provider;
  if (id === 'region') return row.region;
  if (id === 'instanceType') return row.instance_type;
  if (id === trendColumn) return row.trend && <Sparkline days={row.trend} p95={row.values['cpu.utilization']?.p95} />;
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
