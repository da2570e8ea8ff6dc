import type { HistoryChange } from '../../../src/server/api.ts';
import { text } from '../text.ts';

const dayMs = 86_400_000;

/** A change of a size has a sign of its own; all others are of a state. */
export function kindOf({ what }: Pick<HistoryChange, 'what'>): 'size' | 'state' {
  return what === 'size' ? 'size' : 'state';
}

/**
 * Where changes stand in a chart of days, from 0 to 1. What was found after its last day stands at its end.
 *
 * @param days `2026-11-08`, oldest first
 */
export function placeOf({ at }: Pick<HistoryChange, 'at'>, days: readonly string[]): number {
  const [first] = days;
  if (first === undefined) return 0;
  return Math.min(1, Math.max(0, (Date.parse(at) - Date.parse(first)) / (dayMs * days.length)));
}

export function wordOf({ what, from, to }: HistoryChange): string {
  const { changes } = text.history;
  switch (what) {
    case 'size':
      return changes.size(from ?? '–', to ?? '–');
    case 'state':
      return changes.state(stateWord(from), stateWord(to));
    case 'absent':
      return changes.absent;
    case 'seen_again':
      return changes.seenAgain;
  }
}

function stateWord(state: string | null): string {
  return state === null ? '–' : (text.serverStates[state] ?? state);
}
