import type { Table } from '../inventory/table.ts';
import type { Run } from './task.ts';

interface CollectionState {
  readonly collectorId: string;
  readonly secretId: string;
  readonly resourceId: string;
  taskId: string;
  disconnectedCount: number;
  /** Epoch milliseconds. */
  touchedAt: number;
}

const hourMs = 3_600_000;
const longestDisconnected = 3;

/** Which collector has seen which resource with which secret, and how often it was missed since. */
export class CollectionStates {
  readonly #states = new Map<string, CollectionState>();

  /** The resource was created or updated by this run. */
  touch({ registration, taskId, now }: Run, resourceId: string): void {
    const { collectorId, secret } = registration;
    const known = { collectorId, secretId: secret.secretId, resourceId };
    const key = Object.values(known).join('/');
    this.#states.set(key, { ...known, taskId, disconnectedCount: 0, touchedAt: Date.parse(now) });
  }

  /**
   * After a run that succeeded: what its collector and secret have seen before, not in this run and not for an hour, is
   * disconnected once more; what was three times is deleted, whoever else still sees it.
   */
  settle({ registration, taskId, now }: Run, table: Table): { disconnected: number; deleted: number } {
    const { collectorId, secret } = registration;
    const limit = Date.parse(now) - hourMs;
    const missed = [...this.#states.values()].filter(
      (state) =>
        state.collectorId === collectorId &&
        state.secretId === secret.secretId &&
        state.taskId !== taskId &&
        state.touchedAt < limit,
    );
    for (const state of missed) state.disconnectedCount++;
    const gone = [...this.#states.values()].filter(
      (state) => state.collectorId === collectorId && state.disconnectedCount >= longestDisconnected,
    );
    const deleted = this.delete(new Set(gone.map(({ resourceId }) => resourceId)), table, now);
    return { disconnected: missed.length - deleted, deleted };
  }

  /** Deletes rows and forgets who has seen them. @returns how many were there to be deleted */
  delete(resourceIds: ReadonlySet<string>, table: Table, now: string): number {
    let deleted = 0;
    for (const id of resourceIds) {
      const row = table.get(id);
      if (row === undefined || row.state === 'DELETED') continue;
      table.put({ ...row, state: 'DELETED', deleted_at: now });
      deleted++;
    }
    for (const [key, { resourceId }] of this.#states) if (resourceIds.has(resourceId)) this.#states.delete(key);
    return deleted;
  }
}
