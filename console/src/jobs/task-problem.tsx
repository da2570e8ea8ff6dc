import type { ErrorReport } from '../../../src/model/errors.ts';
import type { TaskRow } from '../../../src/server/api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { RetryButton } from './retry-button.tsx';
import { TaskLine } from './task-line.tsx';

/** A region that was not read, or not wholly: the cause, how many servers it hits, and what to do. */
export function TaskProblem({ task, retryIn }: { task: TaskRow; retryIn?: number }) {
  const { id, account, region, state } = task;
  return (
    <li>
      <TaskLine task={task}>
        {retryIn !== undefined && state !== 'SUCCESS' && (
          <RetryButton
            job={retryIn}
            tasks={[id]}
            label={text.run.retryOne}
            name={text.run.retryPlace(`${account} ${region}`)}
          />
        )}
      </TaskLine>
      {task.error !== null && <Cause error={task.error} />}
      {task.failures.map(({ reason, count, error }) => (
        <Cause key={`${reason} ${error.message}`} error={error} count={count} />
      ))}
    </li>
  );
}

function Cause({ error, count }: { error: ErrorReport; count?: number }) {
  return (
    <div className="cause">
      <p>
        {count !== undefined && <b>{text.runs.affected(formatCount(count))}: </b>}
        {error.message}
        {error.where !== undefined && <code>{error.where}</code>}
      </p>
      {error.fix !== undefined && (
        <p className="fix">
          <b>{text.runs.fix}</b> {error.fix}
        </p>
      )}
    </div>
  );
}
