import type { CollectedResource, Outcome, Registration, Run, TaskError, TaskReport } from './task.ts';

/** How a generation goes about a run. */
export interface TaskRules {
  /** Stores one resource of one stream; each stream starts a new store. */
  readonly startStream: (run: Run) => (collected: CollectedResource) => Outcome;
  /** Whether `total` counts what is not counted as created or updated. */
  readonly countsAll: boolean;
  /** The code of a stream that broke off. */
  readonly brokenCode: string;
  /** After a run without a failure: what was missed. */
  readonly settle: (run: Run) => { readonly disconnected: number; readonly deleted: number };
}

/**
 * Runs a task of one or more streams, one after another. What came before a stream broke stays stored, but is not counted; one
 * failure, of a resource or of a stream, makes the task fail, and then nothing is taken for gone.
 */
export async function runTask(
  registration: Registration,
  taskId: string,
  now: string,
  streams: Iterable<AsyncIterable<CollectedResource>>,
  rules: TaskRules,
): Promise<TaskReport> {
  const errors: TaskError[] = [];
  const run: Run = { registration, taskId, now, report: (code, message) => errors.push({ code, message }) };
  const counts = { total: 0, created: 0, updated: 0, failure: 0 };
  for (const stream of streams) {
    try {
      const read = await readStream(stream, rules.startStream(run), rules.countsAll);
      counts.total += read.total;
      counts.created += read.created;
      counts.updated += read.updated;
      counts.failure += read.failure;
    } catch (caught) {
      run.report(rules.brokenCode, caught instanceof Error ? caught.message : String(caught));
      counts.failure++;
    }
  }
  const status = counts.failure > 0 ? 'FAILURE' : 'SUCCESS';
  const missed = status === 'SUCCESS' ? rules.settle(run) : { disconnected: 0, deleted: 0 };
  return { status, ...counts, ...missed, errors };
}

async function readStream(
  stream: AsyncIterable<CollectedResource>,
  store: (collected: CollectedResource) => Outcome,
  countsAll: boolean,
): Promise<{ total: number; created: number; updated: number; failure: number }> {
  const counts = { total: 0, created: 0, updated: 0, failure: 0 };
  for await (const collected of stream) {
    const outcome = store(collected);
    if (outcome !== 'not counted') counts[outcome]++;
    if (outcome !== 'not counted' || countsAll) counts.total++;
  }
  return counts;
}
