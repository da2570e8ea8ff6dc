import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JobDetail, JobSummary } from '../../../src/server/api.ts';
import { jobQuery, send, statusQuery } from '../api.ts';
import { useMay } from '../session/session.ts';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';

/** Ends a run, or does again what failed of it: all of it, whatever is on screen. */
export function JobActions({ detail: { job, tasks } }: { detail: JobDetail }) {
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all([jobQuery(job.id), statusQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey })));
  const act = useMutation({
    mutationFn: (what: 'cancel' | 'retry') =>
      send<JobSummary>('POST', `/jobs/${job.id}/${what}`, what === 'retry' ? {} : undefined),
    onSettled: refresh,
  });
  const mayRun = useMay('operator');
  if (!mayRun) return null;
  const failed = tasks.filter(({ state }) => state !== 'SUCCESS').length;
  return (
    <>
      {job.state === 'RUNNING' ? (
        <ConfirmButton
          label={text.runs.cancel}
          question={text.runs.cancelAsk(job.id)}
          note={text.runs.cancelNote}
          onConfirm={() => act.mutate('cancel')}
        />
      ) : (
        failed > 0 &&
        !job.demo && (
          <button
            type="button"
            aria-disabled={act.isPending}
            onClick={() => {
              if (!act.isPending) act.mutate('retry');
            }}
          >
            {text.runs.retry(failed)}
          </button>
        )
      )}
      <Problem error={act.error} />
    </>
  );
}
