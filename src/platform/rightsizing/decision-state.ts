import type { InventoryRecord } from '#model/record.ts';
import type { Verdict, VerdictClass } from '#rightsizing/verdict.ts';
import type { Decision, DecisionState } from '#store/rightsizing.ts';

const needDeciding: ReadonlySet<VerdictClass> = new Set(['idle', 'oversized', 'hot']);

/**
 * Where a suggestion stands. What was decided holds as long as the verdict that it was about: who dismisses that a server is idle has
 * not dismissed that it is hot.
 *
 * @returns null where there is nothing to decide
 */
export function stateOf(decision: Decision | undefined, verdict: Verdict, now: number): DecisionState | null {
  const needsDeciding = needDeciding.has(verdict.class);
  const undecided = needsDeciding ? 'open' : null;
  switch (decision?.state) {
    case undefined:
    case 'open':
      return undecided;
    case 'accepted':
      return 'accepted';
    case 'verified':
      return undecided ?? 'verified';
    case 'snoozed':
      return decision.verdict === verdict.class && now < (decision.until ?? 0) ? 'snoozed' : undecided;
    case 'dismissed':
      return decision.verdict === verdict.class ? 'dismissed' : undecided;
  }
}

/** Whether what was accepted is to be seen: the server has the size, or does not run any more. */
export function isCarriedOut({ state, target }: Decision, { instance_type, data }: InventoryRecord): boolean {
  if (state !== 'accepted') return false;
  if (target !== undefined) return instance_type === target;
  const runs = data.compute?.instance_state;
  return runs === 'STOPPED' || runs === 'TERMINATED';
}
