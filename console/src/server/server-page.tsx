import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ServerDetail } from '../../../src/server/api.ts';
import { type ServerAddress, serverTabs } from '../addresses.ts';
import { serverQuery } from '../api.ts';
import { Answer } from '../parts/answer.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { text } from '../text.ts';
import { HistoryTab } from './history-tab.tsx';
import { PerformanceTab } from './performance-tab.tsx';
import { RawTab } from './raw-tab.tsx';
import { RightsizingTab } from './rightsizing-tab.tsx';
import { ServerFacts } from './server-facts.tsx';
import { SourcesTab } from './sources-tab.tsx';
import { VerdictLine } from './verdict-line.tsx';

const route = getRouteApi('/servers/$id');

export function ServerPage() {
  const { id } = route.useParams();
  const server = useQuery(serverQuery(id));
  usePageTitle(server.data?.data.record.name ?? text.pages.servers);
  return (
    <Answer isPage asked={server} rows={10}>
      {({ data }) => <Server id={id} server={data} />}
    </Answer>
  );
}

function Server({ id, server }: { id: string; server: ServerDetail }) {
  const { tab = 'performance' } = route.useSearch();
  return (
    <div className="server">
      <ServerFacts server={server} />
      {tab !== 'rightsizing' && <VerdictLine id={id} />}
      <nav className="tabs" aria-label={text.server.tabList}>
        {serverTabs.map((name) => (
          <TabLink key={name} id={id} name={name} isHere={name === tab} />
        ))}
      </nav>
      {tab === 'performance' && <PerformanceTab record={server.record} />}
      {tab === 'history' && <HistoryTab id={id} record={server.record} />}
      {tab === 'rightsizing' && <RightsizingTab id={id} />}
      {tab === 'sources' && <SourcesTab server={server} />}
      {tab === 'raw' && <RawTab server={server} />}
    </div>
  );
}

type Tab = NonNullable<ServerAddress['tab']>;

function TabLink({ id, name, isHere }: { id: string; name: Tab; isHere: boolean }) {
  return (
    <Link
      to="/servers/$id"
      params={{ id }}
      search={({ tab: _, ...rest }) => (name === 'performance' ? rest : { ...rest, tab: name })}
      activeOptions={{ exact: true, includeSearch: true }}
      aria-current={isHere ? 'page' : undefined}
      resetScroll={false}
    >
      {text.server.tabs[name]}
    </Link>
  );
}
