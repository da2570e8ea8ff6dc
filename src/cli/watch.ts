import { setTimeout as wait } from 'node:timers/promises';
import { onInterrupt } from './interrupt.ts';

const usualMs = 3000;

/** When the round that is under way began, on the clock of `performance`. */
export const watching = { since: 0 };

/**
 * Shows something once, or again and again until Ctrl-C; on a terminal each time in the place of the last.
 *
 * @param every milliseconds; true for the usual time, undefined for once
 */
export async function repeatedly(every: number | true | undefined, show: () => Promise<void>): Promise<void> {
  if (every === undefined) return show();
  using interrupt = onInterrupt(() => {});
  while (!interrupt.stopping.aborted) {
    watching.since = performance.now();
    if (process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J');
    await show();
    await wait(every === true ? usualMs : every, undefined, { signal: interrupt.stopping }).catch(() => {});
  }
}
