import type { ErrorReport } from '#model/errors.ts';
import type { JobId } from './jobs.ts';

export type ScheduleId = number;

/** When to run, in the time zone of the schedule: by a cron expression of five fields, or at full hours. */
export type ScheduleTimes = { readonly cron: string } | { readonly hours: readonly number[] };

export interface ScheduleDraft {
  /** Unique in the store. */
  readonly name: string;
  readonly times: ScheduleTimes;
  /** `Europe/Berlin`: a name of the IANA time zone database. */
  readonly timeZone: string;
  /** What its runs read: anything that JSON can hold. */
  readonly options: unknown;
}

export interface Schedule extends ScheduleDraft {
  readonly id: ScheduleId;
  readonly createdAt: number;
  /** When a run was last begun, or would have been, had it not failed. */
  readonly lastRunAt?: number;
  readonly lastJob?: JobId;
  /** Why its last run could not be begun. */
  readonly error: ErrorReport | null;
}

export interface ScheduleStore {
  /** @throws CollectError `conflict` where the name is taken */
  add(draft: ScheduleDraft, now: number): Promise<Schedule>;
  /** By name. */
  list(): Promise<readonly Schedule[]>;
  /** @throws CollectError `not_found` */
  remove(name: string): Promise<void>;

  /**
   * Reserves the next run of a schedule, so that one process alone prepares it.
   *
   * @param held until when it has been reserved by the same process already
   * @returns false where another one has it, or it has run since
   */
  lease(schedule: Schedule, until: number, now: number, held?: number): Promise<boolean>;
  /**
   * Notes that a run was begun, or why it could not be; the lease is over.
   *
   * @param schedule as it was leased
   * @throws CollectError `conflict` where it has run since, or is gone
   */
  ran(
    schedule: Schedule,
    outcome: { readonly job: JobId } | { readonly error: ErrorReport },
    now: number,
  ): Promise<void>;
}
