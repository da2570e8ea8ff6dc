import type { JobDetail } from '../../../src/server/api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { retriedOf, useMayRetry } from './may-retry.ts';
import { RetryButton } from './retry-button.tsx';
import { causesOf, type RunCause } from './run-causes.ts';

/** Regions that are named of a cause. */
const mostNamed = 12;

/** Each cause once: where it hits, what helps, and doing again what it broke. */
export function RunErrors({ detail: { job, tasks } }: { detail: JobDetail }) {
  const causes = causesOf(tasks);
  const mayRetry = useMayRetry(job);
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
  const again = retriedOf(tasks);
  return (
    <>
      <header>
        <h2>{text.errorCodes[code] ?? code}</h2>
        <p>
          {text.run.causePlaces(formatCount(tasks.length))}
          {servers > 0 && ` · ${text.runs.affected(formatCount(servers))}`}
        </p>
        {mayRetry && again.length > 0 && (
          <RetryButton job={job} tasks={again} label={text.run.retryThese(formatCount(again.length))} />
        )}
      </header>
      <p className="breakable" lang="en">
        {message}
      </p>
      {fix !== undefined && (
        <p className="fix breakable">
          <b>{text.runs.fix}</b> <span lang="en">{fix}</span>
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
