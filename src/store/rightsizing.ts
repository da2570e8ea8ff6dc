import type { RecordId } from './inventory.ts';

/**
 * What became of a suggestion. `verified` is an accepted one that a later run saw carried out; `open` is one that was decided on, and
 * taken back.
 */
export const decisionStates = ['open', 'accepted', 'verified', 'snoozed', 'dismissed'] as const;
export type DecisionState = (typeof decisionStates)[number];

/** What somebody decided on a suggestion for a server. The newest holds. */
export interface Decision {
  readonly state: DecisionState;
  /** Of the verdict that was decided on. */
  readonly verdict: string;
  /** What was suggested then: a size, or nothing where the server was to be stopped, or where nothing was suggested. */
  readonly target?: string;
  /** Who, by the name of their account. */
  readonly by: string;
  readonly at: number;
  /** Where snoozed. */
  readonly until?: number;
  readonly note?: string;
  /** When it was seen to be carried out, where verified. */
  readonly verifiedAt?: number;
}

export interface RightsizingStore {
  /** Of these servers; those on which nothing was decided are absent. */
  decisions(resources: readonly RecordId[]): Promise<ReadonlyMap<RecordId, Decision>>;
  /** Puts decisions in place of those before. @throws CollectError `not_found` where one of the servers is gone; then none is kept */
  decide(decisions: ReadonlyMap<RecordId, Decision>): Promise<void>;
  /** Notes that what was accepted is carried out. Others than accepted decisions stay as they are. */
  verify(resources: readonly RecordId[], now: number): Promise<void>;
}
