import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { JobDetail } from '../../../src/server/api.ts';
import { jobTabs } from '../addresses.ts';
import { jobQuery } from '../api.ts';
import { formatAgo, formatClock, formatCount } from '../format.ts';
import type { StreamState } from '../frame/run-stream.ts';
import { pauseRun, useRunStream } from '../frame/use-run-stream.ts';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { JobStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { JobActions } from './job-actions.tsx';
import { JobFigures } from './job-figures.tsx';
import { LedgerTable } from './ledger-table.tsx';
import { causesOf } from './run-causes.ts';
import { RunErrors } from './run-errors.tsx';
import { RunEvents } from './run-event-log.tsx';
import { RunTimeline } from './run-timeline.tsx';
import { TasksTab } from './tasks-tab.tsx';

const route = getRouteApi('/jobs/$id');

export function JobPage() {
  const id = Number(route.useParams().id);
  usePageTitle(text.pages.run(id));
  const { data, error, dataUpdatedAt, refetch } = useQuery(jobQuery(id));
  const stream = useRunStream(id, data?.data.job.state === 'RUNNING');
  if (error !== null && data === undefined) return <FailureNotice isPage error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={10} />;
  const detail = data.data;
  return (
    <div className="job">
      <JobHead detail={detail} stream={stream} />
      {stream === 'paused' && (
        <p className="screen-paused" role="status">
          {text.run.paused(formatClock(new Date(dataUpdatedAt).toISOString()))}
        </p>
      )}
      <JobFigures detail={detail} />
      <JobTabs detail={detail} />
    </div>
  );
}

function JobHead({ detail, stream }: { detail: JobDetail; stream: StreamState }) {
  const { job } = detail;
  const isPaused = stream === 'paused';
  return (
    <header className="page-head">
      <h1>{text.pages.run(job.id)}</h1>
      <JobStateMark state={job.state} />
      {job.demo && <span className="chip">{text.frame.demo}</span>}
      {job.selection !== null && (
        <small>
          {text.collect.limited(formatCount(job.selection.servers))}
          {job.selection.filter !== null && (
            <>
              {' '}
              <code>{job.selection.filter}</code>
            </>
          )}
        </small>
      )}
      {job.state === 'INTERRUPTED' && <small>{text.runs.heard(formatAgo(job.heartbeat_at))}</small>}
      <p className="stream" role="status">
        {stream === 'live' && (
          <>
            <i className="pulse" aria-hidden="true" /> {text.runs.live}
          </>
        )}
        {stream === 'lost' && <span className="lost">{text.runs.paused}</span>}
      </p>
      {job.state === 'RUNNING' && (
        <button type="button" onClick={() => pauseRun(job.id, !isPaused)}>
          {isPaused ? text.run.goOn : text.run.pause}
        </button>
      )}
      <JobActions detail={detail} />
    </header>
  );
}

function JobTabs({ detail }: { detail: JobDetail }) {
  const id = route.useParams().id;
  const { tab = 'tasks' } = route.useSearch();
  const causes = causesOf(detail.tasks);
  return (
    <>
      <nav className="tabs" aria-label={text.run.tabList}>
        {jobTabs.map((name) => (
          <Link
            key={name}
            to="/jobs/$id"
            params={{ id }}
            search={name === 'tasks' ? {} : { tab: name }}
            activeOptions={{ exact: true, includeSearch: true }}
            aria-current={name === tab ? 'page' : undefined}
            resetScroll={false}
          >
            {name === 'errors' && causes.length > 0
              ? text.run.errorsTab(formatCount(causes.length))
              : text.run.tabs[name]}
          </Link>
        ))}
      </nav>
      {tabOf(tab, detail)}
    </>
  );
}

function tabOf(tab: (typeof jobTabs)[number], detail: JobDetail): ReactNode {
  switch (tab) {
    case 'tasks':
      return (
        <>
          <TasksTab detail={detail} />
          <LedgerTable lines={detail.ledger} />
        </>
      );
    case 'timeline':
      return <RunTimeline detail={detail} />;
    case 'errors':
      return <RunErrors detail={detail} />;
    case 'events':
      return <RunEvents detail={detail} />;
  }
}
