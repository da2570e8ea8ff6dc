import { Link } from '@tanstack/react-router';
import type { JobRow } from '../../../src/server/api.ts';
import { formatAgo, formatCount, formatSpan, formatTime, formatUsd } from '../format.ts';
import { ShareBar } from '../parts/gauge.tsx';
import { JobStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { JobScopeCell } from './job-scope.tsx';
import { useMayRetry } from './may-retry.ts';
import { RetryButton } from './retry-button.tsx';

const changes = ['created', 'updated', 'unchanged'] as const;

export function JobTable({ jobs }: { jobs: readonly JobRow[] }) {
  return (
    <section className="table-scroll" aria-label={text.runs.caption}>
      <table className="job-table">
        <thead>
          <tr>
            <th scope="col" className="pinned">
              {text.runs.id}
            </th>
            {[text.runs.state, text.runs.scope, text.runs.tasks].map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
            {[text.runs.servers, text.runs.failed, text.runs.calls, text.runs.cost, text.runs.took].map((label) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
            <th scope="col">{text.runs.started}</th>
            {changes.map((name) => (
              <th key={name} scope="col" className="number">
                {text.runs[name]}
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

function JobLine({ job }: { job: JobRow }) {
  const { counts, planned, spent } = job;
  return (
    <tr>
      <th scope="row" className="pinned">
        <Link to="/jobs/$id" params={{ id: String(job.id) }}>
          #{job.id}
        </Link>
        {job.demo && <span className="chip">{text.frame.demo}</span>}
      </th>
      <td>
        <JobStateMark state={job.state} />
      </td>
      <td className="scope">
        <JobScopeCell job={job} />
      </td>
      <td className="job-tasks">
        <JobTasksCell job={job} />
      </td>
      <td className="number">{formatCount(counts.servers)}</td>
      <td className={counts.failed > 0 ? 'number bad' : 'number'}>{formatCount(counts.failed)}</td>
      <td className="number">
        {formatCount(spent.calls)}
        <small>{text.runs.ofPlanned(formatCount(planned.calls))}</small>
      </td>
      <td className="number">
        {formatUsd(spent.usd)}
        <small>{text.runs.ofPlanned(formatUsd(planned.usd))}</small>
      </td>
      <td className="number">
        {formatSpan(job.seconds)}
        {job.seconds_left !== null && <small>{text.run.left(formatSpan(job.seconds_left))}</small>}
      </td>
      <td>
        <time dateTime={job.started_at} title={formatTime(job.started_at)}>
          {formatAgo(job.started_at)}
        </time>
      </td>
      {changes.map((name) => (
        <td key={name} className="number">
          {formatCount(counts[name])}
        </td>
      ))}
    </tr>
  );
}

/** How many are done; what failed of them, and of a run that has ended doing it again. */
function JobTasksCell({ job }: { job: JobRow }) {
  const { all, ended, succeeded, failed } = job.tasks;
  const mayRetry = useMayRetry(job);
  const left = all - succeeded;
  return (
    <div>
      <ShareBar part={all === 0 ? 0 : ended / all} />
      <span>
        {formatCount(ended)} / {formatCount(all)}
      </span>
      {failed > 0 && <span className="bad">{text.runs.failedTasks(formatCount(failed))}</span>}
      {mayRetry && left > 0 && (
        <RetryButton
          job={job.id}
          label={text.runs.retryCount(formatCount(left))}
          name={text.runs.retryRun(formatCount(left), job.id)}
        />
      )}
    </div>
  );
}
