import type { TaskRow } from '../../../src/server/api.ts';
import type { TaskState } from '../../../src/store/jobs.ts';

/** As filters name it. `throttled`: it runs, and waits for the cloud. */
export const taskStatuses = ['failed', 'partial', 'throttled', 'running', 'waiting', 'canceled', 'succeeded'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

const byState: Readonly<Record<TaskState, TaskStatus>> = {
  FAILURE: 'failed',
  PARTIAL: 'partial',
  RUNNING: 'running',
  PENDING: 'waiting',
  CANCELED: 'canceled',
  SUCCESS: 'succeeded',
};

export function statusOf({ state, phases }: Pick<TaskRow, 'state' | 'phases'>): TaskStatus {
  const [phase] = phases.at(-1) ?? [];
  return state === 'RUNNING' && (phase === 'quota' || phase === 'retry') ? 'throttled' : byState[state];
}
