import type { RecordId } from './inventory.ts';
import type { JobId } from './jobs.ts';
import type { Json } from './query/condition.ts';

/** What can happen to a record: `absent` once a complete run proved that the server is gone, `seen_again` where it came back. */
export const recordEvents = ['created', 'changed', 'absent', 'seen_again'] as const;
export type RecordEvent = (typeof recordEvents)[number];

/** One value of a record that is another now; null stands for nothing. */
export interface FieldChange {
  /** `data.compute.instance_state` */
  readonly path: string;
  readonly from: Json;
  readonly to: Json;
}

export interface ChangeDraft {
  readonly resource: RecordId;
  readonly event: RecordEvent;
  /** The job that found it, where one did. */
  readonly job?: JobId;
  /** Of `changed` and `seen_again`. */
  readonly fields: readonly FieldChange[];
  /** When the record was last reported before: what it is by now, it became since. Absent where that is not known. */
  readonly seenBefore?: number;
}

export interface Change extends ChangeDraft {
  readonly id: number;
  readonly at: number;
}

/** Changes that are one of these events, or that are of the value at one of these paths. */
export interface ChangeKinds {
  readonly events?: readonly RecordEvent[];
  readonly paths: readonly string[];
}

/** What became of records, apart from what was measured of them. */
export interface ChangeStore {
  add(changes: readonly ChangeDraft[], now: number): Promise<void>;
  /** Newest first. */
  list(of: {
    readonly resource: RecordId;
    readonly limit: number;
    readonly before?: number;
    /** Epoch milliseconds. */
    readonly since?: number;
    /** All kinds where absent. */
    readonly kinds?: ChangeKinds;
  }): Promise<readonly Change[]>;
  /** Drops those of before a time. @returns how many */
  forget(before: number): Promise<number>;
}
