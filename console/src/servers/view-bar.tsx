import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, linkOptions } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import type { ServerFacets } from '../../../src/server/facets-api.ts';
import type { CpuStatistic } from '../../../src/store/inventory.ts';
import { longestTrend, type ServersAddress, serverStatistics, serverViews } from '../addresses.ts';
import { statusQuery } from '../api.ts';
import { WindowPicker } from '../parts/window-picker.tsx';
import { text } from '../text.ts';
import { useListSearch } from './list-search.ts';
import { onSavedViews, savedViews } from './saved-views.ts';
import { serverType, usualTrend } from './server-columns.ts';

const route = getRouteApi('/servers');

/** A view is a query, and an order that shows why. */
export const views = {
  all: {},
  idle: { q: 'state:RUNNING cpu.max:<10', sort: 'cpu.max', stat: 'max' },
  hot: { q: 'cpu.max:>90', sort: '-cpu.avg' },
  noMemory: { q: 'state:RUNNING mem:none' },
} as const satisfies Record<string, ServersAddress>;

/** A link of less than the address says is not where one is. */
const exactly = { exact: true, explicitUndefined: true } as const;

/** Which servers, which type, which statistic: links, so that each is an address. */
export function ViewBar({ types }: { types: ServerFacets['types'] | undefined }) {
  const { q, type, statistic, view } = useListSearch();
  const saved = useSyncExternalStore(onSavedViews, savedViews);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="view-bar">
      <nav className="switch" aria-label={text.list.views}>
        <ViewLink name="all" q={q} />
        <ViewLink name="idle" q={q} />
        <ViewLink name="hot" q={q} />
        <ViewLink name="noMemory" q={q} />
        {saved.map(({ name, search: kept }) => (
          <Link key={name} to="/servers" search={kept} activeOptions={exactly}>
            {name}
          </Link>
        ))}
      </nav>
      <nav className="switch" aria-label={text.list.drawnAs}>
        {(['table', ...serverViews] as const).map((each) => (
          <Link
            key={each}
            to="/servers"
            search={withView(search, each)}
            activeOptions={exactly}
            aria-current={each === view ? 'true' : undefined}
          >
            {text.list.drawn[each]}
          </Link>
        ))}
      </nav>
      <label>
        <span className="filter-name">{text.list.type}</span>
        <select
          value={type}
          onChange={({ target: { value } }) =>
            void navigate({
              search: {
                ...(q && { q }),
                ...(value === serverType ? {} : { type: value }),
                ...(view === 'table' ? {} : { view }),
                ...(search.win && { win: search.win }),
              },
            })
          }
        >
          {(types ?? [{ id: type, label: type }]).map(({ id, label }) => (
            <option key={id} value={id}>
              {text.list.types[id] ?? label}
            </option>
          ))}
        </select>
      </label>
      <nav className="switch" aria-label={text.list.statistic}>
        {serverStatistics.map((each) => (
          <Link
            key={each}
            to="/servers"
            search={withStatistic(search, each)}
            activeOptions={exactly}
            aria-current={each === statistic ? 'true' : undefined}
            aria-keyshortcuts={each === nextStatistic(statistic) ? 's' : undefined}
          >
            {text.statistics[each]}
          </Link>
        ))}
      </nav>
      {view === 'table' && (
        <WindowPicker
          label={text.list.trendSpan}
          win={search.win ?? usualTrend}
          most={longestTrend}
          linkTo={(win) => linkOptions({ to: '/servers', search: { ...search, win } })}
        />
      )}
      <CollectedWindow />
    </div>
  );
}

/** What is counted, sorted and filtered is of the window that was collected, whatever the trends show. */
function CollectedWindow() {
  const { data } = useQuery(statusQuery);
  const window = data?.data.window;
  if (window == null) return null;
  const days = Math.round((Date.parse(window.end) - Date.parse(window.start)) / 86_400_000);
  return (
    <Link
      to="/settings/$section"
      params={{ section: 'collection' }}
      className="collected-window"
      title={text.frame.windowSet}
    >
      {text.list.collected(text.history.lastDays(days))}
    </Link>
  );
}

/** Another query leaves it as it is drawn. */
function ViewLink({ name, q }: { name: keyof typeof views; q: string }) {
  const { view: drawn, cols, rows, win } = route.useSearch();
  const view: ServersAddress = {
    ...views[name],
    ...(drawn && { view: drawn }),
    ...(cols && { cols }),
    ...(rows && { rows }),
    ...(win && { win }),
  };
  return (
    <Link to="/servers" search={view} activeOptions={exactly} aria-current={(view.q ?? '') === q ? 'true' : undefined}>
      {text.list.viewNames[name]}
    </Link>
  );
}

function withView({ view: _, peek: _peek, ...rest }: ServersAddress, view: (typeof serverViews)[number] | 'table') {
  return view === 'table' ? rest : { ...rest, view };
}

/** Round and round. */
function nextStatistic(statistic: CpuStatistic): CpuStatistic | undefined {
  return serverStatistics[(serverStatistics.indexOf(statistic) + 1) % serverStatistics.length];
}

/** What is sorted by a statistic is then sorted by the other one. */
function withStatistic({ stat: _, sort, ...rest }: ServersAddress, statistic: (typeof serverStatistics)[number]) {
  const turned = sort?.replace(/\.(avg|max|p95)$/, `.${statistic}`);
  return {
    ...rest,
    ...(turned === undefined ? {} : { sort: turned }),
    ...(statistic === 'avg' ? {} : { stat: statistic }),
  };
}
