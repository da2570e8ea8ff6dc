import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { SourcesReply } from '../../../src/server/source-api.ts';
import { sourcesQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { MetricsTab } from './metrics-tab.tsx';
import { OutsideTable } from './outside-table.tsx';
import { SourceTable } from './source-table.tsx';
import { TestResult, useSourceTest } from './test-result.tsx';

const route = getRouteApi('/sources');

/** Whether each metric API answers, and which metric feeds which field. */
export function SourcesPage() {
  usePageTitle(text.sources.title);
  const { tab } = route.useSearch();
  return (
    <div className="sources">
      <header className="page-head">
        <h1>{text.sources.title}</h1>
      </header>
      <nav className="tabs" aria-label={text.sources.title}>
        <Link to="/sources" search={{}} aria-current={tab === undefined ? 'page' : undefined}>
          {text.sources.health}
        </Link>
        <Link to="/sources" search={{ tab: 'metrics' }} aria-current={tab === 'metrics' ? 'page' : undefined}>
          {text.sources.metrics}
        </Link>
      </nav>
      {tab === 'metrics' ? <MetricsTab /> : <HealthTab />}
    </div>
  );
}

function HealthTab() {
  const sources = useQuery(sourcesQuery);
  return (
    <Answer asked={sources} rows={6}>
      {({ data, meta }) => <Health reply={data} isDemo={meta.demo} />}
    </Answer>
  );
}

function Health({ reply: { sources, outside, ...times }, isDemo }: { reply: SourcesReply; isDemo: boolean }) {
  const mayTest = useMay('operator');
  const test = useSourceTest();
  return (
    <>
      {sources.length === 0 ? (
        <EmptyNotice title={text.sources.none}>
          <p>{text.sources.noneFix}</p>
          <Link to="/accounts/new">{text.connect.title}</Link>
          <code>fleetgauge account add aws --profile default</code>
        </EmptyNotice>
      ) : (
        <>
          <p className="lead">
            {text.sources.lead(
              formatCount(sources.length),
              formatCount(sources.filter(({ state }) => state === 'failing' || state === 'degraded').length),
            )}
          </p>
          <SourceTable
            sources={sources}
            times={times}
            isTesting={test.isPending}
            {...(mayTest && !isDemo ? { onTest: test.mutate } : {})}
          />
          <p className="lead">
            <small>
              {text.sources.legend} {text.sources.quotaNote} {isDemo && text.sources.demoTest}
            </small>
          </p>
          <TestResult test={test} />
        </>
      )}
      <OutsideTable sources={outside} />
    </>
  );
}
