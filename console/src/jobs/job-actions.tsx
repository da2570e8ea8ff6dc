import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JobDetail, JobSummary } from '../../../src/server/api.ts';
import { jobQuery, send, statusQuery } from '../api.ts';
import { useMay } from '../session/session.ts';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { retriedOf, useMayRetry } from './may-retry.ts';
import { RetryButton } from './retry-button.tsx';

/** Ends a run, or does again what failed of it: all of it, whatever is on screen. */
export function JobActions({ detail: { job, tasks } }: { detail: JobDetail }) {
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => send<JobSummary>('POST', `/jobs/${job.id}/cancel`),
    onSettled: () =>
      Promise.all([jobQuery(job.id), statusQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey }))),
  });
  const mayRun = useMay('operator');
  const mayRetry = useMayRetry(job);
  const failed = retriedOf(tasks).length;
  return (
    <>
      {mayRun && job.state === 'RUNNING' && (
        <ConfirmButton
          label={text.runs.cancel}
          question={text.runs.cancelAsk(job.id)}
          note={text.runs.cancelNote}
          onConfirm={() => cancel.mutate()}
        />
      )}
      {mayRetry && failed > 0 && <RetryButton job={job.id} label={text.runs.retry(failed)} />}
      <Problem error={cancel.error} />
    </>
  );
}
