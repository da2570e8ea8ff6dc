import type { ErrorReport } from '#model/errors.ts';
import type { Cost } from '#model/fleet.ts';

export const jobStates = ['RUNNING', 'SUCCESS', 'PARTIAL', 'FAILURE', 'CANCELED', 'INTERRUPTED'] as const;
export type JobState = (typeof jobStates)[number];
/** States in which a job has ended by itself. */
export type FinalJobState = Exclude<JobState, 'RUNNING' | 'INTERRUPTED'>;

export const taskStates = ['PENDING', 'RUNNING', 'SUCCESS', 'PARTIAL', 'FAILURE', 'CANCELED'] as const;
export type TaskState = (typeof taskStates)[number];
export type FinalTaskState = Exclude<TaskState, 'PENDING' | 'RUNNING'>;

/** What a task can be busy with; `quota` and `retry` are waiting: for its turn at an API, or to ask again. */
export const taskPhases = ['discovery', 'metrics', 'write', 'quota', 'retry'] as const;
export type TaskPhase = (typeof taskPhases)[number];
/** A phase, and from when to when, in epoch milliseconds. */
export type PhaseSpan = readonly [phase: TaskPhase, from: number, to: number];

/** Who runs a job's tasks: the process that began it, or whichever worker is free. */
export const jobRunners = ['process', 'workers'] as const;
export type JobRunner = (typeof jobRunners)[number];

/** A running job that has not been heard of for so long is interrupted, in milliseconds. */
export const heartbeatLimitMs = 30_000;

export type JobId = number;
export type TaskId = number;

/** Of servers. */
export interface Counts {
  readonly servers: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
}

export const noCounts: Counts = { servers: 0, created: 0, updated: 0, unchanged: 0, failed: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    servers: a.servers + b.servers,
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    failed: a.failed + b.failed,
  };
}

/** Failures of one kind, with one of their errors. */
export interface FailureGroup {
  readonly reason: string;
  readonly count: number;
  readonly error: ErrorReport;
}

export interface Job {
  readonly id: JobId;
  readonly state: JobState;
  readonly demo: boolean;
  /** JSON as it was given; whoever gave it parses it. */
  readonly options: unknown;
  readonly plan: unknown;
  readonly counts: Counts;
  readonly planned: Cost;
  readonly spent: Cost;
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly runsOn: JobRunner;
  /** The process that runs it, or ran it last; of one on workers, the process that began it. */
  readonly ownerPid: number;
  readonly heartbeatAt: number;
  /** Somebody wants it to end: what is in flight is finished, nothing else is begun. */
  readonly cancelRequestedAt?: number;
  /** When it was last made to run again, and how long it had run before, in milliseconds. */
  readonly again?: { readonly at: number; readonly ranMs: number };
}

/** How long a job has run, the times between its end and a retry left out, in milliseconds. */
export function ranMsOf({ state, startedAt, finishedAt, heartbeatAt, again }: Job): number {
  // One that was interrupted was found to be so some time later.
  const end = state === 'INTERRUPTED' ? heartbeatAt : (finishedAt ?? heartbeatAt);
  return (again?.ranMs ?? 0) + Math.max(0, end - (again?.at ?? startedAt));
}

export interface Task {
  readonly id: TaskId;
  readonly job: JobId;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly state: TaskState;
  readonly counts: Counts;
  readonly plannedServers: number;
  readonly doneServers: number;
  readonly error: ErrorReport | null;
  readonly failures: readonly FailureGroup[];
  /** By all attempts. */
  readonly spent: Cost;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** The saved account whose secret opens it, by name. */
  readonly source?: string;
  /** USD that all attempts together may commit. */
  readonly maxUsd?: number;
  /** Counts on with each beginning; 0 before the first. */
  readonly attempt: number;
  /** Who runs it, or ran it last. */
  readonly worker?: string;
  /** When that one was last heard of. */
  readonly heartbeatAt?: number;
  /** By all attempts, in order. */
  readonly phases: readonly PhaseSpan[];
}

export function isOpen({ state }: Pick<Task, 'state'>): boolean {
  return state === 'PENDING' || state === 'RUNNING';
}

export interface NewestTask extends Pick<Task, 'id' | 'job' | 'source' | 'provider' | 'account' | 'region'> {
  /** The same number for those that are limited by the same filter, or to the same servers; absent where all are read. */
  readonly limit?: number;
}

/** What a job has come to whose tasks are these, all that is ever done to them being done. */
export function stateOfTasks(tasks: readonly Pick<Task, 'state'>[]): FinalJobState {
  if (tasks.some((task) => isOpen(task) || task.state === 'CANCELED')) return 'CANCELED';
  if (tasks.every(({ state }) => state === 'SUCCESS')) return 'SUCCESS';
  return tasks.every(({ state }) => state === 'FAILURE') ? 'FAILURE' : 'PARTIAL';
}

export interface JobWithTasks {
  readonly job: Job;
  /** In the order in which they were created. */
  readonly tasks: readonly Task[];
}

export interface JobDraft {
  readonly demo: boolean;
  /** Anything that JSON can hold. */
  readonly options: unknown;
  readonly plan: unknown;
  readonly planned: Cost;
  /** `process` where absent. */
  readonly runsOn?: JobRunner;
  readonly ownerPid: number;
  readonly tasks: readonly TaskDraft[];
}

/** Within a job, provider, account and region are unique together. */
export interface TaskDraft {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly plannedServers: number;
  readonly source?: string;
  readonly maxUsd?: number;
  /** Known before it begins: the task has failed with it. */
  readonly error?: ErrorReport;
}

export interface JobEnd {
  readonly state: FinalJobState;
  readonly counts: Counts;
  readonly spent: Cost;
}

/** Calls of one kind, summed over a job. */
export interface LedgerLine {
  readonly account: string;
  readonly region: string;
  /** `Call.api` */
  readonly api: string;
  /** Sent, those that were sent again among them. */
  readonly calls: number;
  readonly retried: number;
  readonly throttled: number;
  readonly failed: number;
  readonly usd: number;
  readonly usdAtMost: number;
}

/** The tasks of a job, counted. */
export interface JobTally {
  /** A state that none is in is absent. */
  readonly tasks: { readonly [S in TaskState]?: number };
  /** How many accounts of which providers, by provider. */
  readonly places: readonly { readonly provider: string; readonly accounts: number }[];
}

/** Sums over all jobs; of calls, those of forgotten ones among them. */
export interface JobTotals {
  readonly jobs: readonly { readonly state: JobState; readonly count: number }[];
  readonly tasks: readonly { readonly state: TaskState; readonly count: number }[];
  /** Pending tasks of running jobs. */
  readonly queued: number;
  /** By api. */
  readonly calls: readonly Omit<LedgerLine, 'account' | 'region'>[];
}

/** What jobs cost, in USD. */
export interface Spending {
  readonly usd: number;
  readonly usdAtMost: number;
  /** What running ones may spend beyond that. */
  readonly heldUsd: number;
}

/** What a retry brings with it. */
export interface RetryDraft {
  /** Tasks that these take the place of. */
  readonly instead: readonly TaskId[];
  readonly tasks: readonly TaskDraft[];
  /** Where not all that failed is to be done again: nothing else is, not even what was never begun. */
  readonly only?: readonly TaskId[];
}

/** Jobs, their tasks and what they spent. A method that names a job or task throws `not_found` where there is none. */
export interface JobStore {
  /** A running job with pending tasks. */
  create(draft: JobDraft, now: number): Promise<JobWithTasks>;
  /**
   * Until the transaction ends, nobody else begins a job: so that two cannot both find an account that nobody reads.
   * For use inside one.
   */
  takeTurn(): Promise<void>;

  /** Ends a running job on workers once all of its tasks have ended. */
  settle(job: JobId, now: number): Promise<void>;
  /**
   * Sums up what running jobs on workers have done so far, and says that there are workers: to be called every few seconds by
   * each of them.
   */
  sumUp(now: number): Promise<void>;
  /** Asks a job to end; tasks on workers that nobody has begun end at once. Without effect on one that has ended. */
  cancel(job: JobId, now: number): Promise<Job>;
  /**
   * Makes an ended job run again, on workers: tasks that failed, wholly or in part, or were not begun or finished, become
   * pending, and further tasks may come with them.
   *
   * @returns the tasks that are pending then
   * @throws CollectError `conflict` where it is running, `not_found` where there is nothing to do again
   */
  retry(job: JobId, more: RetryDraft, now: number): Promise<readonly Task[]>;

  finish(job: JobId, end: JobEnd, now: number): Promise<void>;
  /** Says that the job's process lives; to be called every few seconds, with what has been done so far. */
  heartbeat(job: JobId, now: number, soFar?: { readonly counts: Counts; readonly spent: Cost }): Promise<void>;

  /**
   * Makes jobs whose process died INTERRUPTED: those RUNNING without a heartbeat for `heartbeatLimitMs`.
   * Their running tasks become PENDING again. A job on workers waits for one; if it was to end, it ends.
   *
   * @returns the jobs it found, as they are now
   */
  adoptInterrupted(now: number): Promise<readonly Job[]>;

  /** The newest job (of the demo, or not), where it has ended and left tasks that were interrupted or canceled. */
  latestResumable(of?: { readonly demo: boolean }): Promise<JobWithTasks | undefined>;
  /**
   * Makes an ended job run again, under another process; its canceled tasks become PENDING.
   * @throws CollectError `conflict` where it is running
   */
  resume(job: JobId, ownerPid: number, now: number): Promise<JobWithTasks>;

  get(job: JobId): Promise<JobWithTasks>;
  /** Newest first. */
  list(page: {
    readonly limit: number;
    readonly before?: JobId;
    readonly states?: readonly JobState[];
    /** Only those that read this account: a saved one by name, or any by its id. */
    readonly source?: string;
  }): Promise<readonly Job[]>;
  /** As `list` finds them; a state that no job is in is absent. */
  countByState(of: { readonly source?: string }): Promise<JobTotals['jobs']>;
  /** By job; one without tasks is absent. */
  tally(jobs: readonly JobId[]): Promise<ReadonlyMap<JobId, JobTally>>;

  /** Tasks that ended with an error, or of which some servers failed; newest first. @param page `since` leaves out what ended before */
  problems(page: {
    readonly limit: number;
    readonly before?: TaskId;
    readonly job?: JobId;
    readonly since?: number;
  }): Promise<readonly Task[]>;
  /**
   * The newest task of each provider, account and region that was to read all of it, whatever became of it; and the newest one of
   * each limit, where jobs are limited to some servers. None before `from`.
   */
  newestTasks(from: TaskId): Promise<readonly NewestTask[]>;

  /**
   * Drops jobs that ended before a time, with their tasks and ledgers, but for those that all of some account and region was last
   * read by. What they called counts on in `totals`.
   *
   * @returns how many
   */
  forget(before: number): Promise<number>;

  totals(): Promise<JobTotals>;
  /** Of the jobs that began from one time to another, or of one of them. One whose process is dead by now holds nothing. */
  spending(
    of: { readonly from: number; readonly to: number } | { readonly job: JobId },
    now: number,
  ): Promise<Spending>;

  /** Adds to what is there. */
  addToLedger(job: JobId, lines: readonly LedgerLine[]): Promise<void>;
  /** By account, region and api. */
  ledger(job: JobId): Promise<readonly LedgerLine[]>;
}
