import type { ErrorReport } from '#model/errors.ts';
import type { Cost } from '#model/fleet.ts';

export const jobStates = ['RUNNING', 'SUCCESS', 'PARTIAL', 'FAILURE', 'CANCELED', 'INTERRUPTED'] as const;
export type JobState = (typeof jobStates)[number];
/** States in which a job has ended by itself. */
export type FinalJobState = Exclude<JobState, 'RUNNING' | 'INTERRUPTED'>;

export const taskStates = ['PENDING', 'RUNNING', 'SUCCESS', 'PARTIAL', 'FAILURE', 'CANCELED'] as const;
export type TaskState = (typeof taskStates)[number];
export type FinalTaskState = Exclude<TaskState, 'PENDING' | 'RUNNING'>;

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
  /** The process that runs it, or ran it last. */
  readonly ownerPid: number;
  readonly heartbeatAt: number;
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
  readonly spent: Cost;
  readonly startedAt?: number;
  readonly finishedAt?: number;
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
  readonly ownerPid: number;
  readonly tasks: readonly TaskDraft[];
}

/** Within a job, provider, account and region are unique together. */
export interface TaskDraft {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly plannedServers: number;
}

/** What is given replaces what was there. */
export interface TaskProgress {
  readonly counts?: Counts;
  readonly plannedServers?: number;
  readonly doneServers?: number;
  readonly failures?: readonly FailureGroup[];
  readonly spent?: Cost;
}

export interface TaskEnd extends TaskProgress {
  readonly state: FinalTaskState;
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

/** Jobs, their tasks and what they spent. A method that names a job or task throws `not_found` where there is none. */
export interface JobStore {
  /** A running job with pending tasks. */
  create(draft: JobDraft, now: number): Promise<JobWithTasks>;
  /** Begins a task, or begins it again with nothing done. */
  startTask(task: TaskId, now: number): Promise<void>;
  progressTask(task: TaskId, progress: TaskProgress): Promise<void>;
  finishTask(task: TaskId, end: TaskEnd, now: number): Promise<void>;
  finish(job: JobId, end: JobEnd, now: number): Promise<void>;
  /** Says that the job's process lives; to be called every few seconds, with what has been done so far. */
  heartbeat(job: JobId, now: number, soFar?: { readonly counts: Counts; readonly spent: Cost }): Promise<void>;

  /**
   * Makes jobs whose process died INTERRUPTED: those RUNNING without a heartbeat for `heartbeatLimitMs`.
   * Their running tasks become PENDING again.
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
  list(page: { readonly limit: number; readonly before?: JobId }): Promise<readonly Job[]>;

  /** Adds to what is there. */
  addToLedger(job: JobId, lines: readonly LedgerLine[]): Promise<void>;
  /** By account, region and api. */
  ledger(job: JobId): Promise<readonly LedgerLine[]>;
}
