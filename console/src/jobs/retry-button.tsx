import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { JobSummary } from '../../../src/server/api.ts';
import type { RetryBody } from '../../../src/server/run-api.ts';
import { ApiError, jobQuery, jobsKey, send, statusQuery } from '../api.ts';
import { useSingleMutation } from '../parts/single-mutation.ts';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';

interface RetryButtonProps {
  readonly job: number;
  /** Only these, each of them; all that is not done where absent. */
  readonly tasks?: readonly number[];
  readonly label: string;
  /** For who does not see what it stands beside. */
  readonly name?: string;
}

/**
 * Does again what failed of a run that has ended. What nobody could plan before costs more than was agreed to: the answer says how
 * much, and it is asked again with as much as the reader allows.
 */
export function RetryButton({ job, tasks, label, name }: RetryButtonProps) {
  const queries = useQueryClient();
  const [tooDear, setTooDear] = useState<Error | null>(null);
  const [most, setMost] = useState('');
  const retry = useSingleMutation({
    mutationFn: (agreed: Pick<RetryBody, 'max_cost'>) =>
      send<JobSummary>('POST', `/jobs/${job}/retry`, { ...agreed, ...(tasks === undefined ? {} : { tasks }) }),
    onError: (error) => {
      if (error instanceof ApiError && error.report.code === 'budget_exceeded') setTooDear(error);
    },
    onSuccess: () => {
      setTooDear(null);
      setMost('');
    },
    onSettled: () =>
      Promise.all(
        [jobQuery(job).queryKey, statusQuery.queryKey, jobsKey].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const allow = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    retry.mutate({ max_cost: Number(most) });
  };
  return (
    <>
      <button type="button" aria-label={name} aria-disabled={retry.isPending} onClick={() => retry.mutate({})}>
        {label}
      </button>
      <Problem error={retry.error ?? tooDear} />
      {tooDear !== null && (
        <form className="retry-most" onSubmit={allow}>
          <label>
            {text.run.most}{' '}
            <input
              type="number"
              min="0"
              step="any"
              required
              value={most}
              onChange={({ target }) => setMost(target.value)}
            />
          </label>
          <button type="submit" aria-disabled={retry.isPending}>
            {text.run.allow}
          </button>
        </form>
      )}
    </>
  );
}
