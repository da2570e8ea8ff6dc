import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { JobSummary } from '../../../src/server/api.ts';
import type { RetryBody } from '../../../src/server/run-api.ts';
import { ApiError, jobQuery, jobsKey, send, statusQuery } from '../api.ts';
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
  const retry = useMutation({
    mutationFn: (agreed: Pick<RetryBody, 'max_cost'>) =>
      send<JobSummary>('POST', `/jobs/${job}/retry`, { ...agreed, ...(tasks === undefined ? {} : { tasks }) }),
    onSettled: () =>
      Promise.all(
        [jobQuery(job).queryKey, statusQuery.queryKey, jobsKey].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const isTooDear = retry.error instanceof ApiError && retry.error.report.code === 'budget_exceeded';
  const allow = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const most = Number(new FormData(event.currentTarget).get('most'));
    if (!retry.isPending) retry.mutate({ max_cost: most });
  };
  return (
    <>
      <button
        type="button"
        aria-label={name}
        aria-disabled={retry.isPending}
        onClick={() => {
          if (!retry.isPending) retry.mutate({});
        }}
      >
        {label}
      </button>
      <Problem error={retry.error} />
      {isTooDear && (
        <form className="retry-most" onSubmit={allow}>
          <label>
            {text.run.most} <input name="most" type="number" min="0" step="any" required />
          </label>
          <button type="submit">{text.run.allow}</button>
        </form>
      )}
    </>
  );
}
