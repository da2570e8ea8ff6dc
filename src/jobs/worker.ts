import type { Clock } from '#collect/clock.ts';
import type { PaceOf } from '#collect/gate.ts';
import { CollectError } from '#model/errors.ts';
import type { CallRecorder } from './call-recorder.ts';
import { runTask } from './run-task.ts';
import type { Vault } from './saved-targets.ts';
import type { TakenTask, TaskQueue } from './task-queue.ts';

export interface WorkerOptions {
  readonly vault: Vault;
  readonly queue: TaskQueue;
  /** Shown with the tasks that it runs. */
  readonly name: string;
  /** Tasks at once. */
  readonly atOnce: number;
  readonly clock: Clock;
  readonly paceOf: PaceOf;
  readonly calls?: CallRecorder | undefined;
  /** Aborted: take no more tasks, finish what is in flight, store it, and give the rest back. */
  readonly stopping: AbortSignal;
  /** Aborted: break off calls too. */
  readonly signal: AbortSignal;
  /** Told of what went wrong; the worker goes on. */
  readonly report: (error: CollectError) => void;
}

/** Between two looks at an empty queue. */
const pollMs = 500;
/** How soon a worker sees that a job is to end, or that another worker has its task. */
const watchMs = 1_000;
const beatMs = 3_000;

/** Runs tasks as they come up, until it is stopped. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { queue, name, atOnce, clock, stopping } = options;
  const running = new Map<Running, Promise<void>>();
  using _watch = every(watchMs, () => watch([...running.keys()], options));
  using _beat = every(beatMs, () => beat([...running.keys()], options));
  while (!stopping.aborted) {
    const taken = await takeTasks(queue, name, atOnce - running.size, options);
    for (const task of taken) {
      const one: Running = { task, cancel: new AbortController(), lose: new AbortController() };
      running.set(
        one,
        run(one, options).finally(() => running.delete(one)),
      );
    }
    const isIdle = taken.length === 0 || running.size >= atOnce;
    if (isIdle) await pause(running.values(), clock, stopping);
  }
  await Promise.all(running.values());
}

interface Running {
  readonly task: TakenTask;
  /** Aborted when the job is to end. */
  readonly cancel: AbortController;
  /** Aborted when another worker has the task. */
  readonly lose: AbortController;
}

async function takeTasks(
  queue: TaskQueue,
  name: string,
  count: number,
  { clock, report }: WorkerOptions,
): Promise<readonly TakenTask[]> {
  if (count === 0) return [];
  try {
    return await queue.take(name, count, clock.now());
  } catch (caught) {
    report(CollectError.from(caught));
    return [];
  }
}

async function run({ task, cancel, lose }: Running, options: WorkerOptions) {
  const { vault, clock, paceOf, calls, stopping, signal, report } = options;
  try {
    const outcome = await runTask(task.claim, {
      vault,
      clock,
      paceOf,
      calls,
      stopping: AbortSignal.any([stopping, cancel.signal]),
      signal: AbortSignal.any([signal, lose.signal]),
      isCanceled: () => cancel.signal.aborted,
    });
    await (outcome === 'ended' ? task.done() : task.again());
  } catch (caught) {
    const error = CollectError.from(caught);
    report(error);
    // A lost task is another worker's; of any other the queue hears as soon as it can be told.
    await (error.code === 'conflict' ? task.done() : task.again()).catch((failed: unknown) =>
      report(CollectError.from(failed)),
    );
  }
}

/** While the store is away, nothing is known: then tasks go on. */
async function watch(running: readonly Running[], { vault }: WorkerOptions): Promise<void> {
  const standings = await vault.store.tasks.standings(running.map(({ task }) => task.claim));
  for (const { task, cancel, lose } of running) {
    const standing = standings.get(task.claim.task);
    if (standing === 'cancel') cancel.abort();
    if (standing === 'lost') lose.abort();
  }
}

async function beat(running: readonly Running[], { vault, queue, clock }: WorkerOptions): Promise<void> {
  const tasks = running.map(({ task }) => task);
  await queue.beat(tasks, clock.now());
  await vault.store.tasks.beat(
    tasks.map(({ claim }) => claim),
    clock.now(),
  );
  await vault.store.jobs.sumUp(clock.now());
}

/** Until something may have changed. */
async function pause(running: Iterable<Promise<void>>, clock: Clock, stopping: AbortSignal): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([stopping, over.signal]);
  await Promise.race([clock.sleep(pollMs, signal).catch(() => {}), ...running]);
  over.abort();
}

/** Does something again and again, never twice at once. What it throws is forgotten: the next time may go better. */
function every(ms: number, work: () => Promise<void>): Disposable {
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void work()
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  }, ms);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
