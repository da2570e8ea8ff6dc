import type { Job } from '#store/jobs.ts';
import { exitCodes } from './exit-codes.ts';

/** Of a command that waited for a run. */
export function exitCodeOfJob({ state }: Pick<Job, 'state'>): number {
  if (state === 'SUCCESS') return exitCodes.ok;
  if (state === 'PARTIAL') return exitCodes.partial;
  return state === 'FAILURE' ? exitCodes.failed : exitCodes.interrupted;
}
