import { exitCodes } from './exit-codes.ts';
import { note } from './say.ts';

/** What is in flight has so long to end by itself, in milliseconds. */
const graceMs = 10_000;

export interface Timeout extends Disposable {
  readonly isOver: boolean;
  begin(ms: number): void;
}

/** Ends this process once its time is over: as SIGTERM would, and at once where nobody listens to that or it takes too long. */
export function startTimeout(): Timeout {
  let isOver = false;
  const timers: NodeJS.Timeout[] = [];
  const end = (): void => {
    isOver = true;
    note('The time that --timeout gave is over.');
    if (!process.emit('SIGTERM')) process.exit(exitCodes.timeout);
    timers.push(setTimeout(() => process.exit(exitCodes.timeout), graceMs).unref());
  };
  return {
    get isOver() {
      return isOver;
    },
    begin(ms) {
      timers.push(setTimeout(end, ms).unref());
    },
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
