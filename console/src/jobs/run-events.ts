import type { JobDetail, TaskRow } from '../../../src/server/api.ts';
import type { TaskPhase } from '../../../src/store/jobs.ts';

export type RunEventKind = 'run' | 'region' | 'wait' | 'problem';

/** What happened in a run. */
export type RunEvent = {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: RunEventKind;
  /** Undefined for what happened to the run as a whole. */
  readonly task?: TaskRow;
} & (
  | { readonly what: 'began' | 'ended' }
  | { readonly what: 'waited'; readonly phase: TaskPhase; readonly ms: number }
  | { readonly what: 'problem'; readonly message: string; readonly servers?: number }
);

/** Waiting for less is the usual pace; in milliseconds. */
const longWaitMs = 1_000;

/** Newest first. */
export function eventsOf({ job, tasks }: JobDetail): readonly RunEvent[] {
  const events: RunEvent[] = [
    { at: Date.parse(job.started_at), kind: 'run', what: 'began' },
    ...(job.finished_at === null ? [] : [{ at: Date.parse(job.finished_at), kind: 'run', what: 'ended' } as const]),
    ...tasks.flatMap(eventsOfTask),
  ];
  // What began and ended in one moment has begun before it ended.
  return events.toReversed().toSorted((a, b) => b.at - a.at);
}

function eventsOfTask(task: TaskRow): RunEvent[] {
  const { started_at, finished_at, error, failures, phases } = task;
  const events: RunEvent[] = [];
  if (started_at !== null) events.push({ at: Date.parse(started_at), kind: 'region', what: 'began', task });
  for (const [phase, from, to] of phases) {
    if ((phase !== 'quota' && phase !== 'retry') || to - from < longWaitMs) continue;
    events.push({ at: from, kind: 'wait', what: 'waited', phase, ms: to - from, task });
  }
  const at = Date.parse(finished_at ?? started_at ?? '');
  if (Number.isNaN(at)) return events;
  for (const { error, count } of failures)
    events.push({ at, kind: 'problem', what: 'problem', message: error.message, servers: count, task });
  if (error !== null) events.push({ at, kind: 'problem', what: 'problem', message: error.message, task });
  if (finished_at !== null) events.push({ at, kind: 'region', what: 'ended', task });
  return events;
}
