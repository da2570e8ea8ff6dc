import type { Task } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { TaskClaim } from '#store/tasks.ts';

/** The line in which tasks wait for a worker. Each goes to one worker at a time, and to another one where that has died. */
export interface TaskQueue {
  /** Puts pending tasks in line: if, and when, the transaction ends well that `tx` is. */
  add(tx: Store, tasks: readonly Task[]): Promise<void>;
  /** Begins up to `count` tasks, as far as the concurrency limits let them through. Comes back at once, also with none. */
  take(worker: string, count: number, now: number): Promise<readonly TakenTask[]>;
  /** Says that these are still being run: to be called every few seconds. */
  beat(taken: readonly TakenTask[], now: number): Promise<void>;
  close(): Promise<void>;
}

export interface TakenTask {
  readonly claim: TaskClaim;
  /** The task has ended, or is another worker's by now. */
  done(): Promise<void>;
  /** The task was released, and is to be run again. */
  again(): Promise<void>;
}
