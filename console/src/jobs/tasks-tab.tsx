import { getRouteApi, Link } from '@tanstack/react-router';
import type { JobDetail, TaskRow } from '../../../src/server/api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { retriedOf, useMayRetry } from './may-retry.ts';
import { RetryButton } from './retry-button.tsx';
import { fits, runFilter } from './run-filter.ts';
import { RunFilterField } from './run-filter-field.tsx';
import { TaskGroups } from './task-list.tsx';
import { statusOf, taskStatuses } from './task-status.ts';

const route = getRouteApi('/jobs/$id');

/** Regions, those that fit the filter; all of these can be done again at once. */
export function TasksTab({ detail: { job, tasks } }: { detail: JobDetail }) {
  const { q = '' } = route.useSearch();
  const filter = runFilter(q);
  const shown = tasks.filter((task) => fits(filter, filteredBy(task)));
  const mayRetry = useMayRetry(job);
  const again = retriedOf(shown);
  return (
    <section className="panel">
      <header>
        <h2>{text.runs.tasks}</h2>
        <RunFilterField hint={text.run.filterHint} shown={shown.length} all={tasks.length} />
        {mayRetry && q !== '' && again.length > 0 && (
          <RetryButton job={job.id} tasks={again} label={text.run.retryThese(formatCount(again.length))} />
        )}
      </header>
      <StatusLinks tasks={tasks} />
      {shown.length === 0 ? (
        <p className="summary">{text.run.nothingFits}</p>
      ) : (
        <TaskGroups tasks={shown} isOpen={q !== ''} {...(mayRetry ? { retryIn: job.id } : {})} />
      )}
    </section>
  );
}

/** A link is where we are only where all of its address is. */
const whole = { exact: true, includeSearch: true };

function StatusLinks({ tasks }: { tasks: readonly TaskRow[] }) {
  const id = route.useParams().id;
  const counts = taskStatuses.flatMap((status) => {
    const count = tasks.filter((task) => statusOf(task) === status).length;
    return count === 0 ? [] : [{ status, count, term: `status:${status}` }];
  });
  return (
    <nav className="status-links" aria-label={text.run.statusList}>
      <Link to="/jobs/$id" params={{ id }} search={{}} activeOptions={whole} resetScroll={false}>
        {text.run.all} <b>{formatCount(tasks.length)}</b>
      </Link>
      {counts.map(({ status, count, term }) => (
        <Link
          key={status}
          to="/jobs/$id"
          params={{ id }}
          search={{ q: term }}
          activeOptions={whole}
          resetScroll={false}
        >
          {text.run.statuses[status]} <b>{formatCount(count)}</b>
        </Link>
      ))}
    </nav>
  );
}

function filteredBy(task: TaskRow) {
  const { provider, account, region, error, failures } = task;
  const problems = [error, ...failures.map((failure) => failure.error)].flatMap((each) => each?.message ?? []);
  return { status: statusOf(task), provider, account, region, text: problems.join(' ') };
}
