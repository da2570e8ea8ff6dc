import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { serversQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { EmptyNotice, FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { text } from '../text.ts';
import { ServerFilters } from './server-filters.tsx';
import { ServerPages } from './server-pages.tsx';
import { ServerTable } from './server-table.tsx';

const route = getRouteApi('/servers');

export function ServersPage() {
  usePageTitle(text.pages.servers);
  const { page, sort = 'name', ...search } = route.useSearch();
  const { data, error, isPlaceholderData, refetch } = useQuery(serversQuery({ ...search, sort }));
  return (
    <div className="servers">
      <header className="page-head">
        <h1>{text.pages.servers}</h1>
        <p className="count" role="status">
          {data?.meta.total !== undefined && formatCount(data.meta.total)}
        </p>
      </header>
      <ServerFilters />
      {error !== null ? (
        <FailureNotice error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton rows={14} />
      ) : data.data.length === 0 ? (
        <NoServers isFiltered={Object.keys(search).length > 0} />
      ) : (
        <div className={isPlaceholderData ? 'stale' : undefined}>
          <ServerTable rows={data.data} sort={sort} />
          <ServerPages meta={data.meta} shown={data.data.length} page={page ?? 1} />
        </div>
      )}
    </div>
  );
}

/** There is nothing yet, or nothing that the filters let through. */
function NoServers({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyNotice title={text.table.none}>
      <p>{text.table.noneFix}</p>
    </EmptyNotice>
  ) : (
    <EmptyNotice title={text.fleet.noServers}>
      <p>{text.fleet.noServersFix}</p>
      <code>{text.fleet.firstRun}</code>
    </EmptyNotice>
  );
}
