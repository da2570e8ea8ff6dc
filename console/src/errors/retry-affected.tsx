import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ErrorSummary, ErrorsRetried, RetryErrorsBody } from '../../../src/server/error-api.ts';
import { errorsKey, jobsKey, send, statusQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { useSingleMutation } from '../parts/single-mutation.ts';
import { useMay } from '../session/session.ts';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';

/** Does again exactly what is shown: the failed tasks of the last runs. */
export function useRetryAffected(asked: RetryErrorsBody) {
  const queries = useQueryClient();
  return useSingleMutation({
    mutationFn: () => send<ErrorsRetried>('POST', '/errors/retry', asked),
    onSettled: () => {
      for (const queryKey of [errorsKey, jobsKey, statusQuery.queryKey]) void queries.invalidateQueries({ queryKey });
    },
  });
}

type Retry = ReturnType<typeof useRetryAffected>;

interface RetryAffectedProps {
  readonly again: Retry;
  readonly summary: ErrorSummary;
  readonly isDemo: boolean;
}

export function RetryAffected({ again, summary: { retry }, isDemo }: RetryAffectedProps) {
  const mayRetry = useMay('operator') && !isDemo;
  return (
    <div className="retry">
      {isDemo && <small>{text.errors.demoRetry}</small>}
      {mayRetry && retry.tasks > 0 && (
        <button type="button" className="primary" aria-disabled={again.isPending} onClick={() => again.mutate()}>
          {text.errors.retry(formatCount(retry.tasks))}
        </button>
      )}
    </div>
  );
}

/** What came of it; it stays when there is no error left to be shown. */
export function RetryOutcome({ again }: { again: Retry }) {
  const done = again.data?.data;
  return (
    <div className="retry">
      <div role="status">
        {done?.retried.map(({ job, tasks }) => (
          <p key={job}>
            {text.errors.retrying(formatCount(tasks))}{' '}
            <Link to="/jobs/$id" params={{ id: String(job) }}>
              #{job}
            </Link>
          </p>
        ))}
        {done?.refused.map(({ job, error }) => (
          <p key={job} className="problem">
            #{job}: {error.message} {error.fix}
          </p>
        ))}
      </div>
      <Problem error={again.error} />
    </div>
  );
}
