import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { JobSummary } from '../../../src/server/api.ts';
import type { JobState } from '../../../src/store/jobs.ts';
import { type JobsAddress, jobStatuses } from '../addresses.ts';
import { jobsQuery } from '../api.ts';
import { formatAgo, formatCount, formatSpan, formatTime, formatUsd } from '../format.ts';
import { EmptyNotice, FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { JobStateMark } from '../parts/state-mark.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { DurationChart } from './duration-chart.tsx';
import { MonthCost } from './month-cost.tsx';

const route = getRouteApi('/jobs');

export function JobsPage() {
  usePageTitle(text.pages.runs);
  const { after, status } = route.useSearch();
  const mayRun = useMay('operator');
  const { data, error, refetch } = useQuery(jobsQuery(after, status === undefined ? undefined : stateOf[status]));
  return (
    <>
      <header className="page-head">
        <h1>{text.pages.runs}</h1>
        <p className="page-links">
          <Link to="/jobs/schedules">{text.schedules.title}</Link>
          {mayRun && (
            <Link className="button" to="/jobs/new">
              {text.collect.now}
            </Link>
          )}
        </p>
      </header>
      <MonthCost />
      <StatusTabs />
      {error !== null ? (
        <FailureNotice error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton rows={8} />
      ) : data.data.length === 0 && status !== undefined ? (
        <EmptyNotice title={text.run.nothingFits}>
          <Link to="/jobs">{text.run.clear}</Link>
        </EmptyNotice>
      ) : data.data.length === 0 ? (
        <EmptyNotice title={text.runs.none}>
          <p>{text.runs.noneFix}</p>
          <code>{text.fleet.firstRun}</code>
        </EmptyNotice>
      ) : (
        <>
          <JobTable jobs={data.data} />
          <nav className="pages" aria-label={text.pages.runs}>
            {after !== undefined && (
              <Link to="/jobs" search={statusOnly(status)}>
                {text.runs.newest}
              </Link>
            )}
            {data.meta.next !== undefined && (
              <Link to="/jobs" search={{ ...statusOnly(status), after: data.meta.next }}>
                {text.runs.older}
              </Link>
            )}
          </nav>
          <DurationChart />
        </>
      )}
    </>
  );
}

const stateOf = {
  running: 'RUNNING',
  failed: 'FAILURE',
  partial: 'PARTIAL',
  succeeded: 'SUCCESS',
  canceled: 'CANCELED',
  interrupted: 'INTERRUPTED',
} as const satisfies Record<(typeof jobStatuses)[number], JobState>;

function statusOnly(status: JobsAddress['status']): JobsAddress {
  return status === undefined ? {} : { status };
}

function StatusTabs() {
  return (
    <nav className="status-links" aria-label={text.runs.state}>
      {[undefined, ...jobStatuses].map((name) => (
        <Link
          key={name ?? ''}
          to="/jobs"
          search={statusOnly(name)}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {name === undefined ? text.run.all : text.jobStates[stateOf[name]]}
        </Link>
      ))}
    </nav>
  );
}

const numbers = ['servers', 'created', 'updated', 'unchanged', 'failed'] as const;

function JobTable({ jobs }: { jobs: readonly JobSummary[] }) {
  return (
    <section className="table-scroll" aria-label={text.runs.caption}>
      <table className="job-table">
        <thead>
          <tr>
            <th scope="col" className="pinned">
              {text.runs.id}
            </th>
            <th scope="col">{text.runs.state}</th>
            <th scope="col">{text.runs.started}</th>
            <th scope="col" className="number">
              {text.runs.took}
            </th>
            {numbers.map((name) => (
              <th key={name} scope="col" className="number">
                {text.runs[name]}
              </th>
            ))}
            {[text.runs.calls, text.runs.planned, text.runs.spent].map((label) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobLine key={job.id} job={job} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function JobLine({ job }: { job: JobSummary }) {
  return (
    <tr>
      <th scope="row" className="pinned">
        <Link to="/jobs/$id" params={{ id: String(job.id) }}>
          #{job.id}
        </Link>
        {job.demo && <span className="chip">{text.frame.demo}</span>}
        {job.selection !== null && (
          <small title={job.selection.filter ?? undefined}>
            {' '}
            {text.collect.limited(formatCount(job.selection.servers))}
          </small>
        )}
      </th>
      <td>
        <JobStateMark state={job.state} />
      </td>
      <td>
        <time dateTime={job.started_at} title={formatTime(job.started_at)}>
          {formatAgo(job.started_at)}
        </time>
      </td>
      <td className="number">{formatSpan(job.seconds)}</td>
      {numbers.map((name) => (
        <td key={name} className={`number ${name === 'failed' && job.counts.failed > 0 ? 'bad' : ''}`}>
          {formatCount(job.counts[name])}
        </td>
      ))}
      <td className="number">{formatCount(job.spent.calls)}</td>
      <td className="number">{formatUsd(job.planned.usd)}</td>
      <td className="number">{formatUsd(job.spent.usd)}</td>
    </tr>
  );
}
