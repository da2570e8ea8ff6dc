import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { JobDetail } from '../../../src/server/api.ts';
import { jobQuery } from '../api.ts';
import { formatAgo } from '../format.ts';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { JobStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { JobActions } from './job-actions.tsx';
import { JobFigures } from './job-figures.tsx';
import { type StreamState, useJobStream } from './job-stream.ts';
import { LedgerTable } from './ledger-table.tsx';
import { TaskGroups } from './task-list.tsx';

const route = getRouteApi('/jobs/$id');

export function JobPage() {
  const id = Number(route.useParams().id);
  usePageTitle(text.pages.run(id));
  const { data, error, refetch } = useQuery(jobQuery(id));
  const stream = useJobStream(id, data?.data.job.state === 'RUNNING');
  if (error !== null && data === undefined) return <FailureNotice isPage error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={10} />;
  return (
    <div className="job">
      <JobHead detail={data.data} stream={stream} />
      <JobFigures detail={data.data} />
      <TaskGroups tasks={data.data.tasks} />
      <LedgerTable lines={data.data.ledger} />
    </div>
  );
}

function JobHead({ detail, stream }: { detail: JobDetail; stream: StreamState }) {
  const { job } = detail;
  return (
    <header className="page-head">
      <h1>{text.pages.run(job.id)}</h1>
      <JobStateMark state={job.state} />
      {job.demo && <span className="chip">{text.frame.demo}</span>}
      {job.state === 'INTERRUPTED' && <small>{text.runs.heard(formatAgo(job.heartbeat_at))}</small>}
      <p className="stream" role="status">
        {stream === 'live' && (
          <>
            <i className="pulse" aria-hidden="true" /> {text.runs.live}
          </>
        )}
        {stream === 'lost' && <span className="lost">{text.runs.paused}</span>}
      </p>
      <JobActions detail={detail} />
    </header>
  );
}
