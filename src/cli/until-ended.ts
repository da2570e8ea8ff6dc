import { type Clock, systemClock } from '#collect/clock.ts';
import type { Job, JobId, JobStore } from '#store/jobs.ts';

/** How soon a waiting command sees that a job has ended. */
const lookMs = 500;

interface Waiting {
  /** Aborted: wait no longer. */
  readonly stopping: AbortSignal;
  /** What this process does for it meanwhile; it ends once its signal aborts. */
  readonly work?: ((stopping: AbortSignal) => Promise<void>) | undefined;
  readonly clock?: Clock;
}

/**
 * Waits until a job has ended.
 *
 * @returns it as the work has left it
 * @throws whatever the work throws: the job is waited for no longer then
 */
export async function untilEnded(
  jobs: Pick<JobStore, 'get'>,
  id: JobId,
  { stopping, work, clock = systemClock }: Waiting,
): Promise<Job> {
  const over = new AbortController();
  const until = AbortSignal.any([stopping, over.signal]);
  const ended = async (): Promise<void> => {
    while (!until.aborted && (await jobs.get(id)).job.state === 'RUNNING')
      await clock.sleep(lookMs, until).catch(() => {});
  };
  // Where one of them ends, however it does, the other has nothing to go on for.
  const both = [ended(), ...(work === undefined ? [] : [work(until)])];
  const results = await Promise.allSettled(both.map((each) => each.finally(() => over.abort())));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return (await jobs.get(id)).job;
}
