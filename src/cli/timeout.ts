import { exitCodes } from './exit-codes.ts';
import { note } from './say.ts';

export interface Timeout extends Disposable {
  readonly isOver: boolean;
  begin(ms: number): void;
}

/** Ends this process once its time is over: as SIGTERM would, so that what is in flight is finished; at once where nothing is. */
export function startTimeout(): Timeout {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    isOver = true;
    note('The time that --timeout gave is over.');
    if (!process.emit('SIGTERM')) process.exit(exitCodes.timeout);
  };
  return {
    get isOver() {
      return isOver;
    },
    begin(ms) {
      timer = setTimeout(end, ms).unref();
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
    },
  };
}
