import type { VerdictClass } from '#rightsizing/verdict.ts';
import type { DecisionState } from '#store/rightsizing.ts';

/** What a review of a fleet comes to. */
export interface Tally {
  readonly servers: number;
  readonly classes: Readonly<Record<VerdictClass, ClassTally>>;
  /** Servers on which there is something to decide, or was. */
  readonly states: Readonly<Record<DecisionState, number>>;
}

export interface ClassTally {
  readonly servers: number;
  /** Over the look-back at list price, of those whose price is known; what hot servers would cost more is below 0. */
  readonly savingsUsd: number;
  /** Servers with a suggestion and without a known price: what they would save is not in the sum. */
  readonly unpriced: number;
}

/** What of a review is counted. */
export interface Counted {
  readonly state: DecisionState | null;
  readonly verdict: {
    readonly class: VerdictClass;
    readonly suggestion: object | null;
    readonly savings: { readonly usd: number } | null;
  };
}

/** Dismissed suggestions are counted, and save nothing. */
export async function tally(pages: AsyncIterable<readonly Counted[]>): Promise<Tally> {
  const none = () => ({ servers: 0, savingsUsd: 0, unpriced: 0 });
  const classes = { idle: none(), oversized: none(), fit: none(), hot: none(), not_enough_data: none() };
  const states = { open: 0, accepted: 0, verified: 0, snoozed: 0, dismissed: 0 };
  let servers = 0;
  for await (const page of pages) {
    for (const { verdict, state } of page) {
      servers++;
      const counted = classes[verdict.class];
      counted.servers++;
      if (state !== null) states[state]++;
      if (state === 'dismissed' || verdict.suggestion === null) continue;
      if (verdict.savings === null) counted.unpriced++;
      else counted.savingsUsd += verdict.savings.usd;
    }
  }
  return { servers, classes, states };
}
