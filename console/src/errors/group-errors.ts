import type { ErrorReport } from '../../../src/model/errors.ts';
import type { TaskProblem } from '../../../src/server/api.ts';

/** One cause in one account and region, over all runs that met it. */
export interface ErrorGroup {
  readonly account: string;
  readonly region: string;
  readonly error: ErrorReport;
  /** Runs that met it, newest first. */
  readonly jobs: readonly number[];
  /** Of the newest of them, where some servers of a region failed and not the region. */
  readonly servers: number | null;
  /** When it was first and last met; null where a task has not ended. */
  readonly since: string | null;
  readonly last: string | null;
}

/** @param problems newest first, as the API lists them */
export function groupErrors(problems: readonly TaskProblem[]): readonly ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const { account, region, job, finished_at: at, error, failures } of problems) {
    const causes = [
      ...(error === null ? [] : [{ error, servers: null }]),
      ...failures.map((failure) => ({ error: failure.error, servers: failure.count })),
    ];
    for (const { error: cause, servers } of causes) {
      const key = [account, region, cause.code, cause.message].join('\n');
      const known = groups.get(key);
      groups.set(key, {
        ...(known ?? { account, region, error: cause, servers, last: at }),
        jobs: known === undefined || known.jobs.includes(job) ? (known?.jobs ?? [job]) : [...known.jobs, job],
        since: at ?? known?.since ?? null,
      });
    }
  }
  return [...groups.values()];
}
