import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { fastMs, jobQuery } from '../api.ts';
import { problemsFirst } from '../jobs/task-groups.ts';
import { TaskProblem } from '../jobs/task-problem.tsx';
import { text } from '../text.ts';
import { RunTally } from './run-tally.tsx';

const shown = 4;

/** What a reader must act on, above all that went well: how many regions are not whole and by which cause, then each. */
export function RunProblems({ id }: { id: number }) {
  const job = useQuery({
    ...jobQuery(id),
    refetchInterval: ({ state }) => (state.data?.data.job.state === 'RUNNING' ? fastMs : false),
  }).data?.data;
  if (job === undefined) return null;
  const { problems } = problemsFirst(job.tasks);
  if (problems.length === 0) return null;
  return (
    <section className="panel attention">
      <header>
        <h2>{text.runs.attention}</h2>
        {problems.length > shown && (
          <Link to="/jobs/$id" params={{ id: String(id) }}>
            {text.runs.showAll(problems.length)}
          </Link>
        )}
      </header>
      <p className="summary tally">
        <RunTally job={job} />
      </p>
      <ul className="tasks">
        {problems.slice(0, shown).map((task) => (
          <TaskProblem key={task.id} task={task} />
        ))}
      </ul>
    </section>
  );
}
