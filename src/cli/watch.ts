import { setTimeout as wait } from 'node:timers/promises';
import { exitCodes } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';

const usualMs = 3000;

/** The round that is under way. */
export const watching: {
  /** When it began, on the clock of `performance`. */
  since: number;
  /** Aborted by Ctrl-C, where it is not the only one. */
  signal: AbortSignal | undefined;
} = { since: 0, signal: undefined };

/**
 * Shows something once, or again and again until Ctrl-C, with the exit code that stands for that; on a terminal each time in the
 * place of the last.
 *
 * @param every milliseconds; true for the usual time, undefined for once
 */
export async function repeatedly(every: number | true | undefined, show: () => Promise<void>): Promise<void> {
  if (every === undefined) return show();
  using interrupt = onInterrupt(() => {});
  using _ = hideCursor();
  const { stopping: signal } = interrupt;
  while (!signal.aborted) {
    Object.assign(watching, { since: performance.now(), signal });
    if (process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J');
    try {
      await show();
    } catch (caught) {
      if (!signal.aborted) throw caught;
    } finally {
      watching.signal = undefined;
    }
    await wait(every === true ? usualMs : every, undefined, { signal }).catch(() => {});
  }
  process.exitCode = exitCodes.interrupted;
}

/** It would jump about; back however this process ends. */
function hideCursor(): Disposable {
  if (!process.stdout.isTTY) return { [Symbol.dispose]: () => {} };
  const showCursor = () => void process.stdout.write('\u001b[?25h');
  process.stdout.write('\u001b[?25l');
  process.once('exit', showCursor);
  return {
    [Symbol.dispose]: () => {
      process.off('exit', showCursor);
      showCursor();
    },
  };
}
