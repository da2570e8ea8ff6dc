import type { ErrorReport } from '#model/errors.ts';

export const exportStates = ['WAITING', 'RUNNING', 'READY', 'FAILED', 'CANCELED'] as const;
export type ExportState = (typeof exportStates)[number];

export interface ExportDraft {
  /** `user.id`; empty for whoever sits at the machine, where there are no users. */
  readonly owner: string;
  readonly ownerName: string;
  /** What is to be in it, as JSON has it. */
  readonly wish: unknown;
}

/** A file that somebody asked for. Its bytes are in chunks of their own. */
export interface ExportFile extends ExportDraft {
  readonly id: number;
  readonly state: ExportState;
  /** Counts how often it was begun: chunks of an earlier attempt are none of the file. */
  readonly attempt: number;
  /** How many attempts ended with the process that made them. */
  readonly broken: number;
  /** Servers that were read. */
  readonly done: number;
  /** Servers to be read; null before they are counted. */
  readonly total: number | null;
  readonly rows: number;
  readonly bytes: number;
  readonly error: ErrorReport | null;
  readonly requestedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Null until it is over. */
  readonly expiresAt: number | null;
}

/** One attempt at a file. */
export type ExportAttempt = Pick<ExportFile, 'id' | 'attempt'>;

export interface ExportProgress {
  readonly done: number;
  readonly total: number;
  readonly rows: number;
}

export interface ExportUsage {
  readonly files: number;
  /** Waiting or running. */
  readonly open: number;
  readonly bytes: number;
}

/** Files that are made once, and taken by whoever asked for them until they expire. */
export interface ExportStore {
  add(draft: ExportDraft, now: number): Promise<ExportFile>;
  get(id: number): Promise<ExportFile | undefined>;
  /** Newest first. @param of all owners where absent */
  list(of: {
    readonly owner?: string;
    readonly before?: number;
    readonly limit: number;
  }): Promise<readonly ExportFile[]>;
  /** @param owner all of them where absent */
  usage(owner?: string): Promise<ExportUsage>;

  /**
   * Takes the oldest file that waits, or that nobody has worked on for too long, for the caller alone. It is begun anew.
   *
   * @param heardBefore epoch milliseconds; who was last heard of then is gone
   */
  claim(now: number, heardBefore: number): Promise<ExportFile | undefined>;
  /**
   * Adds a chunk, and says how far the file is. @param at of the chunk, from 0
   * @returns whether the attempt is still to go on: it may have been canceled, or taken over
   */
  append(
    attempt: ExportAttempt,
    progress: ExportProgress,
    now: number,
    chunk?: { readonly at: number; readonly bytes: Uint8Array },
  ): Promise<boolean>;
  /** Without effect on an attempt that is over. @param error why there is no file */
  finish(attempt: ExportAttempt, now: number, expiresAt: number, error?: ErrorReport): Promise<void>;
  /** Leaves a file to whoever takes it up next. */
  release(attempt: ExportAttempt): Promise<void>;
  /** Without effect on one that is over. @throws CollectError `not_found` */
  cancel(id: number, now: number, expiresAt: number): Promise<ExportFile>;
  /** @throws CollectError `not_found` */
  remove(id: number): Promise<void>;

  /** Undefined for one that there is not, or not any more. */
  chunk(attempt: ExportAttempt, at: number): Promise<Uint8Array | undefined>;
  /** Drops what has expired, and chunks that belong to no file, some at a time. @returns how many files expired */
  sweep(now: number): Promise<number>;
}
