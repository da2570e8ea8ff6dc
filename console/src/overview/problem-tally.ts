import type { JobDetail } from '../../../src/server/api.ts';

interface ProblemTally {
  /** Regions in which something was refused. */
  readonly denied: number;
  readonly throttledCalls: number;
}

/** What is read of a run for it. */
interface Told {
  readonly tasks: readonly Pick<JobDetail['tasks'][number], 'error' | 'failures'>[];
  readonly ledger: readonly Pick<JobDetail['ledger'][number], 'throttled'>[];
}

export function tallyOf({ tasks, ledger }: Told): ProblemTally {
  const isDenied = (code: string | undefined) => code === 'access_denied' || code === 'secret_rejected';
  return {
    denied: tasks.filter(
      ({ error, failures }) => isDenied(error?.code) || failures.some((failure) => isDenied(failure.error.code)),
    ).length,
    throttledCalls: ledger.reduce((sum, { throttled }) => sum + throttled, 0),
  };
}
