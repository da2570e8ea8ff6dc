import { getRouteApi, Link } from '@tanstack/react-router';
import { memo } from 'react';
import { text } from '../text.ts';
import { useListSearch } from './list-search.ts';
import type { ServerColumn } from './server-columns.ts';

const route = getRouteApi('/servers');

interface GridHeaderProps {
  readonly columns: readonly ServerColumn[];
  readonly template: string;
}

export const GridHeader = memo(function GridHeader({ columns, template }: GridHeaderProps) {
  return (
    <thead className="grid-head">
      <tr aria-rowindex={1} className="grid-row" style={{ gridTemplateColumns: template }}>
        {columns.map((column) => (
          <HeaderCell key={column.id} column={column} />
        ))}
      </tr>
    </thead>
  );
});

function HeaderCell({ column }: { column: ServerColumn }) {
  if (column.sort === undefined) return <th scope="col">{column.label}</th>;
  return <SortHeader column={column} by={column.sort} />;
}

/** Numbers begin with the highest, words with the first; a second click turns the order round. */
function SortHeader({ column: { label, metric }, by }: { column: ServerColumn; by: string }) {
  const { sort, statistic } = useListSearch();
  const search = route.useSearch();
  const order = sort === by ? 'ascending' : sort === `-${by}` ? 'descending' : 'none';
  const isTurned = order === 'none' ? metric !== undefined : order === 'ascending';
  const isPinned = by === 'name';
  return (
    <th scope="col" aria-sort={order} className={`${metric === undefined ? '' : 'number'} ${isPinned ? 'pinned' : ''}`}>
      <Link
        to="/servers"
        search={{ ...search, sort: isTurned ? `-${by}` : by }}
        aria-label={text.table.sortBy(metric === undefined ? label : `${label} ${text.statistics[statistic]}`)}
      >
        {label}
        {metric !== undefined && <small> {text.statistics[statistic]}</small>}
        <svg viewBox="0 0 8 8" className={`arrow ${order}`} aria-hidden="true">
          <path d="M4 1.5 7 6H1z" />
        </svg>
      </Link>
    </th>
  );
}
