import type { CallLimit } from '#model/calls.ts';

/** What only a store has that many machines share. */
export interface ClusterStore {
  readonly paces: PaceStore;
  readonly queue: QueueAccess;
}

/** How a queue that lives in the same database gets there. */
export interface QueueAccess {
  readonly url: string;
  /** The schema that the queue has for itself. */
  readonly schema: string;
  /** Runs one of its statements in the transaction that this store is part of. */
  execute(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Turns at one API of one account and region, over all processes, by the clock of the database. */
export interface PaceStore {
  /** One statement, whatever it takes. */
  lease(request: PaceRequest): Promise<PaceLease>;
  /** Drops what nobody has asked for since, in milliseconds before now. */
  forget(unusedMs: number): Promise<void>;
}

export interface PaceRequest {
  /** API, account and region. */
  readonly key: string;
  readonly limit: CallLimit;
  readonly calls: number;
  readonly points: number;
  /** By how much to change the share of the limit that all keep to, which is never above 1 or below `slowest`. */
  readonly shareFactor: number;
  readonly slowestShare: number;
}

/**
 * The calls are sent one after another, each as soon as the limit has room for it: room for all that others have leased is
 * taken already, whether they use it or not.
 */
export interface PaceLease {
  /** After how many milliseconds the limit would be rested if none of these were sent; 0 or less where it is. */
  readonly callsFullInMs: number;
  readonly pointsFullInMs: number;
  /** Of the limit. */
  readonly share: number;
}
