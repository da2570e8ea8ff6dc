import type { JobSummary } from '../../../src/server/api.ts';

/** The one job that was at work at a moment; none where several were, as it could be either. */
export function jobAt<J extends Pick<JobSummary, 'started_at' | 'finished_at' | 'heartbeat_at'>>(
  jobs: readonly J[],
  at: string,
): J | undefined {
  const moment = Date.parse(at);
  const found = jobs.filter(
    ({ started_at, finished_at, heartbeat_at }) =>
      Date.parse(started_at) <= moment && moment <= Date.parse(finished_at ?? heartbeat_at),
  );
  return found.length === 1 ? found[0] : undefined;
}
