import type { JobDetail } from '../../../src/server/api.ts';
import { isProblem } from '../jobs/task-groups.ts';

interface ProblemTally {
  /** Regions that were not read as a whole; while the run goes on, those alone in which something went wrong. */
  readonly notWhole: number;
  /** Regions in which something was refused. */
  readonly denied: number;
  readonly throttledCalls: number;
}

/** What is read of a run for it. */
interface Told {
  readonly job: Pick<JobDetail['job'], 'state'>;
  readonly tasks: readonly Pick<JobDetail['tasks'][number], 'state' | 'error' | 'failures'>[];
  readonly ledger: readonly Pick<JobDetail['ledger'][number], 'throttled'>[];
}

export function tallyOf({ job, tasks, ledger }: Told): ProblemTally {
  const isDenied = (code: string | undefined) => code === 'access_denied' || code === 'secret_rejected';
  const isOver = job.state !== 'RUNNING';
  return {
    notWhole: tasks.filter((task) => isProblem(task) || (isOver && task.state !== 'SUCCESS')).length,
    denied: tasks.filter(
      ({ error, failures }) => isDenied(error?.code) || failures.some((failure) => isDenied(failure.error.code)),
    ).length,
    throttledCalls: ledger.reduce((sum, { throttled }) => sum + throttled, 0),
  };
}
