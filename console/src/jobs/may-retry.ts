import type { JobSummary, TaskRow } from '../../../src/server/api.ts';
import { useMay } from '../session/session.ts';

/** Whether what failed of this run can be done again, by whom is signed in. */
export function useMayRetry({ demo, state }: Pick<JobSummary, 'demo' | 'state'>): boolean {
  return useMay('operator') && !demo && state !== 'RUNNING';
}

/** Those that a retry does again. */
export function retriedOf(tasks: readonly TaskRow[]): readonly number[] {
  return tasks.filter(({ state }) => state !== 'SUCCESS').map(({ id }) => id);
}
