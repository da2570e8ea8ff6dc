import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JobDetail, JobSummary } from '../../../src/server/api.ts';
import { jobQuery, send, statusQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { useMay } from '../session/session.ts';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { causesOf, type RunCause } from './run-causes.ts';

/** Regions that are named of a cause. */
const mostNamed = 12;

/** Each cause once: where it hits, what helps, and doing again what it broke. */
export function RunErrors({ detail: { job, tasks } }: { detail: JobDetail }) {
  const causes = causesOf(tasks);
  const mayRetry = useMay('operator') && !job.demo && job.state !== 'RUNNING';
  if (causes.length === 0) return <p className="summary run-none">{text.run.errorsNone}</p>;
  return (
    <ul className="run-causes">
      {causes.map((cause) => (
        <li key={`${cause.code} ${cause.message}`} className="panel">
          <Cause job={job.id} cause={cause} mayRetry={mayRetry} />
        </li>
      ))}
    </ul>
  );
}

function Cause({ job, cause, mayRetry }: { job: number; cause: RunCause; mayRetry: boolean }) {
  const { code, message, fix, tasks, servers } = cause;
  const named = tasks.slice(0, mostNamed);
  return (
    <>
      <header>
        <h2>{text.errorCodes[code] ?? code}</h2>
        <p>
          {text.run.causePlaces(formatCount(tasks.length))}
          {servers > 0 && ` · ${text.runs.affected(formatCount(servers))}`}
        </p>
        {mayRetry && <RetryThese job={job} tasks={tasks.map(({ id }) => id)} />}
      </header>
      <p className="breakable">{message}</p>
      {fix !== undefined && (
        <p className="fix breakable">
          <b>{text.runs.fix}</b> {fix}
        </p>
      )}
      <ul className="cause-places">
        {named.map(({ id, account, region }) => (
          <li key={id}>
            {account} <b>{region}</b>
          </li>
        ))}
        {tasks.length > named.length && <li>{text.run.morePlaces(formatCount(tasks.length - named.length))}</li>}
      </ul>
    </>
  );
}

/** The API takes so many at once. */
const mostRetried = 1_000;

function RetryThese({ job, tasks }: { job: number; tasks: readonly number[] }) {
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => send<JobSummary>('POST', `/jobs/${job}/retry`, { tasks: tasks.slice(0, mostRetried) }),
    onSettled: () =>
      Promise.all([jobQuery(job), statusQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey }))),
  });
  return (
    <>
      <button
        type="button"
        aria-disabled={retry.isPending}
        onClick={() => {
          if (!retry.isPending) retry.mutate();
        }}
      >
        {text.run.retryThese(formatCount(tasks.length))}
      </button>
      <Problem error={retry.error} />
    </>
  );
}
