import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { ServerFacets as Facets } from '../../../src/server/facets-api.ts';
import { ApiError, serverFacetsQuery } from '../api.ts';
import { formatCount, formatPercent } from '../format.ts';
import { UpdatedAgo } from '../overview/freshness.tsx';
import { PartialBar, Total, usePartialRun } from '../overview/partial-bar.tsx';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { text } from '../text.ts';
import { ColumnDialog } from './column-dialog.tsx';
import { DensitySwitch } from './density-switch.tsx';
import { ExportMenu } from './export-menu.tsx';
import { useListSearch } from './list-search.ts';
import { MapView } from './map-view.tsx';
import { NoServers } from './no-servers.tsx';
import { QueryField } from './query-field.tsx';
import { SaveView } from './save-view.tsx';
import { ScatterView } from './scatter-view.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { chosenColumns, columnOf, trendColumn, usualTrend } from './server-columns.ts';
import { ServerFacets } from './server-facets.tsx';
import { ServerGrid } from './server-grid.tsx';
import { SortSummary } from './sort-summary.tsx';
import { useListHead } from './use-rows.ts';
import { useSelection } from './use-selection.ts';
import { ViewBar } from './view-bar.tsx';

const route = getRouteApi('/servers');

export function ServersPage() {
  usePageTitle(text.pages.servers);
  const { q, type, sort, statistic, view } = useListSearch();
  const { cols, rows = 'usual', win = usualTrend } = route.useSearch();
  const days = view === 'table' && showsTrend(cols, type) ? win : 0;
  const { total, shown, isStale, error, retry } = useListHead({ q, type, sort, days });
  const calm = useRested(total === undefined ? undefined : shown.q);
  const summary = useQuery({ ...serverFacetsQuery(calm ?? '', type, statistic), enabled: calm !== undefined });
  const facets = summary.data?.data;
  const columns = useMemo(
    () => chosenColumns(cols, type, facets?.types).map((id) => columnOf(id, statistic, win)),
    [cols, type, statistic, win, facets?.types],
  );
  const selection = useSelection(JSON.stringify([shown.q, shown.type]));
  const partial = usePartialRun();
  const isRefused = error instanceof ApiError && error.report.code === 'invalid_query';
  const sorted = columns.find((column) => column.sort === shown.sort.replace(/^-/, ''));
  return (
    <div className="servers">
      <header className="page-head">
        <h1>{text.pages.servers}</h1>
        <p className="count" role="status">
          {total !== undefined && <Total count={total} isLeast={typeof partial === 'number' && total > 0} />}
        </p>
        <div className="list-tools">
          {view === 'table' && <DensitySwitch />}
          {view === 'table' && <ColumnDialog types={facets?.types} />}
          <SaveView />
          <div className={total === undefined ? 'kept-place' : 'in-place'}>
            <ExportMenu total={total ?? 0} />
          </div>
        </div>
      </header>
      <ViewBar types={facets?.types} />
      <QueryField error={error} />
      <div className="servers-body">
        <ServerFacets facets={facets} q={q} />
        <div className={isStale ? 'stale' : undefined}>
          {error !== null && !isRefused ? (
            <FailureNotice error={error} retry={retry} />
          ) : total === undefined || partial === undefined ? (
            !isRefused && <Skeleton rows={14} />
          ) : total === 0 ? (
            <NoServers q={shown.q} type={shown.type} />
          ) : view === 'map' ? (
            <>
              <PartialBar id={partial} />
              <MapView />
            </>
          ) : view === 'scatter' ? (
            <>
              <PartialBar id={partial} />
              <ScatterView />
            </>
          ) : (
            <>
              <PartialBar id={partial} />
              <SelectionBar selection={selection} />
              <ServerGrid
                key={JSON.stringify([shown.q, shown.type, shown.sort, rows])}
                shown={shown}
                total={total}
                columns={columns}
                density={rows}
                selection={selection}
              />
              <div className="grid-foot">
                {sorted?.metric !== undefined ? (
                  <SortSummary asked={shown} total={total} column={{ ...sorted, metric: sorted.metric }} />
                ) : (
                  facets !== undefined && <CpuSummary cpu={facets.cpu} total={total} />
                )}
                <UpdatedAgo />
              </div>
            </>
          )}
        </div>
      </div>
    </div>
  );
}

/** Whether rows are to be asked for with their trend, before it is known what else a type has. */
function showsTrend(cols: string | undefined, type: string): boolean {
  return chosenColumns(cols, type, undefined).includes(trendColumn);
}

/** How long a query must stand before its facets are asked for, in milliseconds: rows come first. */
const restMs = 300;

function useRested(q: string | undefined): string | undefined {
  const [rested, setRested] = useState(q);
  useEffect(() => {
    const timer = setTimeout(() => setRested(q), restMs);
    return () => clearTimeout(timer);
  }, [q]);
  return rested;
}

function CpuSummary({ cpu: { statistic, measured, p50, p90 }, total }: { cpu: Facets['cpu']; total: number }) {
  return (
    <p className="grid-summary">
      {text.list.summary}: <b>{text.list.cpu(text.statistics[statistic])}</b>
      {p50 !== null && ` · p50 ${formatPercent(p50)}`}
      {p90 !== null && ` · p90 ${formatPercent(p90)}`} ·{' '}
      {text.list.unmeasured(formatCount(Math.max(0, total - measured)))}
    </p>
  );
}
