import type { JsonObject } from '#wire/struct/json.ts';
import { valueAt } from '../inventory/dotted-path.ts';
import type { Table } from '../inventory/table.ts';
import { text } from '../json.ts';
import type { CollectionStates } from './collection-states.ts';
import type { CollectedResource, Registration, TaskReport } from './task.ts';

export interface CollectingOptions {
  readonly domainId: string;
  readonly workspaceId: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** What an inventory does with a collector. */
export interface Collecting {
  /** Stores what streams of ResourceInfo bring, each a task's or a sub task's, as one run. */
  store(registration: Registration, streams: Iterable<AsyncIterable<CollectedResource>>): Promise<TaskReport>;
  /** Runs a collector plugin as the platform does: init, of today's generation its tasks (none on error), then collect. */
  collectFrom(url: string, registration: Registration, options?: JsonObject): Promise<TaskReport>;
  /** Deletes rows that nobody has updated for so many hours: the platform's daily cleaning, at 48. @returns how many */
  deleteStale(hours: number): number;
}

export function deleteStale(table: Table, states: CollectionStates, now: number, hours: number): number {
  const limit = now - hours * 3_600_000;
  const stale = table.rows().filter((row) => Date.parse(text(valueAt(row, 'updated_at'))) < limit);
  const ids = new Set(stale.map((row) => text(row[table.rules.idKey])));
  return states.delete(ids, table, new Date(now).toISOString());
}
