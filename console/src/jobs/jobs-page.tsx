import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { JobRow } from '../../../src/server/api.ts';
import { jobCountsQuery, jobsQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { FirstUse } from '../parts/first-use.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { DurationChart } from './duration-chart.tsx';
import { JobTable } from './job-table.tsx';
import { filterOnly, JobsFilter, stateOf } from './jobs-filter.tsx';
import { MonthCost } from './month-cost.tsx';

const route = getRouteApi('/jobs');

export function JobsPage() {
  usePageTitle(text.pages.runs);
  const { after, status, source } = route.useSearch();
  const mayRun = useMay('operator');
  const jobs = useQuery(jobsQuery(after, status === undefined ? undefined : stateOf[status], source));
  const counts = useQuery(jobCountsQuery(source)).data?.data;
  return (
    <>
      <header className="page-head">
        <h1>{text.pages.runs}</h1>
        <p className="page-links">
          <Link to="/jobs/schedules">
            {text.schedules.title} {counts !== undefined && <b>{formatCount(counts.schedules)}</b>}
          </Link>
          {mayRun && (
            <Link className="button" to="/jobs/new">
              {text.collect.now}
            </Link>
          )}
        </p>
      </header>
      <MonthCost />
      <JobsFilter counts={counts} />
      <Answer asked={jobs} rows={8}>
        {({ data, meta }) => (data.length === 0 ? <NoJobs /> : <Jobs jobs={data} next={meta.next} />)}
      </Answer>
    </>
  );
}

function NoJobs() {
  const { status, source } = route.useSearch();
  return status === undefined && source === undefined ? (
    <FirstUse title={text.runs.none} what={text.firstUse.runs} />
  ) : (
    <EmptyNotice title={text.run.nothingFits}>
      <Link to="/jobs">{text.run.clear}</Link>
    </EmptyNotice>
  );
}

function Jobs({ jobs, next }: { jobs: readonly JobRow[]; next: string | undefined }) {
  const { after, ...search } = route.useSearch();
  const filter = filterOnly(search);
  return (
    <>
      <JobTable jobs={jobs} />
      <nav className="pages" aria-label={text.pages.runs}>
        {after !== undefined && (
          <Link to="/jobs" search={filter}>
            {text.runs.newest}
          </Link>
        )}
        {next !== undefined && (
          <Link to="/jobs" search={{ ...filter, after: next }}>
            {text.runs.older}
          </Link>
        )}
      </nav>
      <DurationChart />
    </>
  );
}
