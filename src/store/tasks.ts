import type { ErrorReport } from '#model/errors.ts';
import type { Cost } from '#model/fleet.ts';
import type { RecordId } from './inventory.ts';
import type { Counts, FailureGroup, FinalTaskState, Job, JobId, PhaseSpan, Task, TaskId } from './jobs.ts';

export const recordChanges = ['created', 'updated', 'unchanged'] as const;
/** What became of a record. */
export type RecordChange = (typeof recordChanges)[number];
export type RecordChanges = ReadonlyMap<RecordId, RecordChange>;

/** One attempt at a task: what it writes is refused as soon as another one has begun. */
export interface TaskClaim {
  readonly task: TaskId;
  readonly job: JobId;
  readonly attempt: number;
  /** Attempts in a row that stored nothing, this one among them. */
  readonly fruitless: number;
  /** Why the attempt before this one was given up, where it could tell. */
  readonly before?: ErrorReport;
  /** By earlier attempts. */
  readonly spent: Cost;
  /** By earlier attempts: a record counts once. */
  readonly changes: RecordChanges;
  /** By earlier attempts. */
  readonly phases: readonly PhaseSpan[];
}

/** What a worker has to know of a task that it runs. */
export type TaskStanding = 'mine' | 'cancel' | 'lost';

/** What is given replaces what was there. */
export interface TaskProgress {
  readonly counts?: Counts;
  readonly plannedServers?: number;
  readonly doneServers?: number;
  readonly failures?: readonly FailureGroup[];
  readonly spent?: Cost;
  readonly phases?: readonly PhaseSpan[];
  /** Added to those that are known. */
  readonly changes?: RecordChanges;
}

export interface TaskEnd extends TaskProgress {
  readonly state: FinalTaskState;
  readonly error?: ErrorReport;
}

/** What an attempt leaves behind that did not end. */
export interface TaskLeft {
  /** Why, where it was not by choice. */
  readonly error?: ErrorReport;
  readonly spent?: Cost;
  readonly phases?: readonly PhaseSpan[];
}

/** Who runs which task. A method that takes a claim throws `conflict` where that is lost. */
export interface TaskStore {
  /**
   * Begins a task, or begins it again with nothing done: whoever had it has lost it. Undefined where it has ended. Why the attempt
   * before was given up is told of the task until it gets on.
   *
   * @param worker who begins it
   * @param onlyFree undefined too where somebody has it
   * @throws CollectError `not_found`
   */
  begin(task: TaskId, worker: string, now: number, onlyFree?: boolean): Promise<TaskClaim | undefined>;
  progress(claim: TaskClaim, progress: TaskProgress): Promise<void>;
  /** What it has been busy with so far, by all attempts; without effect where the claim is lost. */
  notePhases(claim: TaskClaim, phases: readonly PhaseSpan[]): Promise<void>;
  end(claim: TaskClaim, end: TaskEnd, now: number): Promise<void>;
  /** Gives a task back, to be begun by anybody. */
  release(claim: TaskClaim, left?: TaskLeft): Promise<void>;

  /** Those whose job is to end are told to `cancel`. */
  standings(claims: readonly TaskClaim[]): Promise<ReadonlyMap<TaskId, TaskStanding>>;
  /** Says that the worker of these claims lives. */
  beat(claims: readonly TaskClaim[], now: number): Promise<void>;

  /** Begins the first pending task of the jobs on workers that the limits let through. */
  beginNext(worker: string, now: number): Promise<TaskClaim | undefined>;
  /** Tasks of jobs on workers whose worker has been silent for `heartbeatLimitMs` are lost to it, and pending again. */
  releaseSilent(now: number): Promise<void>;

  find(task: TaskId): Promise<{ readonly task: Task; readonly job: Job }>;
  /** Tasks of running jobs that have not ended, of any of these accounts, or of secrets of these names. */
  open(of: { readonly accounts?: readonly string[]; readonly sources?: readonly string[] }): Promise<readonly Task[]>;
}
