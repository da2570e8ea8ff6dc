import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JobSummary } from '../../../src/server/api.ts';
import { errorsQuery, jobQuery, send, statusQuery } from '../api.ts';
import { formatAgo, formatCount, formatTime } from '../format.ts';
import { EmptyNotice, FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { type ErrorGroup, groupErrors } from './group-errors.ts';

/** Where it hurts, since when, and what helps: one entry per cause, account and region. */
export function ErrorsPage() {
  usePageTitle(text.errors.title);
  const { data, error, refetch } = useQuery(errorsQuery);
  return (
    <div className="connect">
      <header className="page-head">
        <h1>{text.errors.title}</h1>
      </header>
      {error !== null ? (
        <FailureNotice error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton rows={6} />
      ) : data.data.length === 0 ? (
        <EmptyNotice title={text.errors.none}>
          <p>{text.errors.noneNote}</p>
        </EmptyNotice>
      ) : (
        <ErrorGroups groups={groupErrors(data.data)} isDemo={data.meta.demo} isCut={data.meta.next !== undefined} />
      )}
    </div>
  );
}

interface ErrorGroupsProps {
  readonly groups: readonly ErrorGroup[];
  readonly isDemo: boolean;
  /** There are older ones. */
  readonly isCut: boolean;
}

function ErrorGroups({ groups, isDemo, isCut }: ErrorGroupsProps) {
  const queries = useQueryClient();
  const mayRetry = useMay('operator') && !isDemo;
  const retry = useMutation({
    mutationFn: (job: number) => send<JobSummary>('POST', `/jobs/${job}/retry`, {}),
    onSettled: (_, __, job) => {
      for (const { queryKey } of [errorsQuery, statusQuery, jobQuery(job)])
        void queries.invalidateQueries({ queryKey });
    },
  });
  return (
    <>
      <Problem error={retry.error} />
      {retry.data !== undefined && retry.error === null && (
        <p className="summary" role="status">
          {text.errors.retrying}{' '}
          <Link to="/jobs/$id" params={{ id: String(retry.data.data.id) }}>
            #{retry.data.data.id}
          </Link>
        </p>
      )}
      <ul className="error-groups">
        {[...Map.groupBy(groups, placeOf)].map(([place, causes]) => (
          <li key={place} className="panel">
            <Place
              place={place}
              causes={causes}
              {...(mayRetry ? { onRetry: retry.mutate, isBusy: retry.isPending } : {})}
            />
          </li>
        ))}
      </ul>
      {isCut && <p className="summary">{text.errors.cut}</p>}
    </>
  );
}

interface PlaceProps {
  readonly place: string;
  readonly causes: readonly ErrorGroup[];
  readonly onRetry?: (job: number) => void;
  readonly isBusy?: boolean;
}

/** One account and region: a run is tried again as a whole. */
function Place({ place, causes, onRetry, isBusy = false }: PlaceProps) {
  const newest = Math.max(...causes.flatMap(({ jobs }) => jobs));
  return (
    <>
      <header>
        <h2>{place}</h2>
        {onRetry !== undefined && (
          <button
            type="button"
            aria-label={text.errors.retryOf(newest, place)}
            aria-disabled={isBusy}
            onClick={() => {
              if (!isBusy) onRetry(newest);
            }}
          >
            {text.errors.retry(newest)}
          </button>
        )}
      </header>
      {causes.map((group) => (
        <Cause key={`${group.error.code} ${group.error.message}`} group={group} />
      ))}
    </>
  );
}

function placeOf({ account, region }: ErrorGroup): string {
  return region === '*' ? account : `${account} / ${region}`;
}

function Cause({ group: { error, jobs, servers, since, last } }: { group: ErrorGroup }) {
  const [newest] = jobs;
  return (
    <div className="error-body">
      <p>{error.message}</p>
      {error.fix !== undefined && (
        <p className="fix">
          <b>{text.runs.fix}</b> {error.fix}
        </p>
      )}
      <p>
        <small>
          {text.errors.runs(formatCount(jobs.length))}
          {servers !== null && ` · ${text.runs.affected(formatCount(servers))}`}
          {since !== null && last !== null && (
            <>
              {' · '}
              {text.errors.since} <time dateTime={since}>{formatTime(since)}</time>
              {' · '}
              {text.errors.last} <time dateTime={last}>{formatAgo(last)}</time>
            </>
          )}
          {newest !== undefined && (
            <>
              {' · '}
              <Link to="/jobs/$id" params={{ id: String(newest) }}>
                #{newest}
              </Link>
            </>
          )}
        </small>
      </p>
    </div>
  );
}
