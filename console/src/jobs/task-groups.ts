import type { TaskRow } from '../../../src/server/api.ts';
import type { TaskState } from '../../../src/store/jobs.ts';

export interface TasksByUrgency {
  /** Failed ones, then partial ones, then those still in work that have met failures. */
  readonly problems: readonly TaskRow[];
  readonly active: readonly TaskRow[];
  readonly waiting: readonly TaskRow[];
  readonly canceled: readonly TaskRow[];
  readonly succeeded: readonly TaskRow[];
}

const urgency: Readonly<Record<TaskState, number>> = {
  FAILURE: 0,
  PARTIAL: 1,
  RUNNING: 2,
  PENDING: 3,
  CANCELED: 4,
  SUCCESS: 5,
};

/** Whether it failed, wholly or in part, or has met failures so far. */
export function isProblem({ state, error, failures }: Pick<TaskRow, 'state' | 'error' | 'failures'>): boolean {
  return state === 'FAILURE' || state === 'PARTIAL' || error !== null || failures.length > 0;
}

export function problemsFirst(tasks: readonly TaskRow[]): TasksByUrgency {
  const others = tasks.filter((task) => !isProblem(task));
  const inState = (state: TaskState) => others.filter((task) => task.state === state);
  return {
    problems: tasks.filter(isProblem).sort((a, b) => urgency[a.state] - urgency[b.state] || a.id - b.id),
    active: inState('RUNNING'),
    waiting: inState('PENDING'),
    canceled: inState('CANCELED'),
    succeeded: inState('SUCCESS'),
  };
}
