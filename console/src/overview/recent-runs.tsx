import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { jobsQuery } from '../api.ts';
import { formatAgo } from '../format.ts';
import { JobStateShape } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

const shown = 20;

/** The newest runs, oldest first, each by the shape and colour of how it ended. */
export function RecentRuns() {
  const jobs = useQuery(jobsQuery(undefined)).data?.data ?? [];
  if (jobs.length === 0) return null;
  return (
    <section className="panel recent-runs">
      <h2>
        <Link to="/jobs">{text.runs.recent}</Link>
      </h2>
      <ol>
        {jobs
          .slice(0, shown)
          .toReversed()
          .map(({ id, state, started_at, finished_at }) => (
            <li key={id}>
              <Link
                className="run-shape"
                to="/jobs/$id"
                params={{ id: String(id) }}
                title={`${text.pages.run(id)} · ${text.jobStates[state]} · ${formatAgo(finished_at ?? started_at)}`}
              >
                <JobStateShape state={state} />
                <span className="unseen">
                  {text.pages.run(id)}, {text.jobStates[state]}
                </span>
              </Link>
            </li>
          ))}
      </ol>
    </section>
  );
}
