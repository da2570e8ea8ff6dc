import { useQuery } from '@tanstack/react-query';
import type { Status, Summary } from '../../../src/server/api.ts';
import { statusQuery, summaryQuery } from '../api.ts';
import { EmptyNotice, FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { IdleFigure } from '../rightsizing/idle-figure.tsx';
import { text } from '../text.ts';
import { CoverageFigures } from './coverage-figures.tsx';
import { CpuHistogram } from './cpu-histogram.tsx';
import { FleetFigures } from './fleet-figures.tsx';
import { GroupTable } from './group-table.tsx';
import { LastRun } from './last-run.tsx';
import { RunProblems } from './run-problems.tsx';

export function OverviewPage() {
  usePageTitle(text.pages.overview);
  const summary = useQuery(summaryQuery);
  const status = useQuery(statusQuery);
  const failed = summary.error ?? status.error;
  return (
    <>
      <h1 className="unseen">{text.pages.overview}</h1>
      {failed !== null ? (
        <FailureNotice error={failed} retry={() => void Promise.all([summary.refetch(), status.refetch()])} />
      ) : summary.data === undefined || status.data === undefined ? (
        <Skeleton rows={8} />
      ) : (
        <Overview summary={summary.data.data} status={status.data.data} />
      )}
    </>
  );
}

function Overview({ summary, status }: { summary: Summary; status: Status }) {
  const run = status.running ?? status.last_job;
  if (summary.servers === 0 && run === null) {
    return (
      <EmptyNotice title={text.fleet.noServers}>
        <p>{text.fleet.noServersFix}</p>
        <code>{text.fleet.firstRun}</code>
      </EmptyNotice>
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
      <CpuHistogram summary={summary} />
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
