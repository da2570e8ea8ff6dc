import type { TaskPhase } from '../../../src/store/jobs.ts';

/** In the order in which they are told. */
export const taskPhases = ['discovery', 'metrics', 'write', 'quota', 'retry'] as const satisfies readonly TaskPhase[];
