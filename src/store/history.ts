import type { Days } from '#model/day-cell.ts';
import type { Day, DayRange } from '#model/window.ts';
import type { RecordId } from './inventory.ts';

export interface HistoryEntry {
  readonly resourceId: RecordId;
  readonly days: Days;
}

/** What is known of each resource's days: `Days`, by record id. */
export interface HistoryStore {
  /** Resources and days of which nothing is known are absent. */
  read(resourceIds: readonly RecordId[], range: DayRange): Promise<ReadonlyMap<RecordId, Days>>;

  /** A key of a day that was known is replaced; other keys and days stay. All entries or none are written. */
  write(entries: readonly HistoryEntry[]): Promise<void>;

  /** Drops all days before this one. @returns how many resource days are gone */
  forget(before: Day): Promise<number>;
}
