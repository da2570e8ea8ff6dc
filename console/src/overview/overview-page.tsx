import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Status, Summary } from '../../../src/server/api.ts';
import { jobQuery, statusQuery, summaryQuery } from '../api.ts';
import { FirstUse } from '../parts/first-use.tsx';
import { FailureNotice, Skeleton, StaleNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { IdleFigure } from '../rightsizing/idle-figure.tsx';
import { serverType } from '../servers/server-columns.ts';
import { text } from '../text.ts';
import { CoverageFigures } from './coverage-figures.tsx';
import { CpuHistogram } from './cpu-histogram.tsx';
import { FirstSteps } from './first-steps.tsx';
import { FleetFigures } from './fleet-figures.tsx';
import { Freshness } from './freshness.tsx';
import { GroupTable } from './group-table.tsx';
import { LastRun } from './last-run.tsx';
import { RecentRuns } from './recent-runs.tsx';
import { RunProblems } from './run-problems.tsx';

const HexbinPanel = lazy(() => import('../parts/hexbin-panel.tsx').then((module) => ({ default: module.HexbinPanel })));

export function OverviewPage() {
  usePageTitle(text.pages.overview);
  const summary = useQuery(summaryQuery);
  const status = useQuery(statusQuery);
  const run = status.data?.data.running ?? status.data?.data.last_job;
  // What went wrong stands above most of the page, which would move down were it to come later.
  const job = useQuery({
    ...jobQuery(run?.id ?? 0),
    enabled: run !== undefined && run !== null,
    placeholderData: keepPreviousData,
  });
  const failed = summary.error ?? status.error;
  const retry = () => void Promise.all([summary.refetch(), status.refetch()]);
  if (summary.data === undefined || status.data === undefined || job.isLoading) {
    return (
      <>
        <h1 className="unseen">{text.pages.overview}</h1>
        {failed === null ? <Skeleton rows={12} /> : <FailureNotice error={failed} retry={retry} />}
      </>
    );
  }
  return (
    <>
      <header className="page-head">
        <h1>{text.pages.overview}</h1>
        <Freshness status={status.data.data} />
      </header>
      {failed !== null && <StaleNotice error={failed} retry={retry} />}
      <Overview summary={summary.data.data} status={status.data.data} />
    </>
  );
}

function Overview({ summary, status }: { summary: Summary; status: Status }) {
  const run = status.running ?? status.last_job;
  if (summary.servers === 0 && run === null) {
    return (
      <div className="overview">
        <FirstSteps />
        <FirstUse title={text.fleet.noServers} what={text.firstUse.servers} />
      </div>
    );
  }
  return (
    <div className="overview">
      <div className="figures">
        <FleetFigures summary={summary} />
        <CoverageFigures summary={summary} />
        <IdleFigure />
        {run !== null && <LastRun job={run} />}
      </div>
      {run !== null && <RunProblems id={run.id} />}
      <div className="pair">
        <CpuHistogram summary={summary} />
        <UseOfCpu />
      </div>
      <FirstSteps />
      <RecentRuns />
      <div className="pair">
        <GroupTable
          title={text.fleet.byAccount}
          column={text.fleet.account}
          filter="account"
          groups={summary.by_account}
        />
        <GroupTable title={text.fleet.byRegion} column={text.fleet.region} filter="region" groups={summary.by_region} />
      </div>
    </div>
  );
}

const byCpu = { q: '', type: serverType, x: 'cpu.avg', y: 'cpu.max' } as const;

/** The chart's code comes after the page: it is not what one looks at first. */
function UseOfCpu() {
  const navigate = useNavigate();
  return (
    <div className="overview-hexbin">
      <Suspense fallback={<Skeleton rows={8} />}>
        <HexbinPanel asked={byCpu} onNarrow={(q) => void navigate({ to: '/servers', search: { q } })} />
      </Suspense>
    </div>
  );
}
