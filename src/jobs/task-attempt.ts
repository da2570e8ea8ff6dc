import { type CollectError, reportOf } from '#model/errors.ts';
import { addCosts, type Cost } from '#model/fleet.ts';
import type { Job, Task } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { TaskClaim, TaskEnd } from '#store/tasks.ts';
import { PhaseLog } from './phase-log.ts';
import { AttemptLedger } from './stored-ledger.ts';
import type { Along } from './task-writer.ts';

/** Stores something, and in the same transaction what comes along with it. */
type Storing = (along: Along) => Promise<void>;

/** One attempt at a task, as the store sees it. What it spends is stored along with what it reads, and with how it goes out. */
export class TaskAttempt {
  readonly claim: TaskClaim;
  readonly task: Task;
  readonly job: Job;
  /** Of this attempt alone; its budget is what earlier ones left of the task's. */
  readonly ledger: AttemptLedger;
  readonly phases: PhaseLog;
  readonly #store: Store;

  /** @param now epoch milliseconds */
  constructor(
    store: Store,
    claim: TaskClaim,
    { task, job }: { readonly task: Task; readonly job: Job },
    now: () => number,
  ) {
    this.claim = claim;
    this.task = task;
    this.job = job;
    this.ledger = new AttemptLedger(leftOf(task, claim));
    this.phases = new PhaseLog(claim.phases, now);
    this.#store = store;
  }

  /** Stores what it is busy with. */
  async notePhases(): Promise<void> {
    await this.#store.tasks.notePhases(this.claim, this.phases.spans());
  }

  /** Whether the job has ended, or is to end: then there is nothing to begin. */
  get isOver(): boolean {
    return this.job.state !== 'RUNNING' || this.job.cancelRequestedAt !== undefined;
  }

  /** Whether another worker has the task by now, or it was ended. */
  async isLost(): Promise<boolean> {
    const standings = await this.#store.tasks.standings([this.claim]);
    return standings.get(this.claim.task) === 'lost';
  }

  /** Stores something along with what was spent since this was last done. */
  async charge(work: Storing): Promise<void> {
    await this.ledger.storing((since) => work((tx) => tx.jobs.addToLedger(this.job.id, since)));
  }

  /** The same for the last of a task: where that was the last one of its job, the job ends too. */
  async settle(work: Storing, now: number): Promise<void> {
    await this.charge((along) =>
      work(async (tx) => {
        await along(tx);
        await tx.jobs.settle(this.job.id, now);
      }),
    );
  }

  /** Ends the task, with nothing more to store of what was read. */
  async end(end: TaskEnd, now: number): Promise<void> {
    const work: Storing = (along) =>
      this.#store.transaction(async (tx) => {
        await tx.tasks.end(this.claim, { ...end, spent: this.#spent(), phases: this.phases.spans() }, now);
        await along(tx);
      });
    await this.settle(work, now);
  }

  /** Leaves the task to whoever takes it next. @param error why, where it was not by choice */
  async release(error?: CollectError): Promise<void> {
    const why = error === undefined ? {} : { error: reportOf(error) };
    await this.charge((along) =>
      this.#store.transaction(async (tx) => {
        await tx.tasks.release(this.claim, { ...why, spent: this.#spent(), phases: this.phases.spans() });
        await along(tx);
      }),
    );
  }

  /** By all attempts. */
  #spent(): Cost {
    const { account, region } = this.task;
    return addCosts([this.claim.spent, this.ledger.spent({ account, region })]);
  }
}

function leftOf({ maxUsd }: Task, { spent }: TaskClaim): number | undefined {
  return maxUsd === undefined ? undefined : Math.max(0, maxUsd - spent.usdAtMost);
}
